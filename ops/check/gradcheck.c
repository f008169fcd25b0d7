/* The checks of a function: orders of differentiation, and how its derivatives hang together. */
#include "gradcheck.h"

#include "core/grad.h"
#include "core/graph_impl.h"
#include "gradcheck_impl.h"

#include <math.h>

/* A function with what its checks share. */
typedef struct trial {
    rill_bench *b;
    rill_subject s;                         /* y and gy */
    rill_variable x[RILL_CHECK_MAX_INPUTS]; /* inputs that are differentiated by */
    rill_tensor *xs[RILL_CHECK_MAX_INPUTS];
    rill_tensor *gxs[RILL_CHECK_MAX_INPUTS]; /* vjp(y, gy) by them */
    double *gx[RILL_CHECK_MAX_INPUTS];
    int n;
} trial;

static int run_with(trial *t, rill_program *p, const double *gy)
{
    return rill_bench_set_all(t->b, p, t->s.with, t->s.with_count) &&
           rill_bench_set(t->b, p, &t->s.gy[0], gy) && rill_bench_run(t->b, p);
}

/* Values of y[0..n-1] in fresh arrays; 0 on failure. */
static int evaluate(trial *t, rill_tensor *const *y, int n, const double *gy, double **out)
{
    rill_program *p = rill_bench_compile(t->b, y, n, 0);
    int done = p && run_with(t, p, gy);
    for (int i = 0; i < n && done; i++)
        done = (out[i] = rill_bench_zeros(t->b, rill_count(y[i]))) != NULL &&
               rill_bench_read(t->b, p, y[i], out[i]);
    rill_program_free(p);
    return done;
}

/* ---- Higher orders: what was a gradient becomes the function. */

static void check_orders(trial *t, int orders, int64_t entries)
{
    rill_variable by[RILL_CHECK_MAX_VARIABLES];
    rill_tensor *gradient[RILL_CHECK_MAX_VARIABLES];
    rill_subject s = t->s;
    int n = t->n;
    rill_variable with[RILL_CHECK_MAX_VARIABLES * 3];
    for (int i = 0; i < n; i++)
        by[i] = t->x[i];
    for (int i = 0; i < s.with_count; i++)
        with[i] = s.with[i];
    s.with = with;
    for (int order = 1; order <= orders; order++) {
        rill_check check = (rill_check)(RILL_CHECK_FIRST + order - 1);
        if (!rill_bench_check_order(t->b, check, &s, by, n, entries, gradient))
            return;
        if (order == 1)
            by[n++] = t->s.gy[0]; /* the gradient depends on gy as well */
        for (int i = 0; i < s.ny; i++)
            with[s.with_count++] = s.gy[i];
        s.ny = t->n;
        for (int i = 0; i < t->n; i++) {
            double *value = rill_bench_signed(t->b, t->x[i].count);
            s.y[i] = gradient[i];
            s.gy[i] = rill_bench_variable(t->b, t->s.y[0]->graph, "cotangent", order * 100 + i,
                                          RILL_F64, gradient[i]->shape, value);
        }
        if (t->b->status != RILL_OK)
            return;
    }
}

/* ---- Forward against reverse. */

static double product(const double *a, const double *b, int64_t count, double *size)
{
    double sum = 0.0;
    for (int64_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
        *size += fabs(a[i] * b[i]);
    }
    return sum;
}

