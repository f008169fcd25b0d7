#include "plot_model.h"

#include "tools/cli/field.h"
#include "tools/cli/scorer.h"
#include "tools/cli/start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Samples of the model, and room to evaluate its field. */
typedef struct sampled {
    cli_field field;
    cli_start start;
    const model_source *from;
    int64_t width;
    int32_t *labels;   /* [n] */
    float *starts, *x; /* [n,width]; x in the data's units */
    double *times;     /* [steps+1] */
} sampled;

static void free_sampled(sampled *s)
{
    cli_field_free(&s->field);
    cli_start_free(&s->start);
    free(s->labels);
    free(s->starts);
    free(s->x);
    free(s->times);
}

static int failed(const picture *p)
{
    return cli_fail(p->args, "%s", p->message.text);
}

static int open_sampled(picture *p, sampled *s)
{
    int status = cli_field_open(p->args, s->from->path, s->from->cond, &s->field);
    if (status != CLI_DONE)
        return status;
    s->width = s->field.model.width;
    if (s->field.condition.rows || s->field.condition.column)
        return cli_usage(p->args, "--cond takes one label here");
    if (s->width > 2)
        return cli_fail(p->args, "a sample of the model has %lld numbers; a %s is drawn of 1 or 2",
                        (long long)s->width, p->kind->name);
    return cli_start_open(&s->start, &s->field.model, &p->message) == RILL_OK ? CLI_DONE
                                                                              : failed(p);
}

/* n samples into s->x, those of rill sample for the seed. */
static int draw_samples(picture *p, sampled *s, int64_t n)
{
    int64_t steps = s->from->steps;
    s->labels = malloc((size_t)n * sizeof *s->labels);
    s->starts = malloc((size_t)(n * s->width) * sizeof *s->starts);
    s->x = malloc((size_t)(n * s->width) * sizeof *s->x);
    s->times = malloc((size_t)(steps + 1) * sizeof *s->times);
    if (!s->labels || !s->starts || !s->x || !s->times)
        return cli_fail(p->args, "out of memory");
    rill_time_grid(0.0, 1.0, steps, s->times, NULL);
    rill_sampling sampling = { .times = s->times,
                               .time_count = steps + 1,
                               .seed = s->from->seed,
                               .n = n,
                               .x0 = cli_start_rows(&s->start, s->from->seed, 0, n, s->starts),
                               .cond = cli_condition_rows(&s->field.condition, 0, n, s->labels),
                               .samples = s->x };
    if (rill_sampler_run(s->field.sampler, &sampling, &p->message) != RILL_OK)
        return failed(p);
    cli_model_restore(&s->field.model, n, s->x);
    return CLI_DONE;
}

/* Room for an array of the picture; NULL after a complaint. */
static double *add_array(picture *p, const char *label, int64_t rows, int64_t columns)
{
    double *values = malloc((size_t)(rows * columns) * sizeof *values);
    if (!values) {
        cli_fail(p->args, "out of memory");
        return NULL;
    }
    p->arrays[p->count] =
        (plot_array){ .label = label, .values = values, .rank = 2, .dim = { rows, columns } };
    p->owned[p->count++] = values;
    return values;
}

static int density_of_model(picture *p, sampled *s)
{
    int64_t n = s->from->samples;
    int status = draw_samples(p, s, n);
    if (status != CLI_DONE)
        return status;
    double *values = add_array(p, NULL, n, s->width);
    if (!values)
        return CLI_FAILED;
    for (int64_t i = 0; i < n * s->width; i++)
        values[i] = (double)s->x[i];
    if (s->width == 1)
        p->kind = plot_find("samples");
    else if (p->how.bins == 0)
        p->how.bins = PICTURE_BINS;
    return CLI_DONE;
}

/* ---- Fields. */

enum { SIDE = 22, TIMES = 25, PLANE = SIDE * SIDE, LINE = TIMES * SIDE };
enum { SCOUTS = 900 }; /* samples that tell where the field is worth drawing; at least LINE */

/* Two scales around the mean of the data, and further where samples are. */
static void find_range(const sampled *s, int64_t axis, double *low, double *high)
{
    const cli_model *m = &s->field.model;
    double mean = m->mean ? m->mean[axis] : 0.0, scale = m->scale ? m->scale[axis] : 1.0;
    *low = mean - 2.0 * scale;
    *high = mean + 2.0 * scale;
    for (int64_t i = 0; i < SCOUTS; i++) {
        *low = fmin(*low, (double)s->x[i * s->width + axis]);
        *high = fmax(*high, (double)s->x[i * s->width + axis]);
    }
    double margin = 0.05 * (*high - *low);
    *low -= margin;
    *high += margin;
}

/* Place i of n between low and high. */
static double between(double low, double high, int i, int n)
{
    return low + (high - low) * i / (n - 1);
}

static int evaluate(picture *p, sampled *s, int n, const double *x, const double *t, float *v)
{
    rill_status status = cli_field_velocity(&s->field, n, x, t, s->labels, v, &p->message);
    return status == RILL_OK ? CLI_DONE : failed(p);
}

