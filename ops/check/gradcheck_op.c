/* The checks of an op: each of its samples as a function, and each of its kernels against the
 * others. */
#include "gradcheck.h"

#include "base/alloc.h"
#include "core/builtin.h"
#include "core/graph_impl.h"
#include "core/program.h"
#include "core/store.h"
#include "gradcheck_impl.h"

#include <stdio.h>

enum { MAX_INPUTS = 4 };

/* One sample, or a variant of it. */
typedef struct trial {
    rill_bench *b;
    const rill_op *op;
    const void *attrs;
    int count;
    rill_check_input in[MAX_INPUTS]; /* dtype F32: any float type */
    double *value[MAX_INPUTS];
} trial;

/* ---- Building a sample's graph. */

typedef struct built {
    rill_store *store;
    rill_graph *g;
    rill_variable x[MAX_INPUTS];
    rill_tensor *y;
} built;

/* What commits writes into an entry of the store: its first input is one. */
static rill_variable input_tensor(trial *t, built *w, int i, rill_dtype dtype)
{
    const rill_check_input *in = &t->in[i];
    if (i > 0 || !(t->op->traits & RILL_COMMIT))
        return rill_bench_variable(t->b, w->g, "x", i, dtype, in->shape, t->value[i]);
    rill_init ones = { RILL_INIT_CONSTANT, 1.0 };
    rill_tensor *x = rill_state(w->g, RILL_AVERAGE, dtype, in->shape, ones, "check.state");
    rill_store_put(w->store, "check.state", RILL_AVERAGE, dtype, in->shape,
                   rill_bench_zeros(t->b, rill_count(x)), NULL);
    return (rill_variable){ .x = x, .value = t->value[i], .count = rill_count(x) };
}

static void build(trial *t, built *w, rill_dtype real)
{
    rill_tensor *xs[MAX_INPUTS];
    w->store = rill_store_new(t->b->seed);
    w->g = rill_graph_new(w->store);
    for (int i = 0; i < t->count; i++) {
        w->x[i] = input_tensor(t, w, i, t->in[i].dtype == RILL_I32 ? RILL_I32 : real);
        xs[i] = w->x[i].x;
    }
    w->y = rill_apply_in(w->g, t->op, xs, t->count, t->attrs);
}

static void destroy(built *w)
{
    rill_graph_free(w->g);
    rill_store_free(w->store);
}

/* ---- Kernels: the value in two ways. */

/* A way to compute the sample. */
typedef struct way {
    rill_dtype real;
    uint32_t passes_off;
    int doubled; /* y + y: something to fuse with */
} way;

/* The value, with its number of elements; NULL when it cannot be had. */
static double *value_by(trial *t, way how, int64_t *count)
{
    built w;
    double *value = NULL;
    build(t, &w, how.real);
    rill_tensor *y = w.y;
    if (how.doubled && rill_dtype_is_float(rill_dtype_of(y)))
        y = rill_builtin_algebra.add(y, y);
    rill_program *p = rill_bench_compile(t->b, &y, 1, how.passes_off);
    *count = rill_count(y);
    if (p && rill_bench_set_all(t->b, p, w.x, t->count) && rill_bench_run(t->b, p) &&
        (value = rill_bench_zeros(t->b, *count)) && !rill_bench_read(t->b, p, y, value))
        value = NULL;
    rill_program_free(p);
    destroy(&w);
    return value;
}

/* Two ways that agree to `tolerance` of the largest element: some tens of roundings, of sums of a
 * few dozen terms. */
#define F32_CLOSE 1e-5
#define F64_CLOSE 1e-13

