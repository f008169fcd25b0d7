/* rill plot - pictures of samples, trajectories, fields, densities, losses and images. */
#include "commands.h"

#include "tools/cli/array.h"
#include "tools/cli/condition.h"
#include "tools/cli/train_options.h"
#include "tools/plot/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL,
    OUT,
    TITLE,
    OVERLAY,
    LINEAR,
    BINS,
    RANGE,
    LABELS,
    N,
    STEPS,
    SEED,
    COND,
    OPTION_COUNT
};

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = { .name = "model",
                .kind = CLI_TEXT,
                .metavar = "M",
                .doc = "field and density: of this model, instead of files" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .metavar = "P.png|P.svg|P.pdf",
              .required = 1,
              .doc = "the picture; the extension says in which format" },
    [TITLE] = { .name = "title", .kind = CLI_TEXT, .metavar = "TEXT", .doc = "above the picture" },
    [OVERLAY] = { .name = "overlay",
                  .kind = CLI_FLAG,
                  .doc = "samples: all files in one frame instead of side by side" },
    [LINEAR] = { .name = "linear",
                 .kind = CLI_FLAG,
                 .doc = "loss: a linear axis even where losses span decades" },
    [BINS] = { .name = "bins",
               .kind = CLI_WHOLE,
               .metavar = "K",
               .low = 1,
               .high = 2000,
               .doc = "density of samples, and histograms: bins a side" },
    [RANGE] = { .name = "range",
                .kind = CLI_RANGE,
                .metavar = "LOW,HIGH",
                .doc = "images and density: values at the ends of the scale, white and black of "
                       "images; otherwise what the values span, of images all but 5% at each end" },
    [LABELS] = { .name = "labels",
                 .kind = CLI_TEXT,
                 .metavar = "L.npy",
                 .doc = "images: the number under each" },
    [N] = { .name = "n",
            .kind = CLI_WHOLE,
            .metavar = "N",
            .standard = "50000",
            .low = 1,
            .high = 10000000,
            .doc = "density of a model: samples drawn" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .standard = "50",
                .low = 1,
                .high = 100000,
                .doc = "of the solver, when a model is sampled" },
    [SEED] = CLI_SEED_OPTION,
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .metavar = "C",
               .doc = "the label, when a model needs one" },
};

/* What is drawn: arrays, and what they were read from. */
typedef struct picture {
    const cli_args *args;
    const plot_kind *kind;
    plot_options how;
    plot_array arrays[PLOT_MAX_ARRAYS];
    double *owned[PLOT_MAX_ARRAYS];
    char names[PLOT_MAX_ARRAYS][64]; /* of files, without folder and extension */
    int count;
    rill_message message;
} picture;

static int failed(const picture *p)
{
    return cli_fail(p->args, "%s", p->message.text);
}

/* ---- From files. */

static const char *name_of(picture *p, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    char *copy = p->names[p->count];
    snprintf(copy, sizeof p->names[0], "%.*s", dot ? (int)(dot - name) : 63, name);
    return copy;
}

static int add_file(picture *p, const char *path)
{
    cli_array array;
    if (cli_array_load(path, &array, &p->message) != RILL_OK)
        return failed(p);
    if (array.shape.rank > PLOT_MAX_RANK) {
        char shape[RILL_SHAPE_TEXT];
        rill_shape_print(&array.shape, shape, sizeof shape);
        cli_array_free(&array);
        return cli_fail(p->args, "'%.200s' has shape %s; %s takes %s", path, shape, p->kind->name,
                        p->kind->shapes);
    }
    plot_array *to = &p->arrays[p->count];
    *to =
        (plot_array){ .label = name_of(p, path), .values = array.values, .rank = array.shape.rank };
    for (int i = 0; i < array.shape.rank; i++)
        to->dim[i] = array.shape.dim[i];
    p->owned[p->count++] = array.values;
    return CLI_DONE;
}

static int add_files(picture *p)
{
    const cli_args *args = p->args;
    int status = CLI_DONE;
    for (int i = 1; i < args->operand_count && status == CLI_DONE; i++)
        status = add_file(p, args->operand[i]);
    if (status == CLI_DONE && args->value[LABELS].text)
        status = add_file(p, args->value[LABELS].text);
    return status;
}

/* ---- From a model. */

typedef struct sampled {
    cli_model model;
    cli_condition condition;
    rill_sampler *sampler;
    int32_t *labels; /* [n] */
    float *x;        /* [n,width], in the data's units */
    double *times;
} sampled;

static void free_sampled(sampled *s)
{
    rill_sampler_free(s->sampler);
    cli_model_free(&s->model);
    cli_condition_free(&s->condition);
    free(s->labels);
    free(s->x);
    free(s->times);
}

