/* test_path.c - schedulers against formulas written here, paths, their ends and their derived
 * velocities. */
#include "evaluate.h"
#include "models/flow/path.h"
#include "models/flow/scheduler.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { B = 8, D = 3 };
static const uint64_t seed = 5;
static rill_store *store;
static rill_graph *g;

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* ---- Schedulers. */

/* alpha, sigma and their derivatives at t. */
typedef struct numbers {
    double alpha, sigma, alpha_rate, sigma_rate;
} numbers;

static numbers linear(double t, const double *p)
{
    (void)p;
    return (numbers){ t, 1 - t, 1, -1 };
}

static numbers cosine(double t, const double *p)
{
    (void)p;
    double a = sin(M_PI_2 * t), s = sin(M_PI_2 * (1 - t));
    return (numbers){ a, s, M_PI_2 * s, -M_PI_2 * a };
}

static numbers power(double t, const double *p)
{
    double a = pow(t, p[0]), rate = p[0] * pow(t, p[0] - 1);
    return (numbers){ a, (double)-expm1l((long double)p[0] * logl((long double)t)), rate, -rate };
}

static numbers linear_vp(double t, const double *p)
{
    (void)p;
    double s = sqrt((1 - t) * (1 + t));
    return (numbers){ t, s, 1, -t / s };
}

static numbers vp(double t, const double *p)
{
    double rest = 1 - t, T = rest * rest * (p[1] - p[0]) / 2 + p[0] * rest;
    double rate = -rest * (p[1] - p[0]) - p[0];
    double a = exp(-T / 2), s = sqrt(-expm1(-T));
    return (numbers){ a, s, -a * rate / 2, rate * exp(-T) / (2 * s) };
}

static const struct reference {
    const char *name;
    numbers (*at)(double t, const double *p);
    int variants;
    double p[4][2]; /* the first are the standard values */
    double end_of_noise;
} references[] = {
    { "linear", linear, 1, { { 0 } }, 1 },
    { "cosine", cosine, 1, { { 0 } }, 1 },
    { "power", power, 4, { { 2 }, { 1 }, { 3.5 }, { 7 } }, 1 },
    { "linear-vp", linear_vp, 1, { { 0 } }, 1 },
    { "vp", vp, 4, { { .1, 20 }, { .5, 10 }, { 1, 30 }, { 2, 2.5 } }, 0 },
};

enum { KINDS = sizeof references / sizeof *references };

/* Even times, times near both ends, and the ends. */
enum { TIMES = 24 };
static const double times[TIMES] = { 0,   1e-12, 1e-6, 1e-3, .01, .05,  .1,       .15,
                                     .2,  .3,    .35,  .4,   .5,  .6,   .65,      .7,
                                     .75, .8,    .9,   .95,  .99, .999, 1 - 1e-6, 1 };

static const rill_scheduler *standard_scheduler(int i)
{
    const rill_scheduler *s = rill_scheduler_built_in(i);
    ck_assert_msg(s && i < KINDS && strcmp(s->name, references[i].name) == 0,
                  "scheduler %d has no reference here", i);
    return s;
}

START_TEST(every_scheduler_has_a_reference)
{
    ck_assert_ptr_null(rill_scheduler_built_in(KINDS));
    ck_assert_ptr_null(rill_scheduler_built_in(-1));
    ck_assert_ptr_null(rill_scheduler_find("lineal"));
    ck_assert_ptr_null(rill_scheduler_find(NULL));
    for (int i = 0; i < KINDS; i++) {
        const rill_scheduler *s = standard_scheduler(i);
        const double *values = s->self;
        ck_assert_ptr_eq(rill_scheduler_find(s->name), s);
        ck_assert_ptr_nonnull(s->doc);
        for (int k = 0; k < s->parameters.count; k++) {
            ck_assert_double_eq(s->parameters.at[k].standard, values[k]);
            ck_assert_double_eq(values[k], references[i].p[0][k]);
        }
    }
}
END_TEST