static const struct pair {
    rill_check check;
    way a, b;
    const char *what;
    double tolerance; /* 0: bit by bit */
    uint32_t not_for; /* traits */
    int needs_expand;
} pairs[] = {
    { RILL_CHECK_KERNEL,
      { RILL_F64, 0, 0 },
      { RILL_F64, RILL_NO_FAST, 0 },
      "f64, fast against reference",
      F64_CLOSE,
      0,
      0 },
    { RILL_CHECK_KERNEL,
      { RILL_F32, 0, 0 },
      { RILL_F32, RILL_NO_FAST, 0 },
      "f32, fast against reference",
      F32_CLOSE,
      0,
      0 },
    { RILL_CHECK_KERNEL,
      { RILL_F32, RILL_NO_FAST, 0 },
      { RILL_F64, RILL_NO_FAST, 0 },
      "f32 against f64",
      F32_CLOSE,
      RILL_RANDOM,
      0 },
    { RILL_CHECK_PASSES,
      { RILL_F64, 0, 1 },
      { RILL_F64, RILL_NO_FUSE, 1 },
      "f64, fused or not",
      0.0,
      0,
      0 },
    { RILL_CHECK_PASSES,
      { RILL_F32, 0, 1 },
      { RILL_F32, RILL_NO_FUSE, 1 },
      "f32, fused or not",
      0.0,
      0,
      0 },
    { RILL_CHECK_PASSES,
      { RILL_F64, 0, 1 },
      { RILL_F64, RILL_NO_REUSE, 1 },
      "f64, memory used again or not",
      0.0,
      0,
      0 },
    { RILL_CHECK_PASSES,
      { RILL_F64, 0, 1 },
      { RILL_F64, RILL_NO_SIMPLIFY, 1 },
      "f64, simplified or not",
      F64_CLOSE,
      0,
      0 },
    { RILL_CHECK_EXPANSION,
      { RILL_F64, RILL_NO_FAST, 0 },
      { RILL_F64, RILL_EXPAND, 0 },
      "f64, eval against expand",
      1e-11,
      0,
      1 },
    { RILL_CHECK_EXPANSION,
      { RILL_F32, RILL_NO_FAST, 0 },
      { RILL_F32, RILL_EXPAND, 0 },
      "f32, eval against expand",
      1e-4,
      0,
      1 },
};

static void check_pair(trial *t, const struct pair *pair)
{
    int64_t count, other_count;
    if ((t->op->traits & pair->not_for) || (pair->needs_expand && !t->op->expand))
        return;
    const double *a = value_by(t, pair->a, &count);
    const double *b = value_by(t, pair->b, &other_count);
    if (!a || !b)
        return;
    if (count != other_count) {
        rill_bench_fail(t->b, pair->check, "%s: %lld and %lld elements", pair->what,
                        (long long)count, (long long)other_count);
        return;
    }
    rill_verdict v = { pair->check, pair->what, 0, pair->tolerance, 1.0 };
    rill_bench_compare_all(t->b, v, count, a, b);
}

/* ---- Derivatives. */

static void check_derivatives(trial *t, int orders)
{
    built w;
    if (t->op->traits & RILL_NOT_DIFFERENTIABLE)
        return;
    build(t, &w, RILL_F64);
    rill_bench_check_function(t->b, w.y, w.x, t->count, orders, 24);
    destroy(&w);
}

/* ---- The work of a kernel, split. */

/* f64 arrays of the sample as a kernel sees them. */
typedef struct split {
    rill_call call;
    rill_array_view in[MAX_INPUTS];
    const rill_kernel *kernel;
    void *scratch;
} split;

static void *dense(rill_bench *b, rill_dtype dtype, const double *value, int64_t count)
{
    double *room = rill_bench_zeros(b, count);
    for (int64_t i = 0; room && i < count; i++)
        if (dtype == RILL_I32)
            ((int32_t *)(void *)room)[i] = (int32_t)value[i];
        else
            room[i] = value[i];
    return room;
}

static int make_call(trial *t, const built *w, split *s, const rill_kernel *kernel)
{
    *s = (split){ .kernel = kernel };
    s->call = (rill_call){ .op = t->op, .attrs = w->y->attrs, .count = t->count, .in = s->in };
    for (int i = 0; i < t->count; i++) {
        const rill_tensor *x = w->x[i].x;
        s->in[i] = (rill_array_view){ x->dtype, x->shape,
                                      dense(t->b, x->dtype, t->value[i], w->x[i].count) };
    }
    s->call.out = (rill_array_view){ w->y->dtype, w->y->shape, NULL };
    size_t scratch = kernel->scratch ? kernel->scratch(&s->call) : 0;
    s->scratch = s->call.scratch = scratch > 0 ? rill_alloc_aligned(scratch) : NULL;
    if (scratch > 0 && !s->scratch)
        t->b->status = RILL_NO_MEMORY;
    return t->b->status == RILL_OK;
}

