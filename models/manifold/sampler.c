#include "sampler.h"

#include "base/alloc.h"
#include "core/program.h"
#include "divergence.h"
#include "models/flow/rows.h"
#include "models/ode/integrate.h"
#include "ops/shape.h"
#include "unroll.h"

#include <math.h>
#include <string.h>

struct rill_manifold_sampler {
    const rill_manifold *manifold;
    rill_dtype dtype;
    int64_t batch, width; /* rows of a run, numbers of a point */
    size_t item;          /* bytes of a number */
    size_t condition;     /* bytes of a condition; 0: there is none */
    rill_graph *g;
    rill_tensor *x, *w, *t, *cond;          /* inputs: [batch,n] twice, [], conditions or NULL */
    rill_tensor *y, *u;                     /* exp_x(w), and the field there */
    rill_tensor *dwdt, *div;                /* in normal coordinates; div u [batch,1] */
    rill_tensor *settled, *base, *log_base; /* y as projected; of x: base and log_base */
    /* Programs of dwdt; of dwdt and div, NULL until there is a need; and of the last three. */
    rill_program *velocity, *spreading, *settle, *begin, *weigh;
    const rill_program *failed; /* what went wrong last */
    unsigned char *x_rows, *cond_rows;
    unsigned char *w_rows; /* [batch,n], and the integral of div [batch] */
    double *sums;          /* [batch], of those integrals */
};

/* ---- Making one. */

static void build(rill_manifold_sampler *s, rill_field field, const rill_sampler_options *o)
{
    rill_shape point = rill_batch_shape(o);
    s->x = rill_input(s->g, "x", o->dtype, point);
    s->w = rill_input(s->g, "w", o->dtype, point);
    s->t = rill_input(s->g, "t", o->dtype, RILL_SCALAR);
    s->cond = rill_condition_input(s->g, o);
    s->y = rill_manifold_exp(s->manifold, s->x, s->w);
    rill_tensor *when = rill_broadcast(s->t, RILL_SHAPE(s->batch, 1));
    s->u = field.at(s->y, when, s->cond, field.self);
    s->dwdt = rill_normal_velocity(s->manifold, s->x, s->y, s->u);
    s->settled = rill_manifold_project(s->manifold, s->y);
    s->base = rill_manifold_base(s->manifold, s->x);
    s->log_base = rill_manifold_log_base(s->manifold, s->x);
}

static rill_status compile(rill_manifold_sampler *s, rill_tensor *const *outputs, int64_t count,
                           rill_program **program, rill_message *message)
{
    return rill_compile_part(s->g, outputs, count, "the sampler", program, message);
}

static rill_status make_rows(rill_manifold_sampler *s, rill_message *message)
{
    size_t batch = (size_t)s->batch;
    s->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    s->w_rows = rill_alloc_zeroed(batch * ((size_t)s->width + 1), s->item);
    s->cond_rows = rill_alloc_zeroed(batch, s->condition);
    s->sums = rill_alloc_zeroed(batch, sizeof *s->sums);
    if (!s->x_rows || !s->w_rows || !s->cond_rows || !s->sums)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status make(rill_manifold_sampler *s, rill_store *store, rill_field field,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = o->sample.dim[0];
    s->condition = rill_condition_bytes(o);
    s->g = rill_graph_new(store);
    build(s, field, o);
    rill_status status = make_rows(s, message);
    if (!status && rill_error(s->g))
        status = rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->g));
    if (!status)
        status = rill_require_parameters(s->u, store, message);
    if (!status)
        status = compile(s, &s->dwdt, 1, &s->velocity, message);
    if (!status)
        status = compile(s, &s->settled, 1, &s->settle, message);
    return status ? status : compile(s, &s->base, 1, &s->begin, message);
}

rill_manifold_sampler *rill_manifold_sampler_new(rill_store *store, rill_field field,
                                                 const rill_manifold *manifold,
                                                 const rill_sampler_options *options,
                                                 rill_message *message)
{
    if (!store || !field.at || !options) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: store, field or options is NULL");
        return NULL;
    }
    if (rill_check_sampler_options(options, message))
        return NULL;
    if (options->sample.rank != 1) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: points of a manifold are rows of numbers");
        return NULL;
    }
    if (rill_manifold_check(manifold, options->sample.dim[0], message))
        return NULL;
    rill_manifold_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s) {
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
        return NULL;
    }
    s->manifold = manifold;
    if (make(s, store, field, options, message)) {
        rill_manifold_sampler_free(s);
        return NULL;
    }
    return s;
}

void rill_manifold_sampler_free(rill_manifold_sampler *s)
{
    if (!s)
        return;
    rill_program *programs[] = { s->velocity, s->spreading, s->settle, s->begin, s->weigh };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        rill_program_free(programs[i]);
    rill_graph_free(s->g);
    rill_free(s->x_rows);
    rill_free(s->w_rows);
    rill_free(s->cond_rows);
    rill_free(s->sums);
    rill_free(s);
}