/* xs[first..first+n-1] move along dx. */
static void check_dual(trial *t, const rill_variable *dx, int first, int n)
{
    rill_tensor *dxs[RILL_CHECK_MAX_INPUTS], *dy;
    double *value, size = 0.0, by_inputs = 0.0;
    for (int i = 0; i < n; i++)
        dxs[i] = dx[first + i].x;
    dy = rill_jvps(t->s.y[0], t->xs + first, dxs, n);
    if (rill_is_inert(dy)) {
        rill_bench_fail(t->b, RILL_CHECK_DUALITY, "%s", rill_error(t->s.y[0]->graph));
        return;
    }
    rill_program *p = rill_bench_compile(t->b, &dy, 1, 0);
    value = rill_bench_zeros(t->b, rill_count(dy));
    if (p && value && rill_bench_set_all(t->b, p, dx, t->n) && run_with(t, p, t->s.gy[0].value) &&
        rill_bench_read(t->b, p, dy, value)) {
        for (int i = first; i < first + n; i++)
            by_inputs += product(t->gx[i], dx[i].value, dx[i].count, &size);
        double by_output = product(t->s.gy[0].value, value, t->s.gy[0].count, &size);
        /* Sums of rounded products: some hundred roundings of the largest. */
        rill_verdict v = { RILL_CHECK_DUALITY, "<gy, jvp(dx)> against <vjp(gy), dx> of input",
                           first, 1e-11, fmax(size, 1e-9) };
        rill_bench_compare(t->b, &v, -1, by_output, by_inputs);
    }
    rill_program_free(p);
}

static void check_duality(trial *t)
{
    rill_variable dx[RILL_CHECK_MAX_INPUTS];
    for (int i = 0; i < t->n; i++)
        dx[i] = rill_bench_variable(t->b, t->s.y[0]->graph, "tangent", i, RILL_F64,
                                    t->x[i].x->shape, rill_bench_signed(t->b, t->x[i].count));
    if (t->b->status != RILL_OK)
        return;
    check_dual(t, dx, 0, t->n);
    for (int i = 0; i < t->n && t->n > 1; i++)
        check_dual(t, dx, i, 1);
}

/* ---- vjp(2 a - 3 b) = 2 vjp(a) - 3 vjp(b). */

static void check_linearity(trial *t)
{
    int64_t count = t->s.gy[0].count;
    const double *a = t->s.gy[0].value, *b = rill_bench_signed(t->b, count);
    double *mixed = rill_bench_zeros(t->b, count);
    double *of_b[RILL_CHECK_MAX_INPUTS], *of_mixed[RILL_CHECK_MAX_INPUTS];
    if (!b || !mixed)
        return;
    for (int64_t i = 0; i < count; i++)
        mixed[i] = 2.0 * a[i] - 3.0 * b[i];
    if (!evaluate(t, t->gxs, t->n, b, of_b) || !evaluate(t, t->gxs, t->n, mixed, of_mixed))
        return;
    for (int i = 0; i < t->n; i++) {
        double size = 1e-9;
        for (int64_t e = 0; e < t->x[i].count; e++)
            size = fmax(size, fabs(2.0 * t->gx[i][e]) + fabs(3.0 * of_b[i][e]));
        rill_verdict v = { RILL_CHECK_LINEARITY, "gradient by input", i, 1e-11, size };
        for (int64_t e = 0; e < t->x[i].count; e++)
            rill_bench_compare(t->b, &v, e, of_mixed[i][e], 2.0 * t->gx[i][e] - 3.0 * of_b[i][e]);
    }
}

/* ---- Every choice of inputs that need a gradient. */

static void check_subset(trial *t, unsigned chosen)
{
    rill_tensor *xs[RILL_CHECK_MAX_INPUTS], *gxs[RILL_CHECK_MAX_INPUTS];
    double *values[RILL_CHECK_MAX_INPUTS];
    int from[RILL_CHECK_MAX_INPUTS], n = 0;
    for (int i = 0; i < t->n; i++)
        if (chosen >> i & 1) {
            from[n] = i;
            xs[n++] = t->xs[i];
        }
    rill_vjp(t->s.y[0], t->s.gy[0].x, xs, n, gxs);
    int same = 1;
    for (int i = 0; i < n; i++)
        same = same && gxs[i] == t->gxs[from[i]];
    t->b->report->compared[RILL_CHECK_SUBSETS]++;
    if (same || !evaluate(t, gxs, n, t->s.gy[0].value, values))
        return;
    for (int i = 0; i < n; i++) {
        rill_verdict v = { RILL_CHECK_SUBSETS, "gradient by input", from[i], 1e-12, 1.0 };
        rill_bench_compare_all(t->b, v, t->x[from[i]].count, values[i], t->gx[from[i]]);
    }
}

static void check_subsets(trial *t)
{
    for (unsigned chosen = 1; chosen + 1 < 1u << t->n; chosen++)
        check_subset(t, chosen);
}