/* All four of them at `times`, in the dtype's own arithmetic. */
static void evaluate_scheduler(const rill_scheduler *s, rill_dtype dtype, double out[4][TIMES],
                               double *rounded)
{
    rill_tensor *t =
        rill_cast(rill_constant(g, RILL_F64, RILL_SHAPE(TIMES, 1), times, TIMES), dtype);
    rill_scheduler_point at = rill_scheduler_at(s, t);
    rill_tensor *all[] = { at.alpha, at.sigma, at.alpha_rate, at.sigma_rate };
    for (int k = 0; k < 4; k++)
        evaluate(rill_cast(all[k], RILL_F64), out[k], TIMES);
    evaluate(rill_cast(t, RILL_F64), rounded, TIMES);
}

/* In f64 to 1e-12.  In f32 a dozen roundings, at the times as rounded: 1 - t, and so its root, is
 * exact to half an ulp. */
START_TEST(rates_are_the_closed_form)
{
    const struct reference *r = &references[_i];
    for (int variant = 0; variant < r->variants; variant++)
        for (int type = 0; type < 2; type++) {
            double got[4][TIMES], t[TIMES], tolerance = type ? 1e-12 : 3e-6;
            rill_scheduler s = *standard_scheduler(_i);
            s.self = s.parameters.count ? r->p[variant] : NULL;
            evaluate_scheduler(&s, type ? RILL_F64 : RILL_F32, got, t);
            for (int i = 0; i < TIMES; i++) {
                numbers here = r->at(t[i], r->p[variant]);
                double last = 1 - rill_singular_margin(type ? RILL_F64 : RILL_F32);
                last = type ? last : (double)(float)last;
                double inside = s.singular & RILL_SINGULAR_END ? fmin(t[i], last) : t[i];
                numbers rate = r->at(inside, r->p[variant]);
                const double wanted[] = { here.alpha, here.sigma, rate.alpha_rate,
                                          rate.sigma_rate };
                for (int k = 0; k < 4; k++)
                    ck_assert_msg(fabs(got[k][i] - wanted[k]) <= tolerance * (1 + fabs(wanted[k])),
                                  "%s, variant %d, f%d, t = %.17g, number %d: %.17g, not %.17g",
                                  s.name, variant, type ? 64 : 32, t[i], k, got[k][i], wanted[k]);
            }
        }
}
END_TEST

START_TEST(schedulers_are_exact_at_the_ends)
{
    const struct reference *r = &references[_i];
    for (int variant = 0; variant < r->variants; variant++)
        for (int type = 0; type < 2; type++) {
            double got[4][TIMES], t[TIMES];
            rill_scheduler s = *standard_scheduler(_i);
            s.self = s.parameters.count ? r->p[variant] : NULL;
            evaluate_scheduler(&s, type ? RILL_F64 : RILL_F32, got, t);
            ck_assert_double_eq(got[0][TIMES - 1], 1);
            ck_assert_double_eq(got[1][TIMES - 1], 0);
            if (r->end_of_noise > 0) {
                ck_assert_double_eq(got[0][0], 0);
                ck_assert_double_eq(got[1][0], 1);
            }
        }
}
END_TEST

/* Near the data, where 1 - alpha would have none left: what a score divides by.  The tolerance is
 * of eight roundings. */
START_TEST(sigma_keeps_its_digits)
{
    const struct reference *r = &references[_i];
    for (int variant = 0; variant < r->variants; variant++)
        for (int bits = 1; bits <= 50; bits++) {
            rill_dtype dtype = bits % 2 && bits < 24 ? RILL_F32 : RILL_F64;
            double t = 1 - 1.3 * ldexp(1, -bits), got;
            t = dtype == RILL_F32 ? (double)(float)t : t;
            rill_scheduler s = *standard_scheduler(_i);
            s.self = s.parameters.count ? r->p[variant] : NULL;
            rill_tensor *at = rill_cast(rill_constant(g, RILL_F64, RILL_SHAPE(1), &t, 1), dtype);
            evaluate(rill_cast(rill_scheduler_at(&s, at).sigma, RILL_F64), &got, 1);
            double wanted = r->at(t, r->p[variant]).sigma;
            ck_assert_msg(fabs(got / wanted - 1) <= (dtype == RILL_F32 ? 8 * 0x1p-24 : 8 * 0x1p-53),
                          "%s, variant %d, %s, at 1 - %g: %.17g, not %.17g", s.name, variant,
                          rill_dtype_name(dtype), 1 - t, got, wanted);
        }
}
END_TEST