static int open_sampled(picture *p, sampled *s)
{
    const cli_value *value = p->args->value;
    if (cli_model_load(value[MODEL].text, p->args->extensions, &s->model, &p->message) != RILL_OK)
        return failed(p);
    rill_status status =
        cli_condition_read(&s->model, value[COND].text, &s->condition, &p->message);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(p->args, "%s", p->message.text);
    if (status != RILL_OK)
        return failed(p);
    if (s->condition.labels || s->condition.vectors)
        return cli_usage(p->args, "--cond takes one label here");
    if (s->model.width > 2)
        return cli_fail(p->args, "a sample of the model has %lld numbers; a %s is drawn of 1 or 2",
                        (long long)s->model.width, p->kind->name);
    s->sampler = cli_model_sampler(&s->model, &p->message);
    return s->sampler ? CLI_DONE : failed(p);
}

/* n samples into s->x. */
static int draw_samples(picture *p, sampled *s, int64_t n)
{
    const cli_value *value = p->args->value;
    int64_t steps = value[STEPS].whole;
    s->labels = malloc((size_t)n * sizeof *s->labels);
    s->x = malloc((size_t)(n * s->model.width) * sizeof *s->x);
    s->times = malloc((size_t)(steps + 1) * sizeof *s->times);
    if (!s->labels || !s->x || !s->times)
        return cli_fail(p->args, "out of memory");
    rill_time_grid(0.0, 1.0, steps, s->times, NULL);
    rill_sampling sampling = { .times = s->times,
                               .time_count = steps + 1,
                               .seed = (uint64_t)value[SEED].whole,
                               .n = n,
                               .cond = cli_condition_rows(&s->condition, 0, n, s->labels),
                               .samples = s->x };
    if (rill_sampler_run(s->sampler, &sampling, &p->message) != RILL_OK)
        return failed(p);
    cli_model_restore(&s->model, n, s->x);
    return CLI_DONE;
}

static double *add_array(picture *p, const char *label, int64_t rows, int64_t columns)
{
    double *values = malloc((size_t)(rows * columns) * sizeof *values);
    p->arrays[p->count] =
        (plot_array){ .label = label, .values = values, .rank = 2, .dim = { rows, columns } };
    p->owned[p->count++] = values;
    return values;
}

static int density_of_model(picture *p, sampled *s)
{
    int64_t n = p->args->value[N].whole, width = s->model.width;
    int status = draw_samples(p, s, n);
    double *values = status == CLI_DONE ? add_array(p, NULL, n, width) : NULL;
    if (!values)
        return status == CLI_DONE ? cli_fail(p->args, "out of memory") : status;
    for (int64_t i = 0; i < n * width; i++)
        values[i] = (double)s->x[i];
    if (p->how.bins == 0)
        p->how.bins = width == 2 ? 160 : 0;
    if (width == 1) /* a density on the line is a histogram */
        p->kind = plot_find("samples");
    return CLI_DONE;
}

/* Where the field is drawn: around the noise and the samples. */
static void find_range(const sampled *s, int64_t n, int64_t axis, double *low, double *high)
{
    double mean = s->model.mean ? s->model.mean[axis] : 0.0;
    double scale = s->model.scale ? s->model.scale[axis] : 1.0;
    *low = mean - 2.0 * scale;
    *high = mean + 2.0 * scale;
    for (int64_t i = 0; i < n; i++) {
        *low = fmin(*low, (double)s->x[i * s->model.width + axis]);
        *high = fmax(*high, (double)s->x[i * s->model.width + axis]);
    }
    double margin = 0.05 * (*high - *low);
    *low -= margin;
    *high += margin;
}

/* The field at points x [n,width] and times t [n], in the data's units, into v. */
static rill_status evaluate(picture *p, sampled *s, int64_t n, const double *x, const double *t,
                            float *v)
{
    int64_t width = s->model.width;
    for (int64_t i = 0; i < n * width; i++)
        v[i] = (float)x[i];
    cli_model_normalize(&s->model, n, v);
    const void *cond = cli_condition_rows(&s->condition, 0, n, s->labels);
    rill_status status = rill_sampler_velocity(s->sampler, n, v, t, cond, v, &p->message);
    for (int64_t i = 0; s->model.scale && i < n * width; i++)
        v[i] = (float)((double)v[i] * s->model.scale[i % width]);
    return status;
}

enum { SIDE = 22, TIMES = 25, RANGE_SAMPLES = 512, GRID = 900 };

