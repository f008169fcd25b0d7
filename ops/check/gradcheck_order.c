/* One order of differentiation against differences. */
#include "gradcheck_impl.h"

#include "core/derive.h"
#include "core/grad.h"

#include <math.h>

static const double tolerance[] = {
    [RILL_CHECK_FIRST] = 1e-6, [RILL_CHECK_SECOND] = 1e-5, [RILL_CHECK_THIRD] = 1e-5
};

/* What differences are taken of: the program of the y, and room for two sets of their values. */
typedef struct slope {
    rill_bench *b;
    const rill_subject *s;
    rill_program *p;
    double *ahead[RILL_CHECK_MAX_VARIABLES], *behind[RILL_CHECK_MAX_VARIABLES];
    double floor; /* below this a derivative counts as nothing */
} slope;

/* ---- The gradient: by_j = sum_i vjp(y_i, gy_i). */

static int build_gradient(const rill_subject *s, const rill_variable *by, int n,
                          rill_tensor **gradient)
{
    rill_tensor *xs[RILL_CHECK_MAX_VARIABLES], *part[RILL_CHECK_MAX_VARIABLES];
    for (int j = 0; j < n; j++)
        xs[j] = by[j].x;
    for (int i = 0; i < s->ny; i++) {
        rill_vjp(s->y[i], s->gy[i].x, xs, n, part);
        for (int j = 0; j < n; j++)
            gradient[j] = i ? rill_accumulate(gradient[j], part[j]) : part[j];
    }
    return s->ny > 0 && !rill_error(s->y[0]->graph);
}

static int set_inputs(rill_bench *b, rill_program *p, const rill_subject *s)
{
    return rill_bench_set_all(b, p, s->with, s->with_count) &&
           rill_bench_set_all(b, p, s->gy, s->ny);
}

static int run_gradient(rill_bench *b, const rill_subject *s, rill_tensor **gradient, int n,
                        double **out)
{
    rill_program *p = rill_bench_compile(b, gradient, n, 0);
    int done = p && set_inputs(b, p, s) && rill_bench_run(b, p);
    for (int j = 0; j < n && done; j++) {
        out[j] = rill_bench_zeros(b, rill_count(gradient[j]));
        done = out[j] && rill_bench_read(b, p, gradient[j], out[j]);
    }
    rill_program_free(p);
    return done;
}

/* ---- Differences. */

static int values_at(slope *f, const rill_variable *v, const double *moved, double **out)
{
    if (!rill_bench_set(f->b, f->p, v, moved) || !rill_bench_run(f->b, f->p))
        return 0;
    for (int i = 0; i < f->s->ny; i++)
        if (!rill_bench_read(f->b, f->p, f->s->y[i], out[i]))
            return 0;
    return 1;
}

/* (F(v + h direction) - F(v - h direction)) / 2h of F = sum_i <gy_i, y_i>; NaN when a run fails. */
static double central(slope *f, const rill_variable *v, const double *direction, double h,
                      double *moved)
{
    double rise = 0.0;
    for (int64_t e = 0; e < v->count; e++)
        moved[e] = v->value[e] + h * direction[e];
    if (!values_at(f, v, moved, f->ahead))
        return (double)NAN;
    for (int64_t e = 0; e < v->count; e++)
        moved[e] = v->value[e] - h * direction[e];
    if (!values_at(f, v, moved, f->behind))
        return (double)NAN;
    for (int i = 0; i < f->s->ny; i++)
        for (int64_t e = 0; e < f->s->gy[i].count; e++)
            rise += f->s->gy[i].value[e] * (f->ahead[i][e] - f->behind[i][e]);
    return rise / (2.0 * h);
}

/* Romberg's table over h, h/2, h/4; *doubt is how far its last two entries are apart. */
static double extrapolated(slope *f, const rill_variable *v, const double *direction, double h,
                           double *moved, double *doubt)
{
    double d0 = central(f, v, direction, h, moved);
    double d1 = central(f, v, direction, h / 2, moved);
    double d2 = central(f, v, direction, h / 4, moved);
    double e1 = d1 + (d1 - d0) / 3, e2 = d2 + (d2 - d1) / 3;
    *doubt = fabs(e2 - e1);
    return e2 + (e2 - e1) / 15;
}