/* All units at once, and one by one from the last: the same bits. */
static void check_kernel_split(trial *t, const built *w, const rill_kernel *kernel,
                               const char *what)
{
    split s;
    size_t bytes = (size_t)rill_count(w->y) * rill_dtype_size(w->y->dtype);
    unsigned char *whole = (unsigned char *)rill_bench_zeros(t->b, rill_count(w->y));
    unsigned char *parts = (unsigned char *)rill_bench_zeros(t->b, rill_count(w->y));
    if (!whole || !parts)
        return;
    if (!make_call(t, w, &s, kernel)) {
        rill_free(s.scratch);
        return;
    }
    int64_t units = kernel->units ? kernel->units(&s.call) : 1;
    s.call.out.data = whole;
    if (units > 0) /* the engine asks for no empty range */
        kernel->eval(&s.call, 0, units);
    s.call.out.data = parts;
    for (int64_t unit = units - 1; unit >= 0; unit--)
        kernel->eval(&s.call, unit, unit + 1);
    rill_free(s.scratch);
    rill_verdict v = { RILL_CHECK_SPLIT, what, 0, 0.0, 1.0 };
    for (size_t i = 0; i < bytes; i++)
        rill_bench_compare(t->b, &v, (int64_t)i, parts[i], whole[i]);
}

/* Onto what the output holds already. */
static void check_kernel_adds(trial *t, const built *w, const rill_kernel *kernel, const char *what)
{
    split s;
    const int64_t count = rill_count(w->y);
    double *expected = rill_bench_zeros(t->b, count);
    double *sum = rill_bench_uniform(t->b, count, -2.0, 2.0);
    if (!kernel->adds || w->y->dtype != RILL_F64 || count == 0 || !expected || !sum)
        return;
    if (make_call(t, w, &s, kernel)) {
        int64_t units = kernel->units ? kernel->units(&s.call) : 1;
        s.call.out.data = expected;
        kernel->eval(&s.call, 0, units);
        for (int64_t i = 0; i < count; i++)
            expected[i] += sum[i];
        s.call.out.data = sum;
        s.call.add = 1;
        kernel->eval(&s.call, 0, units);
        rill_verdict v = { RILL_CHECK_KERNEL, what, 0, F64_CLOSE, 1.0 };
        rill_bench_compare_all(t->b, v, count, sum, expected);
    }
    rill_free(s.scratch);
}

static void check_kernel(trial *t, const built *w, const rill_kernel *kernel, const char *what)
{
    check_kernel_split(t, w, kernel, what);
    check_kernel_adds(t, w, kernel, what);
}

static void check_map_split(trial *t, const built *w, rill_map *map, const char *what)
{
    int64_t n = rill_count(w->y), third = n / 3;
    const void *in[MAX_INPUTS], *later[MAX_INPUTS];
    double *whole = rill_bench_zeros(t->b, n), *parts = rill_bench_zeros(t->b, n);
    if (!whole || !parts)
        return;
    for (int i = 0; i < t->count; i++) {
        if (w->x[i].x->dtype != RILL_F64 || w->x[i].count != n)
            return; /* maps know of no broadcasting */
        in[i] = t->value[i];
        later[i] = t->value[i] + third;
    }
    map(whole, in, w->y->attrs, n);
    map(parts + third, later, w->y->attrs, n - third);
    map(parts, in, w->y->attrs, third);
    rill_verdict v = { RILL_CHECK_SPLIT, what, 0, 0.0, 1.0 };
    rill_bench_compare_all(t->b, v, n, parts, whole);
}

static void check_split(trial *t)
{
    built w;
    const rill_backend *backend = rill_builtin_backend();
    build(t, &w, RILL_F64);
    if (!rill_is_inert(w.y) && (t->op->traits & RILL_ELEMENTWISE) && !t->op->infer) {
        rill_map *fast = backend->map(t->op, RILL_F64);
        if (t->op->map[RILL_F64] && w.y->dtype == RILL_F64)
            check_map_split(t, &w, t->op->map[RILL_F64], "reference map");
        if (fast && w.y->dtype == RILL_F64)
            check_map_split(t, &w, fast, "fast map");
    } else if (!rill_is_inert(w.y)) {
        const rill_kernel *fast = backend->kernel(t->op, w.y->dtype);
        if (t->op->kernel.eval)
            check_kernel(t, &w, &t->op->kernel, "reference kernel, byte");
        if (fast)
            check_kernel(t, &w, fast, "fast kernel, byte");
    }
    destroy(&w);
}