START_TEST(vp_does_not_start_at_noise)
{
    double got[4][TIMES], t[TIMES];
    evaluate_scheduler(&rill_scheduler_vp, RILL_F64, got, t);
    ck_assert_double_eq_tol(got[0][0], .00657158649, 5e-12); /* as many digits as are published */
    ck_assert_double_eq_tol(got[1][0], .99997840689, 5e-12);
}
END_TEST

START_TEST(a_scheduler_lacking_a_function_is_refused)
{
    rill_scheduler half = { .name = "half", .alpha = rill_scheduler_linear.alpha };
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(B, 1), .5);
    ck_assert(rill_is_inert(rill_scheduler_at(&half, t).sigma));
    ck_assert(rill_is_inert(rill_scheduler_at(NULL, t).alpha));
    ck_assert_ptr_nonnull(rill_error(g));
}
END_TEST

/* ---- A user's paths: `at` and nothing else. */

static rill_tensor *arc_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *angle = rill_scale(t, M_PI_2);
    return rill_add(rill_mul(rill_cos(angle), x0), rill_mul(rill_sin(angle), x1));
}

/* Bends by a parameter: (1-t) x0 + t x1 + t(1-t) c tanh(x0 + x1), c learned for each dimension. */
static rill_tensor *learned_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1), t);
    rill_tensor *c = rill_param(rill_graph_of(x0), rill_dtype_of(x0), RILL_SHAPE(rill_dim(x0, -1)),
                                (rill_init){ RILL_INIT_NORMAL, 1 }, "bend");
    rill_tensor *bend = rill_mul(rill_mul(t, rest), rill_mul(c, rill_tanh(rill_add(x0, x1))));
    return rill_add(rill_add(rill_mul(rest, x0), rill_mul(t, x1)), bend);
}

static const rill_path arc = { .name = "arc", .at = arc_at };
static const rill_path learned = { .name = "learned", .at = learned_at };

enum { OWN_PATHS = 2, BUILT_IN = 9, PATHS = OWN_PATHS + BUILT_IN };

static const rill_path *path_number(int i)
{
    static const rill_path *const own[] = { &arc, &learned };
    return i < OWN_PATHS ? own[i] : rill_path_built_in(i - OWN_PATHS);
}

START_TEST(all_built_in_paths_are_tested)
{
    ck_assert_ptr_nonnull(rill_path_built_in(BUILT_IN - 1));
    ck_assert_ptr_null(rill_path_built_in(BUILT_IN));
}
END_TEST

/* The ends of B rows, and B times, as [B,1]. */
static rill_tensor *x0_of(void)
{
    return normal_constant(g, seed, 0, RILL_SHAPE(B, D));
}

static rill_tensor *x1_of(void)
{
    return normal_constant(g, seed, 1, RILL_SHAPE(B, D));
}

START_TEST(derived_velocity_is_the_central_difference)
{
    double u[B * D], up[B * D], down[B * D], h = 1e-5, largest = 0;
    rill_path plain = *path_number(_i), *path = &plain;
    plain.spread = NULL; /* two random points have other noise */
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    evaluate(rill_path_derived_velocity(path, x0_of(), x1_of(), t), u, B * D);
    evaluate(rill_path_at(path, x0_of(), x1_of(), rill_shift(t, h)), up, B * D);
    evaluate(rill_path_at(path, x0_of(), x1_of(), rill_shift(t, -h)), down, B * D);
    for (int i = 0; i < B * D; i++)
        largest = fmax(largest, fabs(u[i]));
    for (int i = 0; i < B * D; i++)
        /* Truncation h^2/6 of a third derivative of about (pi/2)^3, rounding 2e-16/h: 1e-10 both.
         */
        ck_assert_double_eq_tol(u[i], (up[i] - down[i]) / (2 * h), 1e-8 * largest);
}
END_TEST