/* What densities need beside: the divergence takes n tangents of the network. */
static rill_status prepare_scoring(rill_manifold_sampler *s, rill_message *message)
{
    if (s->weigh)
        return RILL_OK;
    rill_status status = RILL_OK;
    if (!s->spreading) {
        s->div = rill_manifold_divergence(s->manifold, s->u, s->y);
        rill_tensor *outputs[] = { s->dwdt, s->div };
        status = compile(s, outputs, 2, &s->spreading, message);
    }
    return status ? status : compile(s, &s->log_base, 1, &s->weigh, message);
}

/* ---- Some rows carried along the field. */

typedef struct journey {
    rill_manifold_sampler *s;
    rill_program *program; /* velocity, or spreading */
    const rill_solver *solver;
    const double *times;
    int64_t time_count;
    int64_t calls; /* of the program, for the rows at hand */
} journey;

/* y of a program, at the points of x_rows and the vectors w. */
static rill_status evaluate(rill_manifold_sampler *s, rill_program *p, const void *w,
                            const rill_tensor *y, void *out)
{
    int64_t count = s->batch * s->width;
    rill_status status = rill_feed(p, s->x, s->x_rows, count);
    if (!status)
        status = rill_feed(p, s->w, w, count);
    if (!status)
        status = rill_run(p);
    if (!status)
        status = rill_read(p, y, out, rill_count(y));
    if (status)
        s->failed = p;
    return status;
}

/* d/dt of w [batch,n], and behind it of the integral of div [batch]. */
static rill_status normal_velocity(void *self, const double *t, const void *w, void *dwdt)
{
    journey *j = self;
    rill_manifold_sampler *s = j->s;
    j->calls++;
    rill_status status = rill_feed_number(j->program, s->t, *t);
    if (!status)
        status = evaluate(s, j->program, w, s->dwdt, dwdt);
    if (!status && j->program == s->spreading)
        status =
            rill_read(j->program, s->div,
                      (unsigned char *)dwdt + (size_t)(s->batch * s->width) * s->item, s->batch);
    return status;
}

static void add_integrals(rill_manifold_sampler *s)
{
    for (int64_t i = 0; i < s->batch; i++)
        s->sums[i] += rill_number_at(s->dtype, s->w_rows, s->batch * s->width + i);
}

/* x_rows from times[i-1] to times[i]. */
static rill_status take_step(journey *j, int64_t i, rill_message *message)
{
    rill_manifold_sampler *s = j->s;
    int spreading = j->program == s->spreading;
    int64_t count = s->batch * (s->width + spreading);
    rill_ode ode = { s->dtype, 1, count, .velocity = normal_velocity, .self = j };
    rill_ode_options options = { .solver = j->solver };
    memset(s->w_rows, 0, (size_t)count * s->item);
    rill_status status =
        rill_ode_integrate(&ode, &options, j->times + i - 1, 2, s->w_rows, message);
    if (status)
        return status;
    if (spreading)
        add_integrals(s);
    return evaluate(s, s->settle, s->w_rows, s->settled, s->x_rows);
}

/* The caller's rows of conditions, for the program that needs them. */
static rill_status feed_condition(const journey *j, const void *cond, int64_t first, int64_t count)
{
    rill_manifold_sampler *s = j->s;
    if (!s->cond)
        return RILL_OK;
    memcpy(s->cond_rows, rill_row_of(cond, first, s->condition), (size_t)count * s->condition);
    return rill_feed(j->program, s->cond, s->cond_rows, rill_count(s->cond));
}

/* The caller's rows, as points of the manifold. */
static rill_status take_rows(rill_manifold_sampler *s, const void *x, int64_t first, int64_t count)
{
    size_t row = (size_t)s->width * s->item;
    memcpy(s->x_rows, rill_row_of(x, first, row), (size_t)count * row);
    memset(s->w_rows, 0, (size_t)s->batch * row);
    return evaluate(s, s->settle, s->w_rows, s->settled, s->x_rows);
}

/* x_rows to row `at` of the caller's array, which may be NULL. */
static void give_rows(const rill_manifold_sampler *s, void *array, int64_t at, int64_t count)
{
    size_t row = (size_t)s->width * s->item;
    if (array)
        memcpy((unsigned char *)array + (size_t)at * row, s->x_rows, (size_t)count * row);
}

/* ---- What is asked. */

/* NULL, or what is wrong with arguments common to both requests. */
static const char *complaint(const rill_manifold_sampler *s, int64_t n, const void *cond,
                             const void *out)
{
    if (!s || n < 0 || (n > 0 && !out))
        return "sampler: a NULL, or a negative number of rows";
    if (n > RILL_MAX_COUNT / s->width)
        return "sampler: too many rows";
    if (s->cond && !cond && n > 0)
        return "sampler: the network needs a condition";
    return !s->cond && cond ? "sampler: the network takes no condition" : NULL;
}