/* Rows (x, y, vx, vy) of a grid at one time. */
static int add_plane(picture *p, sampled *s, const char *label, double time)
{
    double low[2], high[2], x[2 * PLANE], t[PLANE];
    float v[2 * PLANE];
    for (int axis = 0; axis < 2; axis++)
        find_range(s, axis, &low[axis], &high[axis]);
    for (int i = 0; i < PLANE; i++) {
        x[2 * i] = between(low[0], high[0], i % SIDE, SIDE);
        x[2 * i + 1] = between(low[1], high[1], i / SIDE, SIDE);
        t[i] = time;
    }
    double *rows = add_array(p, label, PLANE, 4);
    int status = rows ? evaluate(p, s, PLANE, x, t, v) : CLI_FAILED;
    for (int i = 0; i < PLANE && status == CLI_DONE; i++) {
        double row[4] = { x[2 * i], x[2 * i + 1], (double)v[2 * i], (double)v[2 * i + 1] };
        memcpy(rows + 4 * i, row, sizeof row);
    }
    return status;
}

static int plane_field(picture *p, sampled *s)
{
    static const struct {
        const char *label;
        double t;
    } panels[] = {
        { "t = 0", 0.0 }, { "t = 1/3", 1.0 / 3 }, { "t = 2/3", 2.0 / 3 }, { "t = 1", 1.0 }
    };
    int status = CLI_DONE;
    for (size_t k = 0; k < sizeof panels / sizeof *panels && status == CLI_DONE; k++)
        status = add_plane(p, s, panels[k].label, panels[k].t);
    return status;
}

/* Rows (t, x, v). */
static int line_field(picture *p, sampled *s)
{
    double low, high, x[LINE], t[LINE];
    float v[LINE];
    find_range(s, 0, &low, &high);
    for (int i = 0; i < LINE; i++) {
        t[i] = between(0.0, 1.0, i % TIMES, TIMES);
        x[i] = between(low, high, i / TIMES, SIDE);
    }
    double *rows = add_array(p, NULL, LINE, 3);
    int status = rows ? evaluate(p, s, LINE, x, t, v) : CLI_FAILED;
    for (int i = 0; i < LINE && status == CLI_DONE; i++) {
        double row[3] = { t[i], x[i], (double)v[i] };
        memcpy(rows + 3 * i, row, sizeof row);
    }
    return status;
}

static int field_of_model(picture *p, sampled *s)
{
    int status = draw_samples(p, s, SCOUTS);
    if (status != CLI_DONE)
        return status;
    return s->width == 2 ? plane_field(p, s) : line_field(p, s);
}

/* ---- Densities by log p. */

/* The centre of bin i of n. */
static double centre(double low, double high, int64_t i, int64_t n)
{
    return low + (high - low) * ((double)i + .5) / (double)n;
}

/* The points of a grid [side,side,2] over the range of the picture, in the network's units. */
static void grid_points(const picture *p, const sampled *s, int64_t side, float *x)
{
    for (int64_t i = 0; i < side * side; i++) {
        x[2 * i] = (float)centre(p->how.x_low, p->how.x_high, i % side, side);
        x[2 * i + 1] = (float)centre(p->how.y_low, p->how.y_high, i / side, side);
    }
    cli_model_normalize(&s->field.model, side * side, x);
}

/* log p of n points, by the solver that is good for it. */
static int score_points(picture *p, sampled *s, int64_t n, const float *x, double *log_p)
{
    cli_model *model = &s->field.model;
    cli_scorer *scorer;
    int32_t *labels = malloc((size_t)n * sizeof *labels);
    rill_status status = cli_scorer_new(model, 0, RILL_RADEMACHER, &scorer, &p->message);
    if (status == RILL_OK && !labels)
        status = rill_fail(&p->message, RILL_NO_MEMORY, "out of memory");
    rill_time_grid(1.0, 0.0, s->from->steps, s->times, NULL);
    if (status == RILL_OK) {
        rill_sampling request = { .solver = rill_solver_find("rk4"),
                                  .times = s->times,
                                  .time_count = s->from->steps + 1,
                                  .n = n,
                                  .x0 = x,
                                  .cond = cli_condition_rows(&s->field.condition, 0, n, labels) };
        status = cli_scorer_run(scorer, &request, &(rill_scores){ log_p, NULL }, &p->message);
    }
    cli_scorer_free(scorer);
    free(labels);
    return status == RILL_OK ? CLI_DONE : failed(p);
}

static int exact_density_of_model(picture *p, sampled *s)
{
    int64_t side = p->how.bins > 0 ? p->how.bins : PICTURE_BINS, n = side * side;
    if (s->width != 2)
        return cli_usage(p->args, "--exact draws samples of 2 numbers, not %lld",
                         (long long)s->width);
    int status = draw_samples(p, s, SCOUTS);
    if (status != CLI_DONE)
        return status;
    find_range(s, 0, &p->how.x_low, &p->how.x_high);
    find_range(s, 1, &p->how.y_low, &p->how.y_high);
    p->how.bins = 0;
    float *x = malloc((size_t)n * 2 * sizeof *x);
    double *values = x ? add_array(p, NULL, side, side) : NULL;
    status = x ? CLI_FAILED : cli_fail(p->args, "out of memory");
    if (values) {
        grid_points(p, s, side, x);
        status = score_points(p, s, n, x, values);
    }
    for (int64_t i = 0; i < n && status == CLI_DONE; i++)
        values[i] = exp(values[i]);
    free(x);
    return status;
}

static int fill_from(picture *p, sampled *s)
{
    if (strcmp(p->kind->name, "field") == 0)
        return field_of_model(p, s);
    return s->from->exact ? exact_density_of_model(p, s) : density_of_model(p, s);
}

int picture_of_model(picture *p, const model_source *from)
{
    sampled s = { .from = from };
    int status = open_sampled(p, &s);
    if (status == CLI_DONE)
        status = fill_from(p, &s);
    free_sampled(&s);
    return status;
}