/* Shorter steps where a long one met a kink or a pole. */
static double derivative(slope *f, const rill_variable *v, const double *direction, double *moved)
{
    double best = HUGE_VAL, least = HUGE_VAL;
    for (double h = 1e-3; h > 1e-6; h /= 10) {
        double doubt, value = extrapolated(f, v, direction, h, moved, &doubt);
        if (doubt < least) {
            least = doubt;
            best = value;
        }
        if (least <= 1e-8 * fmax(f->floor, fabs(best)))
            break;
    }
    return best;
}

/* ---- Verdicts. */

typedef struct comparison {
    rill_verdict verdict;
    const rill_variable *v;
    const double *gradient;
    double *direction, *moved;
} comparison;

static void compare_element(slope *f, comparison *c, int64_t at)
{
    c->direction[at] = 1.0;
    double expected = derivative(f, c->v, c->direction, c->moved);
    c->direction[at] = 0.0;
    rill_bench_compare(f->b, &c->verdict, at, c->gradient[at], expected);
}

static void compare_along(slope *f, comparison *c, const double *direction)
{
    double got = 0.0, norm = 0.0;
    for (int64_t e = 0; e < c->v->count; e++) {
        got += c->gradient[e] * direction[e];
        norm += direction[e] * direction[e];
    }
    c->verdict.what = "gradient along a direction, input";
    c->verdict.scale *= fmax(1.0, sqrt(norm));
    rill_bench_compare(f->b, &c->verdict, -1, got, derivative(f, c->v, direction, c->moved));
}

static void compare_variable(slope *f, comparison *c, int64_t entries)
{
    int64_t count = c->v->count;
    double scale = f->floor;
    const double *direction = rill_bench_signed(f->b, count);
    c->direction = rill_bench_zeros(f->b, count);
    c->moved = rill_bench_zeros(f->b, count);
    if (!direction || !c->direction || !c->moved)
        return;
    for (int64_t e = 0; e < count; e++)
        scale = fmax(scale, fabs(c->gradient[e]));
    c->verdict.scale = isfinite(scale) ? scale : 1.0;
    int64_t stride = count > entries ? count / entries : 1;
    for (int64_t e = 0; e < count; e += stride)
        compare_element(f, c, e);
    if (count > 1)
        compare_along(f, c, direction);
    rill_bench_set(f->b, f->p, c->v, c->v->value);
}

static int begin_slope(slope *f)
{
    double size = 0.0;
    f->p = rill_bench_compile(f->b, f->s->y, f->s->ny, 0);
    if (!f->p || !set_inputs(f->b, f->p, f->s) || !rill_bench_run(f->b, f->p))
        return 0;
    for (int i = 0; i < f->s->ny; i++) {
        int64_t count = f->s->gy[i].count;
        f->ahead[i] = rill_bench_zeros(f->b, count);
        f->behind[i] = rill_bench_zeros(f->b, count);
        if (!f->ahead[i] || !f->behind[i] || !rill_bench_read(f->b, f->p, f->s->y[i], f->ahead[i]))
            return 0;
        for (int64_t e = 0; e < count; e++)
            size += fabs(f->s->gy[i].value[e] * f->ahead[i][e]);
    }
    /* Rounding of y over the smallest usual step is some 1e-12 of its size: a thousandth of it
     * leaves room for six digits. */
    f->floor = isfinite(size) ? fmax(1e-6, 1e-3 * size) : 1.0;
    return 1;
}

int rill_bench_check_order(rill_bench *b, rill_check order, const rill_subject *s,
                           const rill_variable *by, int n, int64_t entries, rill_tensor **gradient)
{
    slope f = { .b = b, .s = s };
    double *values[RILL_CHECK_MAX_VARIABLES];
    if (!build_gradient(s, by, n, gradient)) {
        rill_bench_fail(b, order, "%s", rill_error(s->y[0]->graph));
        return 0;
    }
    int done = run_gradient(b, s, gradient, n, values) && begin_slope(&f);
    for (int j = 0; j < n && done; j++) {
        comparison c = { .verdict = { order, "gradient by input", j, tolerance[order], 1.0 },
                         .v = &by[j],
                         .gradient = values[j] };
        compare_variable(&f, &c, entries);
    }
    rill_program_free(f.p);
    return done && b->status == RILL_OK;
}