/* ---- All of it. */

static void check_zero(trial *t)
{
    rill_verdict v = { RILL_CHECK_ZERO, "gradient by input", 0, 0.0, 1.0 };
    for (v.index = 0; v.index < t->n; v.index++)
        for (int64_t e = 0; e < t->x[v.index].count; e++)
            rill_bench_compare(t->b, &v, e, t->gx[v.index][e], 0.0);
}

void rill_bench_check_function(rill_bench *b, rill_tensor *y, const rill_variable *x, int n,
                               int orders, int64_t entries)
{
    trial t = { .b = b };
    rill_graph *g = rill_graph_of(y);
    if (rill_is_inert(y)) {
        rill_bench_fail(b, RILL_CHECK_BUILD, "%s",
                        rill_error(g) ? rill_error(g) : "it gave no tensor");
        return;
    }
    for (int i = 0; i < n; i++)
        if (rill_dtype_is_float(x[i].x->dtype)) {
            t.x[t.n] = x[i];
            t.xs[t.n++] = x[i].x;
        }
    if (t.n == 0 || !rill_dtype_is_float(y->dtype))
        return;
    t.s = (rill_subject){ .y = { y }, .ny = 1, .with = x, .with_count = n };
    t.s.gy[0] =
        rill_bench_variable(b, g, "gy", 0, y->dtype, y->shape, rill_bench_signed(b, rill_count(y)));
    if (b->status != RILL_OK)
        return;
    rill_vjp(y, t.s.gy[0].x, t.xs, t.n, t.gxs);
    if (!evaluate(&t, t.gxs, t.n, t.s.gy[0].value, t.gx))
        return;
    if (rill_has(y, RILL_CONSTANT_LOCALLY)) {
        check_zero(&t);
        return;
    }
    check_duality(&t);
    check_linearity(&t);
    check_subsets(&t);
    check_orders(&t, orders, entries);
}

double *rill_bench_input(rill_bench *b, const rill_check_input *input)
{
    int64_t count = rill_shape_count(&input->shape);
    double low = input->low, high = input->high;
    if (input->dtype == RILL_I32)
        return rill_bench_integers(b, count, low, high);
    if (low == 0.0 && high == 0.0) {
        low = -2.0;
        high = 2.0;
    }
    return rill_bench_uniform(b, count, low, high);
}

rill_status rill_check_function(rill_function *f, const void *self, const rill_check_input *inputs,
                                int n, const rill_check_options *options, rill_check_report *report,
                                rill_message *message)
{
    rill_check_report dropped;
    rill_variable x[RILL_CHECK_MAX_INPUTS];
    rill_tensor *xs[RILL_CHECK_MAX_INPUTS];
    rill_check_options o = rill_bench_options(options);
    rill_bench b = rill_bench_begin(&o, report ? report : &dropped);
    if (!f || !inputs || n < 1 || n > RILL_CHECK_MAX_INPUTS)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "%s: a check needs a function of 1 to %d inputs", b.name,
                         RILL_CHECK_MAX_INPUTS);
    for (int i = 0; i < n; i++)
        if (rill_shape_count(&inputs[i].shape) < 0)
            return rill_fail(message, RILL_BAD_ARGUMENT, "%s: the shape of input %d is invalid",
                             b.name, i);
    rill_graph *g = rill_graph_new(o.store);
    for (int i = 0; i < n; i++) {
        rill_dtype dtype = inputs[i].dtype == RILL_I32 ? RILL_I32 : RILL_F64;
        double *value = rill_bench_input(&b, &inputs[i]);
        for (int64_t e = 0; value && inputs[i].values && e < rill_shape_count(&inputs[i].shape);
             e++)
            value[e] = inputs[i].values[e];
        x[i] = rill_bench_variable(&b, g, "x", i, dtype, inputs[i].shape, value);
        xs[i] = x[i].x;
    }
    if (b.status == RILL_OK)
        rill_bench_check_function(&b, f(xs, n, self), x, n, o.orders, o.entries);
    rill_graph_free(g);
    return rill_bench_end(&b, message);
}