/* ---- All of it. */

static void draw_values(trial *t)
{
    for (int i = 0; i < t->count; i++)
        t->value[i] = rill_bench_input(t->b, &t->in[i]);
    for (int i = 0; i < t->count; i++) /* numbers that f32 holds, so that both types see the same */
        for (int64_t e = 0; t->value[i] && e < rill_shape_count(&t->in[i].shape); e++)
            t->value[i][e] = (double)(float)t->value[i][e];
    for (int i = 0; i < t->count; i++)
        t->in[i].values = t->value[i];
}

static void check_trial(trial *t, int orders)
{
    draw_values(t);
    if (t->b->status != RILL_OK)
        return;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        check_pair(t, &pairs[i]);
    check_split(t);
    rill_bench_check_rows(t->b, t->op, t->attrs, t->in, t->count);
    check_derivatives(t, orders);
}

static trial trial_of(rill_bench *b, const rill_op *op, const rill_sample *sample)
{
    trial t = { .b = b, .op = op, .attrs = sample->attrs, .count = sample->count };
    for (int i = 0; i < t.count; i++)
        t.in[i] = (rill_check_input){ .shape = sample->shape[i],
                                      .dtype = sample->dtype[i],
                                      .low = sample->low[i],
                                      .high = sample->high[i] };
    return t;
}

/* Elementwise ops of several inputs: each in turn stretched to [3,4] from less. */
static void check_broadcasting(rill_bench *b, const rill_op *op, const rill_sample *sample)
{
    static const rill_shape full = { 2, { 3, 4 } };
    static const rill_shape less[] = {
        { 0, { 0 } }, { 1, { 4 } }, { 1, { 1 } }, { 2, { 3, 1 } }, { 2, { 1, 4 } }
    };
    for (int i = 0; i < op->arity; i++)
        for (size_t k = 0; k < sizeof less / sizeof *less; k++) {
            trial t = trial_of(b, op, sample);
            for (int j = 0; j < t.count; j++)
                t.in[j].shape = j == i ? less[k] : full;
            check_trial(&t, 2);
        }
}

static int broadcasts(const rill_op *op)
{
    return (op->traits & RILL_ELEMENTWISE) && !op->infer && op->arity > 1;
}

static const char *bad_sample(const rill_op *op, const rill_sample *sample)
{
    if (sample->count < 0 || sample->count > MAX_INPUTS ||
        (op->arity != RILL_ANY_ARITY && sample->count != op->arity))
        return "has another number of inputs than the op takes, or more than 4";
    if (op->attr_size > 0 && !sample->attrs)
        return "has no attributes";
    for (int i = 0; i < sample->count; i++)
        if (rill_shape_count(&sample->shape[i]) < 0)
            return "has an invalid shape";
    return NULL;
}

static void check_samples(rill_bench *b, const rill_op *op)
{
    char name[128];
    b->name = name;
    for (int i = 0; i < op->sample_count && b->status == RILL_OK; i++) {
        const char *wrong = bad_sample(op, &op->samples[i]);
        snprintf(name, sizeof name, "%s: sample %d", op->name, i);
        if (wrong) {
            rill_bench_fail(b, RILL_CHECK_SAMPLES, "it %s", wrong);
            continue;
        }
        b->report->compared[RILL_CHECK_SAMPLES]++;
        trial t = trial_of(b, op, &op->samples[i]);
        check_trial(&t, 2);
        snprintf(name, sizeof name, "%s: sample %d, broadcast", op->name, i);
        if (broadcasts(op) && i == 0)
            check_broadcasting(b, op, &op->samples[i]);
    }
    b->name = op->name;
}

rill_status rill_check_op(const rill_op *op, uint64_t seed, rill_check_report *report,
                          rill_message *message)
{
    rill_check_report dropped;
    if (!op || !op->name)
        return rill_fail(message, RILL_BAD_ARGUMENT, "a check needs an op with a name");
    const rill_check_options o = { .name = op->name, .seed = seed };
    rill_bench b = rill_bench_begin(&o, report ? report : &dropped);
    if (!op->samples || op->sample_count <= 0)
        rill_bench_fail(&b, RILL_CHECK_SAMPLES, "the op has none: nothing of it can be checked");
    else
        check_samples(&b, op);
    return rill_bench_end(&b, message);
}