/* Rows (x, y, vx, vy) on a grid at each of four times. */
static int plane_field(picture *p, sampled *s)
{
    static const struct {
        const char *label;
        double t;
    } panels[] = {
        { "t = 0", 0.0 }, { "t = 1/3", 1.0 / 3 }, { "t = 2/3", 2.0 / 3 }, { "t = 1", 1.0 }
    };
    double low[2], high[2], x[2 * GRID], t[GRID];
    float v[2 * GRID];
    for (int a = 0; a < 2; a++)
        find_range(s, RANGE_SAMPLES, a, &low[a], &high[a]);
    for (size_t k = 0; k < sizeof panels / sizeof *panels; k++) {
        double *rows = add_array(p, panels[k].label, SIDE * SIDE, 4);
        if (!rows)
            return cli_fail(p->args, "out of memory");
        for (int i = 0; i < SIDE * SIDE; i++) {
            x[2 * i] = low[0] + (high[0] - low[0]) * (i % SIDE) / (SIDE - 1);
            x[2 * i + 1] = low[1] + (high[1] - low[1]) * (i / SIDE) / (SIDE - 1);
            t[i] = panels[k].t;
        }
        if (evaluate(p, s, SIDE * SIDE, x, t, v) != RILL_OK)
            return failed(p);
        for (int i = 0; i < SIDE * SIDE; i++) {
            double row[4] = { x[2 * i], x[2 * i + 1], (double)v[2 * i], (double)v[2 * i + 1] };
            memcpy(rows + 4 * i, row, sizeof row);
        }
    }
    return CLI_DONE;
}

/* Rows (t, x, v). */
static int line_field(picture *p, sampled *s)
{
    double low, high, x[GRID], t[GRID];
    float v[GRID];
    int n = TIMES * SIDE;
    find_range(s, RANGE_SAMPLES, 0, &low, &high);
    double *rows = add_array(p, NULL, n, 3);
    if (!rows)
        return cli_fail(p->args, "out of memory");
    for (int i = 0; i < n; i++) {
        t[i] = (double)(i % TIMES) / (TIMES - 1);
        x[i] = low + (high - low) * (i / TIMES) / (SIDE - 1);
    }
    if (evaluate(p, s, n, x, t, v) != RILL_OK)
        return failed(p);
    for (int i = 0; i < n; i++) {
        double row[3] = { t[i], x[i], (double)v[i] };
        memcpy(rows + 3 * i, row, sizeof row);
    }
    return CLI_DONE;
}

static int field_of_model(picture *p, sampled *s)
{
    int status = draw_samples(p, s, GRID);
    if (status != CLI_DONE)
        return status;
    return s->model.width == 2 ? plane_field(p, s) : line_field(p, s);
}

static int add_model(picture *p)
{
    sampled s = { 0 };
    int field = strcmp(p->kind->name, "field") == 0;
    if (!field && strcmp(p->kind->name, "density") != 0)
        return cli_usage(p->args, "--model goes with field and density, not with %s",
                         p->kind->name);
    int status = open_sampled(p, &s);
    if (status == CLI_DONE)
        status = field ? field_of_model(p, &s) : density_of_model(p, &s);
    free_sampled(&s);
    return status;
}

/* ---- The picture. */

/* Rows of samples, rather than a grid of densities. */
static void guess_bins(picture *p)
{
    if (strcmp(p->kind->name, "density") == 0 && p->how.bins == 0 && p->count > 0 &&
        p->arrays[0].rank == 2 && p->arrays[0].dim[1] == 2)
        p->how.bins = 160;
}

static int draw(picture *p)
{
    guess_bins(p);
    p->message.text[0] = '\0';
    rill_status status =
        p->kind->draw(p->arrays, p->count, &p->how, p->args->value[OUT].text, &p->message);
    if (status != RILL_OK)
        return failed(p);
    if (p->message.text[0])
        cli_note(p->args, "%s", p->message.text);
    return CLI_DONE;
}

static int run_plot(const cli_args *args)
{
    const cli_value *value = args->value;
    picture p = { .args = args,
                  .kind = plot_find(args->operand[0]),
                  .how = { .title = value[TITLE].text,
                           .overlay = value[OVERLAY].given,
                           .linear = value[LINEAR].given,
                           .low = value[RANGE].number,
                           .high = value[RANGE].high,
                           .bins = value[BINS].whole } };
    if (!p.kind)
        return cli_usage(args,
                         "there is no picture '%.60s'; expected samples, trajectories, field, "
                         "density, loss or images",
                         args->operand[0]);
    int files = args->operand_count - 1 + (value[LABELS].text != NULL);
    if (files > PLOT_MAX_ARRAYS)
        return cli_usage(args, "%d files are given, at most %d are drawn", files, PLOT_MAX_ARRAYS);
    if (!value[MODEL].text == (files == 0))
        return cli_usage(args, "expected files%s",
                         value[MODEL].text ? " or --model, not both" : " (.npy or .csv)");
    int status = value[MODEL].text ? add_model(&p) : add_files(&p);
    if (status == CLI_DONE)
        status = draw(&p);
    for (int i = 0; i < p.count; i++)
        free(p.owned[i]);
    return status;
}

const cli_command cli_plot_command = {
    .name = "plot",
    .operands = "KIND [FILE...]",
    .doc = "draws one of samples, trajectories, field, density, loss (of a log), images; field and "
           "density "
           "also of a --model",
    .least_operands = 1,
    .most_operands = CLI_MAX_OPERANDS,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_plot,
};