/* At `times`, where the velocity is not singular: that of an affine path by the formulas above. */
START_TEST(a_closed_form_is_the_derived_velocity)
{
    double closed[TIMES * D], derived[TIMES * D];
    const rill_path *path = path_number(_i);
    const rill_scheduler *s = rill_path_scheduler(path);
    double last = s && s->singular & RILL_SINGULAR_END ? 1 - rill_singular_margin(RILL_F64) : 1;
    rill_tensor *a = normal_constant(g, seed, 0, RILL_SHAPE(TIMES, D));
    rill_tensor *b = normal_constant(g, seed, 1, RILL_SHAPE(TIMES, D));
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(TIMES, 1), times, TIMES);
    const double *x0 = normals(seed, 0, TIMES * D), *x1 = normals(seed, 1, TIMES * D);
    evaluate(rill_path_velocity(path, a, b, t), closed, TIMES * D);
    evaluate(rill_path_derived_velocity(path, a, b, t), derived, TIMES * D);
    for (int i = 0; i < TIMES * D && times[i / D] <= last; i++) {
        double wanted = closed[i];
        if (s) {
            const struct reference *r = &references[_i - OWN_PATHS];
            numbers at = r->at(times[i / D], r->p[0]);
            ck_assert_str_eq(s->name, r->name);
            wanted = at.sigma_rate * x0[i] + at.alpha_rate * x1[i];
        }
        ck_assert_double_eq_tol(closed[i], wanted, 1e-12 * (1 + fabs(wanted)));
        ck_assert_double_eq_tol(derived[i], wanted, 1e-12 * (1 + fabs(wanted)));
    }
}
END_TEST

enum { MOST_WIDE = 64 };

/* tanh of a layer of the learned path, and of each number its rate in t. */
static void layer(const char *name, int in, int out, const double *x, const double *rate, double *y,
                  double *y_rate)
{
    static double w[MOST_WIDE * MOST_WIDE], b[MOST_WIDE];
    char entry[64];
    snprintf(entry, sizeof entry, "path.%s.weight", name);
    ck_assert_int_eq(rill_store_get(store, entry, w, in * out, NULL), RILL_OK);
    snprintf(entry, sizeof entry, "path.%s.bias", name);
    ck_assert_int_eq(rill_store_get(store, entry, b, out, NULL), RILL_OK);
    for (int j = 0; j < out; j++) {
        double sum = b[j], slope = 0;
        for (int i = 0; i < in; i++)
            sum += x[i] * w[i * out + j], slope += rate[i] * w[i * out + j];
        y[j] = tanh(sum);
        y_rate[j] = (1 - y[j] * y[j]) * slope;
    }
}

/* x1 - x0 + (1-2t) h + t(1-t) h', h = tanh N(x0, x1, t), the layers written out. */
START_TEST(the_learned_path_moves_as_its_network_says)
{
    double u[TIMES * D];
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(TIMES, 1), times, TIMES);
    evaluate(rill_path_velocity(&rill_path_learned,
                                normal_constant(g, seed, 0, RILL_SHAPE(TIMES, D)),
                                normal_constant(g, seed, 1, RILL_SHAPE(TIMES, D)), t),
             u, TIMES * D);
    const double *x0 = normals(seed, 0, TIMES * D), *x1 = normals(seed, 1, TIMES * D);
    for (int k = 0; k < TIMES; k++) {
        double in[2 * D + 1], rate[2 * D + 1] = { 0 }, h[2][MOST_WIDE], h_rate[2][MOST_WIDE];
        memcpy(in, x0 + k * D, D * sizeof *in);
        memcpy(in + D, x1 + k * D, D * sizeof *in);
        in[2 * D] = times[k], rate[2 * D] = 1;
        layer("hidden0", 2 * D + 1, MOST_WIDE, in, rate, h[0], h_rate[0]);
        layer("hidden1", MOST_WIDE, MOST_WIDE, h[0], h_rate[0], h[1], h_rate[1]);
        layer("out", MOST_WIDE, D, h[1], h_rate[1], h[0], h_rate[0]);
        for (int j = 0; j < D; j++) {
            double bend = (1 - 2 * times[k]) * h[0][j] + times[k] * (1 - times[k]) * h_rate[0][j];
            double wanted = x1[k * D + j] - x0[k * D + j] + bend;
            ck_assert_double_eq_tol(u[k * D + j], wanted, 1e-12 * (1 + fabs(wanted)));
        }
    }
}
END_TEST

START_TEST(a_path_starts_at_noise_and_ends_at_data)
{
    double x[B * D];
    const rill_path *path = path_number(_i);
    if (path == &rill_path_vp || path == &rill_path_tube)
        return; /* by definition not */
    for (int end_at = 0; end_at <= 1; end_at++) {
        rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(B, 1), end_at);
        const double *wanted = normals(seed, end_at, B * D);
        evaluate(rill_path_at(path, x0_of(), x1_of(), t), x, B * D);
        for (int i = 0; i < B * D; i++)
            /* The built-in paths are exact; cos(pi/2) of the user's arc is not 0 in floats. */
            ck_assert_double_eq_tol(x[i], wanted[i], _i < OWN_PATHS ? 1e-15 : 1e-300);
    }
}
END_TEST

