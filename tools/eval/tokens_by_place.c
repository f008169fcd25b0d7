/* Samples of a model over tokens against data: how often tokens are where, and next to which. */
#include "space.h"
#include "tools/cli/tokens.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_CELLS = 1 << 20 }; /* of a table of frequencies */

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the measures");
}

/* Three samples of rows, [n,width]: all data, draws from them, and what the model makes for the
 * conditions of these. */
typedef struct sample {
    const int32_t *x;
    int64_t n;
} sample;

typedef struct samples {
    int32_t *data, *drawn, *made;
    int64_t rows, n, width;
    float *room;      /* [n,width] */
    void *conditions; /* of the draws: labels, or vectors [n,vector] */
} samples;

static void samples_free(samples *s)
{
    free(s->data);
    free(s->drawn);
    free(s->made);
    free(s->room);
    free(s->conditions);
}

static rill_status draw(samples *s, const cli_source *source, uint64_t seed, rill_message *message)
{
    size_t row = (size_t)s->width * sizeof(int32_t);
    s->data = malloc((size_t)s->rows * row);
    s->drawn = malloc((size_t)s->n * row);
    s->made = malloc((size_t)s->n * row);
    s->room = malloc((size_t)s->n * row);
    s->conditions = malloc((size_t)(s->n * (source->vector + 1)) * sizeof(float));
    if (!s->data || !s->drawn || !s->made || !s->room || !s->conditions)
        return no_memory(message);
    rill_status status = cli_source_draw(source, seed, 0, 0, s->n, s->room, s->conditions, message);
    for (int64_t i = 0; i < s->rows * s->width; i++)
        s->data[i] = (int32_t)source->table[i];
    for (int64_t i = 0; i < s->n * s->width && status == RILL_OK; i++)
        s->drawn[i] = (int32_t)s->room[i];
    return status;
}

static rill_status make(samples *s, cli_model *model, const eval_settings *settings,
                        rill_message *message)
{
    int64_t steps = settings->how.steps;
    int conditional = model->classes || model->vector;
    rill_jump_sampler *sampler = cli_model_jump_sampler(model, message);
    double *times = malloc((size_t)(steps + 1) * sizeof *times);
    rill_status status = sampler ? RILL_OK : RILL_BAD_GRAPH;
    if (sampler && !times)
        status = no_memory(message);
    if (status == RILL_OK) {
        rill_time_grid(0, 1, steps, times, NULL);
        rill_jumping request = { .times = times,
                                 .time_count = steps + 1,
                                 .seed = settings->seed,
                                 .n = s->n,
                                 .cond = conditional ? s->conditions : NULL,
                                 .samples = s->made };
        status = rill_jump_sampler_run(sampler, &request, message);
    }
    rill_jump_sampler_free(sampler);
    free(times);
    return status;
}

/* Windows of `length` tokens: a table of how often each of vocab^length is in the rows. */
typedef struct window {
    const char *name;
    int64_t length, width, vocab, cells;
    double *table; /* [cells]: of one sample less the other's */
} window;

static void count_at(const window *w, sample from, int64_t place, double weight)
{
    for (int64_t i = 0; i < from.n; i++) {
        int64_t cell = 0;
        for (int64_t j = 0; j < w->length; j++)
            cell = cell * w->vocab + from.x[i * w->width + place + j];
        w->table[cell] += weight / (double)from.n;
    }
}

/* Total variation, half the sum of |p - q|, the mean over all places of the window. */
static double variation(const window *w, sample a, sample b)
{
    int64_t places = w->width - w->length + 1;
    double sum = 0.0;
    for (int64_t place = 0; place < places; place++) {
        for (int64_t c = 0; c < w->cells; c++)
            w->table[c] = 0.0;
        count_at(w, a, place, 1);
        count_at(w, b, place, -1);
        for (int64_t c = 0; c < w->cells; c++)
            sum += fabs(w->table[c]) / 2;
    }
    return sum / (double)places;
}

/* vocab^length; 0 where that is more than a table takes. */
static int64_t cells_of(int64_t vocab, int64_t length)
{
    int64_t cells = 1;
    for (int64_t i = 0; i < length; i++) {
        if (cells > MOST_CELLS / vocab)
            return 0;
        cells *= vocab;
    }
    return cells;
}

static rill_status measure_window(window *w, const samples *s, eval_lines *lines,
                                  rill_message *message)
{
    w->cells = cells_of(w->vocab, w->length);
    if (!w->cells || w->length > w->width)
        return RILL_OK;
    w->table = malloc((size_t)w->cells * sizeof *w->table);
    if (!w->table)
        return no_memory(message);
    sample data = { s->data, s->rows }, drawn = { s->drawn, s->n }, made = { s->made, s->n };
    eval_value got = { variation(w, made, data), (double)NAN, variation(w, drawn, data) };
    free(w->table);
    return eval_lines_add(lines, w->name, (double)NAN, got) ? RILL_OK : no_memory(message);
}

rill_status eval_tokens_by_place(cli_model *model, const eval_data *data,
                                 const eval_settings *settings, eval_lines *lines,
                                 rill_message *message)
{
    const struct {
        const char *name;
        int64_t length;
    } windows[] = { { "TV-token", 1 }, { "TV-pair", 2 }, { "TV-row", model->width } };
    samples s = { .rows = data->source.rows, .n = settings->samples, .width = model->width };
    rill_status status = draw(&s, &data->source, settings->seed, message);
    if (status == RILL_OK)
        status = make(&s, model, settings, message);
    for (int i = 0; i < 3 && status == RILL_OK; i++) {
        window w = { .name = windows[i].name,
                     .length = windows[i].length,
                     .width = model->width,
                     .vocab = model->setting[TRAIN_VOCAB].whole };
        if (i < 2 || model->width > 2)
            status = measure_window(&w, &s, lines, message);
    }
    samples_free(&s);
    return status;
}
