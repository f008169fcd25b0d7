#include "demo_table.h"

#include "models/flow/mixture.h"
#include "tools/cli/model.h"
#include "tools/metrics/metrics.h"

#include <math.h>
#include <stdlib.h>

/* The data set 1d-mixture, and the noise. */
static const double half[] = { 0.5, 0.5 }, modes[] = { -2.0, 2.0 }, sds[] = { 0.3, 0.3 };
static const double one[] = { 1.0 }, zero[] = { 0.0 };
static const rill_mixture target = { 1, 2, half, modes, sds }, noise = { 1, 1, one, zero, one };

enum { MOST_STEPS = 100 };

static double distribution(const rill_mixture *m, double x)
{
    double p = 0.0;
    for (int64_t k = 0; k < m->count; k++)
        p += m->weight[k] * 0.5 * erfc((m->mean[k] - x) / (m->sd[k] * sqrt(2.0)));
    return p;
}

/* The x below which the mixture lies with probability p, by bisection: 60 halvings of [-20,20]. */
static double quantile(const rill_mixture *m, double p)
{
    double low = -20.0, high = 20.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (distribution(m, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static void quantiles(const rill_mixture *m, int64_t n, double *x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = quantile(m, ((double)i + 0.5) / (double)n);
}

static rill_status carry_exactly(int64_t n, int64_t steps, double *x, rill_message *message)
{
    for (int64_t k = 0; k < steps; k++)
        for (int64_t i = 0; i < n; i++) {
            rill_mixture_field field;
            rill_mixing mixing = rill_mixing_linear((double)k / (double)steps);
            rill_status status =
                rill_mixture_field_at(&noise, &target, mixing, &x[i], &field, message);
            if (status != RILL_OK)
                return status;
            x[i] += field.velocity[0] / (double)steps;
        }
    return RILL_OK;
}

static rill_status carry_as_learned(rill_sampler *sampler, int64_t n, int64_t steps, float *room,
                                    double *x, rill_message *message)
{
    double times[MOST_STEPS + 1];
    rill_status status = rill_time_grid(0.0, 1.0, steps, times, message);
    rill_sampling sampling = { .times = times, .time_count = steps + 1, .n = n, .samples = room };
    if (status == RILL_OK)
        status = rill_sampler_run(sampler, &sampling, message);
    for (int64_t i = 0; i < n && status == RILL_OK; i++)
        x[i] = (double)room[i];
    return status;
}

static double deviation(const double *x, int64_t n)
{
    double sum = 0.0, squares = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += x[i];
    for (int64_t i = 0; i < n; i++)
        squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
    return sqrt(squares / (double)n);
}

/* Room for n numbers each. */
typedef struct table {
    rill_sampler *sampler;
    int64_t n;
    double *exact, *start, *x;
    float *room;
    FILE *out;
} table;

static rill_status print_cell(const table *t, rill_message *message)
{
    rill_points a = { t->x, t->n, 1 }, b = { t->exact, t->n, 1 };
    rill_distance distance;
    rill_status status = rill_w1(&a, &b, 0, &distance, message);
    if (status == RILL_OK)
        fprintf(t->out, "  %8.4f %8.4f", distance.value, deviation(t->x, t->n));
    return status;
}

static rill_status print_row(const table *t, int64_t steps, rill_message *message)
{
    fprintf(t->out, "%5lld", (long long)steps);
    rill_status status = carry_as_learned(t->sampler, t->n, steps, t->room, t->x, message);
    if (status == RILL_OK)
        status = print_cell(t, message);
    for (int64_t i = 0; i < t->n; i++)
        t->x[i] = t->start[i];
    if (status == RILL_OK)
        status = carry_exactly(t->n, steps, t->x, message);
    if (status == RILL_OK)
        status = print_cell(t, message);
    fputc('\n', t->out);
    return status;
}

static rill_status print_rows(const table *t, rill_message *message)
{
    static const int64_t steps[] = { 1, 2, 3, 5, 10, 20, MOST_STEPS };
    double spread = hypot(modes[1], sds[1]);
    rill_status status = RILL_OK;
    quantiles(&target, t->n, t->exact);
    quantiles(&noise, t->n, t->start);
    fprintf(t->out, "%5s  %17s  %17s\n%5s  %8s %8s  %8s %8s\n", "Euler", "learned field",
            "exact field", "steps", "W1", "sd", "W1", "sd");
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == RILL_OK; i++)
        status = print_row(t, steps[i], message);
    fprintf(t->out, "%5s  %8.4f %8.4f  %8.4f %8.4f\n", "data", 0.0, spread, 0.0, spread);
    return status;
}

rill_status demo_table(const char *path, const rill_extensions *extensions, int64_t n, FILE *out,
                       rill_message *message)
{
    cli_model model;
    rill_status status = cli_model_load(path, extensions, &model, message);
    if (status != RILL_OK)
        return status;
    size_t size = (size_t)n * sizeof(double);
    table t = { cli_model_sampler(&model, message),
                n,
                malloc(size),
                malloc(size),
                malloc(size),
                malloc(size),
                out };
    if (!t.sampler)
        status = RILL_BAD_GRAPH;
    else if (!t.exact || !t.start || !t.x || !t.room)
        status = rill_fail(message, RILL_NO_MEMORY, "out of memory");
    else
        status = print_rows(&t, message);
    free(t.exact);
    free(t.start);
    free(t.x);
    free(t.room);
    rill_sampler_free(t.sampler);
    cli_model_free(&model);
    return status;
}