START_TEST(the_built_in_ends_are_exact_in_single_precision)
{
    float x[B * D], wanted[B * D];
    const rill_path *path = rill_path_built_in(_i);
    if (path == &rill_path_vp || path == &rill_path_tube)
        return; /* by definition not */
    rill_tensor *x0 = rill_cast(x0_of(), RILL_F32), *x1 = rill_cast(x1_of(), RILL_F32);
    for (int end_at = 0; end_at <= 1; end_at++) {
        rill_tensor *t = rill_full(g, RILL_F32, RILL_SHAPE(B, 1), end_at);
        evaluate(end_at ? x1 : x0, wanted, B * D);
        evaluate(rill_path_at(path, x0, x1, t), x, B * D);
        for (int i = 0; i < B * D; i++)
            ck_assert_double_eq((double)x[i], (double)wanted[i]);
    }
}
END_TEST

START_TEST(paths_are_found_by_name)
{
    const rill_path *path = rill_path_built_in(_i);
    ck_assert_ptr_eq(rill_path_find(path->name), path);
    ck_assert_ptr_nonnull(path->doc);
    ck_assert_ptr_null(rill_path_find("lineal"));
    ck_assert_ptr_null(rill_path_find(NULL));
    ck_assert_ptr_null(rill_path_built_in(-1));
}
END_TEST

START_TEST(an_affine_path_is_made_from_a_scheduler)
{
    double a[B * D], b[B * D];
    rill_path path = rill_affine_path(&rill_scheduler_linear);
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    evaluate(rill_path_velocity(&path, x0_of(), x1_of(), t), a, B * D);
    evaluate(rill_path_velocity(&rill_path_linear, x0_of(), x1_of(), t), b, B * D);
    for (int i = 0; i < B * D; i++)
        ck_assert_double_eq_tol(a[i], b[i], 1e-15); /* one rounding */
    rill_path none = rill_affine_path(NULL);
    ck_assert(rill_is_inert(rill_path_at(&none, x0_of(), x1_of(), t)));
}
END_TEST

/* ---- Everywhere on [0,1]. */

START_TEST(velocities_are_finite_at_all_times)
{
    const rill_path *path = rill_path_built_in(_i);
    for (int type = 0; type < 2;
         type++, end(), begin()) { /* a learned path has weights of one type */
        rill_dtype dtype = type ? RILL_F64 : RILL_F32;
        rill_tensor *x0 = rill_cast(normal_constant(g, seed, 0, RILL_SHAPE(TIMES, D)), dtype);
        rill_tensor *x1 = rill_cast(normal_constant(g, seed, 1, RILL_SHAPE(TIMES, D)), dtype);
        rill_tensor *t =
            rill_cast(rill_constant(g, RILL_F64, RILL_SHAPE(TIMES, 1), times, TIMES), dtype);
        rill_path_point point = rill_path_point_at(path, x0, x1, t);
        double x[TIMES * D], u[TIMES * D];
        evaluate(rill_cast(point.x, RILL_F64), x, TIMES * D);
        evaluate(rill_cast(point.velocity, RILL_F64), u, TIMES * D);
        for (int i = 0; i < TIMES * D; i++)
            ck_assert_msg(isfinite(x[i]) && isfinite(u[i]), "%s at t = %g: x = %g, velocity %g",
                          path->name, times[i / D], x[i], u[i]);
    }
}
END_TEST

/* ---- Random paths. */

/* What the bridge's velocity is, given where it is: Tong et al., 2024, equation 15. */
START_TEST(a_bridge_moves_as_published)
{
    double x[B * D], u[B * D], wanted[B * D];
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    rill_path_point point = rill_path_point_at(&rill_path_bridge, x0_of(), x1_of(), t);
    rill_tensor *outputs[] = { point.x, point.velocity };
    rill_program *p = compiled(g, outputs, 2);
    run(p);
    rill_read(p, point.x, x, B * D);
    rill_read(p, point.velocity, u, B * D);
    rill_program_free(p);
    const double *x0 = normals(seed, 0, B * D), *x1 = normals(seed, 1, B * D);
    for (int i = 0; i < B * D; i++) {
        double s = (i / D + .5) / B, mean = (1 - s) * x0[i] + s * x1[i];
        ck_assert_double_gt(fabs(x[i] - mean), 1e-9); /* there is noise */
        wanted[i] = (1 - 2 * s) / (2 * s * (1 - s)) * (x[i] - mean) + x1[i] - x0[i];
        ck_assert_double_eq_tol(u[i], wanted[i], 1e-12 * (1 + fabs(wanted[i])));
    }
}
END_TEST