/* The message of a program that failed goes before what the solver says of it. */
static rill_status report(const rill_manifold_sampler *s, rill_status status, rill_message *message)
{
    const char *why = status && s->failed ? rill_program_error(s->failed) : NULL;
    if (why && *why)
        rill_fail(message, status, "sampler: %s", why);
    return status;
}

static rill_status start_samples(rill_manifold_sampler *s, const rill_sampling *sampling,
                                 int64_t first, int64_t count)
{
    if (sampling->x0)
        return take_rows(s, sampling->x0, first, count);
    rill_noise_rows(s->dtype, sampling->seed, sampling->first + first, count, s->width, s->x_rows);
    return evaluate(s, s->begin, s->w_rows, s->base, s->x_rows);
}

static void count_work(journey *j, const rill_sampling *sampling, int64_t count)
{
    if (sampling->counts) {
        sampling->counts->calls += j->calls;
        sampling->counts->evaluations += j->calls * count;
        sampling->counts->accepted += (j->time_count - 1) * count;
    }
    j->calls = 0;
}

static rill_status carry_samples(journey *j, const rill_sampling *sampling, int64_t first,
                                 int64_t count, rill_message *message)
{
    rill_status status = feed_condition(j, sampling->cond, first, count);
    if (!status)
        status = start_samples(j->s, sampling, first, count);
    if (!status)
        give_rows(j->s, sampling->noise, first, count);
    for (int64_t i = 0; i < j->time_count && !status; i++) {
        if (i > 0)
            status = take_step(j, i, message);
        if (!status)
            give_rows(j->s, sampling->trajectory, i * sampling->n + first, count);
    }
    if (!status)
        give_rows(j->s, sampling->samples, first, count);
    count_work(j, sampling, count);
    return status;
}

rill_status rill_manifold_sampler_run(rill_manifold_sampler *s, const rill_sampling *sampling,
                                      rill_message *message)
{
    if (!sampling)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: a NULL");
    const char *why = complaint(s, sampling->n, sampling->cond, sampling->samples);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s", why);
    if (sampling->first < 0 || sampling->first > RILL_MAX_COUNT)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: the first sample is %lld",
                         (long long)sampling->first);
    if (sampling->tolerance != 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "sampler: on a manifold a step is an interval of the grid, there is no "
                         "tolerance");
    rill_status status = rill_time_grid_check(sampling->times, sampling->time_count, message);
    journey j = { s,
                  s->velocity,
                  sampling->solver ? sampling->solver : rill_solver_find("euler"),
                  sampling->times,
                  sampling->time_count,
                  0 };
    s->failed = NULL;
    for (int64_t first = 0; first < sampling->n && !status; first += s->batch) {
        int64_t left = sampling->n - first;
        status = carry_samples(&j, sampling, first, left < s->batch ? left : s->batch, message);
    }
    return report(s, status, message);
}

/* log base(x_0) + the integral of div from the time of the data to that of the base. */
static rill_status weigh_rows(rill_manifold_sampler *s, double *log_density, int64_t count)
{
    rill_status status = evaluate(s, s->weigh, s->w_rows, s->log_base, s->w_rows);
    for (int64_t i = 0; i < count && !status; i++)
        log_density[i] = s->sums[i] + rill_number_at(s->dtype, s->w_rows, i);
    return status;
}

static rill_status score_rows(journey *j, const rill_manifold_scoring *scoring, int64_t first,
                              int64_t count, rill_message *message)
{
    rill_status status = feed_condition(j, scoring->cond, first, count);
    if (!status)
        status = take_rows(j->s, scoring->x, first, count);
    memset(j->s->sums, 0, (size_t)j->s->batch * sizeof *j->s->sums);
    for (int64_t i = 1; i < j->time_count && !status; i++)
        status = take_step(j, i, message);
    if (!status)
        give_rows(j->s, scoring->noise, first, count);
    return status ? status : weigh_rows(j->s, scoring->log_density + first, count);
}

rill_status rill_manifold_sampler_score(rill_manifold_sampler *s,
                                        const rill_manifold_scoring *scoring, rill_message *message)
{
    if (!scoring)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: a NULL");
    const char *why = complaint(s, scoring->n, scoring->cond, scoring->log_density);
    if (why || (scoring->n > 0 && !scoring->x))
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s", why ? why : "sampler: x is NULL");
    rill_status status = rill_time_grid_check(scoring->times, scoring->time_count, message);
    if (!status)
        status = prepare_scoring(s, message);
    journey j = { s,
                  s->spreading,
                  scoring->solver ? scoring->solver : rill_solver_find("euler"),
                  scoring->times,
                  scoring->time_count,
                  0 };
    s->failed = NULL;
    for (int64_t first = 0; first < scoring->n && !status; first += s->batch) {
        int64_t left = scoring->n - first;
        status = score_rows(&j, scoring, first, left < s->batch ? left : s->batch, message);
    }
    return report(s, status, message);
}