/* The spread of 4,096 draws at t: s for the tube, s sqrt(t(1-t)) for the bridge, with s at three
 * settings. */
START_TEST(noise_has_the_spread_that_is_asked_for)
{
    enum { ROWS = 4096 };
    static double x[ROWS];
    const double sds[] = { .1, .5, 2 }, whens[] = { .1, .5, .8 };
    for (int k = 0; k < 6; k++) {
        double s = sds[k % 3], when = whens[k % 3], square = 0;
        rill_path path = k < 3 ? rill_path_tube : rill_path_bridge;
        path.self = &s;
        rill_tensor *zero = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 1), 0);
        rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 1), when);
        evaluate(rill_path_at(&path, zero, zero, t), x, ROWS);
        for (int i = 0; i < ROWS; i++)
            square += x[i] * x[i] / ROWS;
        double wanted = k < 3 ? s : s * sqrt(when * (1 - when));
        /* An estimate of a sd from n draws has the relative sd 1/sqrt(2n) = .011; four of them. */
        ck_assert_double_eq_tol(sqrt(square) / wanted, 1, .045);
    }
}
END_TEST

static rill_tensor *flat_spread(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_reshape(t, RILL_SHAPE(B));
}

static rill_tensor *no_spread(rill_tensor *t, const void *self)
{
    (void)t, (void)self;
    return NULL;
}

START_TEST(a_wrong_spread_is_refused)
{
    rill_path path = rill_path_tube;
    path.spread = _i ? no_spread : flat_spread;
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    ck_assert(rill_is_inert(rill_path_point_at(&path, x0_of(), x1_of(), t).x));
    ck_assert_msg(strstr(rill_error(g), "spread"), "%s", rill_error(g));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *schedulers = tcase_create("schedulers"), *paths = tcase_create("paths");
    TCase *random = tcase_create("random paths");
    TCase *all[] = { schedulers, paths, random };
    for (int i = 0; i < 3; i++) {
        tcase_add_checked_fixture(all[i], begin, end);
        suite_add_tcase(suite, all[i]);
    }
    tcase_add_test(schedulers, every_scheduler_has_a_reference);
    tcase_add_loop_test(schedulers, rates_are_the_closed_form, 0, KINDS);
    tcase_add_loop_test(schedulers, schedulers_are_exact_at_the_ends, 0, KINDS);
    tcase_add_loop_test(schedulers, sigma_keeps_its_digits, 0, KINDS);
    tcase_add_test(schedulers, vp_does_not_start_at_noise);
    tcase_add_test(schedulers, a_scheduler_lacking_a_function_is_refused);
    tcase_add_test(paths, all_built_in_paths_are_tested);
    tcase_add_loop_test(paths, derived_velocity_is_the_central_difference, 0, PATHS);
    tcase_add_loop_test(paths, a_closed_form_is_the_derived_velocity, 0, PATHS);
    tcase_add_test(paths, the_learned_path_moves_as_its_network_says);
    tcase_add_loop_test(paths, a_path_starts_at_noise_and_ends_at_data, 0, PATHS);
    tcase_add_loop_test(paths, the_built_in_ends_are_exact_in_single_precision, 0, BUILT_IN);
    tcase_add_loop_test(paths, paths_are_found_by_name, 0, BUILT_IN);
    tcase_add_test(paths, an_affine_path_is_made_from_a_scheduler);
    tcase_add_loop_test(paths, velocities_are_finite_at_all_times, 0, BUILT_IN);
    tcase_add_test(random, a_bridge_moves_as_published);
    tcase_add_test(random, noise_has_the_spread_that_is_asked_for);
    tcase_add_loop_test(random, a_wrong_spread_is_refused, 0, 2);
    return run_suite(suite);
}
