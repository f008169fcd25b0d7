/* test_manifold.c - exp, log and their company on each manifold: closed forms, singular places,
 * derivatives. */
#include "base/alloc.h"
#include "models/manifold/smooth.h"
#include "ops/cast.h"
#include "ops/check/gradcheck.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "points.h"

#include "core/grad.h"

#include <string.h>

enum { B = 40 };
static const uint64_t seed = 20240611;
static rill_graph *g;

static void begin(void)
{
    g = rill_graph_new(NULL);
}

static void end(void)
{
    rill_graph_free(g);
}

/* ---- Closed forms. */

START_TEST(the_sphere_is_as_in_the_textbook)
{
    enum { N = 4 };
    double x[B * N], y[B * N], v[B * N], ahead[B * N], way[B * N], apart[B];
    rill_tensor *a = points(g, &rill_sphere, seed, 0, B, N);
    rill_tensor *b = points(g, &rill_sphere, seed, 1, B, N);
    rill_tensor *c = vectors(&rill_sphere, seed, 2, 2, a);
    evaluate(a, x, B * N);
    evaluate(b, y, B * N);
    evaluate(c, v, B * N);
    evaluate(rill_manifold_exp(&rill_sphere, a, c), ahead, B * N);
    evaluate(rill_manifold_log(&rill_sphere, a, b), way, B * N);
    evaluate(rill_manifold_distance(&rill_sphere, a, b), apart, B);
    for (int i = 0; i < B; i++) {
        const double *p = x + i * N, *q = y + i * N, *w = v + i * N;
        double r = sqrt(dot(w, w, N)), cosine = dot(p, q, N), angle = acos(cosine);
        NEAR(apart[i], angle, 1e-14, seed, i); /* acos loses eps/sin(angle), here > .1 */
        for (int j = 0; j < N; j++) {
            NEAR(ahead[i * N + j], p[j] * cos(r) + w[j] * sin(r) / r, 1e-14, seed, i);
            NEAR(way[i * N + j], angle * (q[j] - cosine * p[j]) / sqrt(1 - cosine * cosine), 1e-13,
                 seed, i);
        }
    }
}
END_TEST

START_TEST(the_torus_is_as_in_the_textbook)
{
    enum { N = 3 };
    double x[B * N], y[B * N], ahead[B * N], way[B * N];
    rill_tensor *a = points(g, &rill_torus, seed, 0, B, N);
    rill_tensor *b = points(g, &rill_torus, seed, 1, B, N);
    evaluate(a, x, B * N);
    evaluate(b, y, B * N);
    evaluate(rill_manifold_log(&rill_torus, a, b), way, B * N);
    evaluate(rill_manifold_exp(&rill_torus, a, rill_scale(b, 5)), ahead, B * N);
    for (int i = 0; i < B * N; i++) {
        NEAR(way[i], atan2(sin(y[i] - x[i]), cos(y[i] - x[i])), 1e-15, seed, i);
        /* Some turns of 2 pi, each right to 4e-16. */
        NEAR(ahead[i], atan2(sin(x[i] + 5 * y[i]), cos(x[i] + 5 * y[i])), 1e-14, seed, i);
        ck_assert_double_le(fabs(ahead[i]), M_PI * (1 + 1e-15));
    }
}
END_TEST

/* ---- Properties of all. */

START_TEST(log_undoes_exp_and_exp_log)
{
    double x[B * MOST_WIDTH], back[B * MOST_WIDTH], v[B * MOST_WIDTH], again[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *a = points(g, m, seed, 0, B, n), *b = points(g, m, seed, 1, B, n);
    rill_tensor *w = vectors(m, seed, 2, .7, a);
    w = rill_clip(w, -.9, .9); /* shorter than pi in 9 dimensions: 2.7 */
    w = rill_manifold_tangent(m, a, w);
    evaluate(b, x, B * n);
    evaluate(rill_manifold_exp(m, a, rill_manifold_log(m, a, b)), back, B * n);
    evaluate(w, v, B * n);
    evaluate(rill_manifold_log(m, a, rill_manifold_exp(m, a, w)), again, B * n);
    for (int i = 0; i < B * n; i++) {
        NEAR(back[i], x[i], 4e-15, seed, i / n); /* some roundings of numbers up to pi */
        NEAR(again[i], v[i], 1e-14, seed, i / n);
    }
    rill_manifold_free(m);
}
END_TEST

START_TEST(distance_is_the_length_of_log_both_ways)
{
    double way[B * MOST_WIDTH], there[B], back[B], x[B * MOST_WIDTH], tangent[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *a = points(g, m, seed, 0, B, n), *b = points(g, m, seed, 1, B, n);
    rill_tensor *log = rill_manifold_log(m, a, b);
    evaluate(a, x, B * n);
    evaluate(log, way, B * n);
    evaluate(rill_manifold_tangent(m, a, log), tangent, B * n);
    evaluate(rill_manifold_distance(m, a, b), there, B);
    evaluate(rill_manifold_distance(m, b, a), back, B);
    for (int i = 0; i < B; i++) {
        NEAR(there[i], sqrt(dot(way + i * n, way + i * n, n)), 4e-15, seed, i);
        NEAR(there[i], back[i], 2e-15, seed, i);
        for (int j = 0; j < n; j++)
            NEAR(tangent[i * n + j], way[i * n + j], 2e-15, seed, i);
    }
    rill_manifold_free(m);
}
END_TEST

START_TEST(what_is_given_is_on_the_manifold)
{
    double x[B * MOST_WIDTH], again[B * MOST_WIDTH], v[B * MOST_WIDTH], twice[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *z = rill_scale(normal_constant(g, seed, 3, RILL_SHAPE(B, n)), 9);
    rill_tensor *a = rill_manifold_project(m, z);
    rill_tensor *w = rill_manifold_tangent(m, a, normal_constant(g, seed, 4, RILL_SHAPE(B, n)));
    evaluate(a, x, B * n);
    evaluate(rill_manifold_project(m, a), again, B * n);
    evaluate(w, v, B * n);
    evaluate(rill_manifold_tangent(m, a, w), twice, B * n);
    for (int i = 0; i < B * n; i++) {
        NEAR(again[i], x[i], 4e-16, seed, i / n);
        NEAR(twice[i], v[i], 1e-15, seed, i / n);
    }
    if (is(m, &rill_sphere))
        for (int i = 0; i < B; i++) {
            NEAR(sqrt(dot(x + i * n, x + i * n, n)), 1, 4e-16, seed, i);
            NEAR(dot(x + i * n, v + i * n, n), 0, 2e-15, seed, i);
        }
    rill_manifold_free(m);
}
END_TEST

/* A function of a point and a vector, or of two points. */
typedef struct pair_case {
    const char *name;
    rill_tensor *(*of)(const rill_manifold *m, rill_tensor *x, rill_tensor *y);
} pair_case;

static const pair_case pairs[] = { { "exp", rill_manifold_exp },
                                   { "log", rill_manifold_log },
                                   { "tangent", rill_manifold_tangent },
                                   { "distance", rill_manifold_distance } };
enum { PAIRS = sizeof pairs / sizeof *pairs };

/* As a function of any two rows of numbers, which are made a point and what goes with it first. */
typedef struct checked {
    const rill_manifold *m;
    const pair_case *pair;
} checked;

static rill_tensor *checked_pair(rill_tensor *const *in, int n, const void *self)
{
    const checked *c = self;
    (void)n;
    rill_tensor *x = rill_manifold_project(c->m, in[0]);
    int vector = c->pair->of == rill_manifold_exp || c->pair->of == rill_manifold_tangent;
    rill_tensor *y =
        vector ? rill_manifold_tangent(c->m, x, in[1]) : rill_manifold_project(c->m, in[1]);
    return c->pair->of(c->m, x, y);
}

START_TEST(derivatives_are_those_of_differences)
{
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    for (int p = 0; p < PAIRS; p++) {
        rill_message message = { "" };
        checked c = { m, &pairs[p] };
        /* Angles between -1 and 1 keep away from where the shortest way jumps. */
        rill_check_input inputs[] = {
            { .shape = RILL_SHAPE(3, n), .low = -1, .high = 1 },
            { .shape = RILL_SHAPE(3, n), .low = -1, .high = 1 },
        };
        rill_check_options options = { .name = pairs[p].name, .seed = seed, .entries = 9 };
        rill_status status =
            rill_check_function(checked_pair, &c, inputs, 2, &options, NULL, &message);
        ck_assert_msg(status == RILL_OK, "%s, seed %llu: %s", m->name, (unsigned long long)seed,
                      message.text);
    }
    rill_manifold_free(m);
}
END_TEST

/* ---- Singular places. */

START_TEST(nothing_happens_from_a_point_to_itself)
{
    double x[B * MOST_WIDTH], y[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *a = points(g, m, seed, 0, B, n);
    rill_tensor *zero = rill_full(g, RILL_F64, RILL_SHAPE(B, n), 0);
    evaluate(a, x, B * n);
    evaluate(rill_manifold_log(m, a, a), y, B * n);
    for (int i = 0; i < B * n; i++)
        ck_assert_double_eq(y[i], 0);
    evaluate(rill_manifold_distance(m, a, a), y, B);
    for (int i = 0; i < B; i++)
        ck_assert_double_eq(y[i], 0);
    evaluate(rill_manifold_exp(m, a, zero), y, B * n);
    for (int i = 0; i < B * n; i++)
        ck_assert_double_eq(y[i], x[i]);
    rill_manifold_free(m);
}
END_TEST

/* At y = x the derivative of log by y is the projection onto the tangent space, by x minus that;
 * at v = 0 that of exp by v is the same. */
START_TEST(near_a_point_the_manifold_is_flat)
{
    double v[B * MOST_WIDTH], d[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    /* Two inputs of equal value: derivatives by one alone. */
    rill_tensor *a = points(g, m, seed, 0, B, n), *b = rill_scale(a, 1);
    rill_tensor *w = vectors(m, seed, 2, 1, a), *zero = rill_full(g, RILL_F64, rill_shape_of(a), 0);
    rill_tensor *log = rill_manifold_log(m, a, b);
    evaluate(w, v, B * n);
    evaluate(rill_jvp(log, b, w), d, B * n);
    for (int i = 0; i < B * n; i++)
        NEAR(d[i], v[i], 1e-15, seed, i / n);
    evaluate(rill_jvp(log, a, w), d, B * n); /* b moves along: log stays 0 */
    for (int i = 0; i < B * n; i++)
        NEAR(d[i], 0, 1e-15, seed, i / n);
    evaluate(rill_jvp(rill_manifold_exp(m, a, zero), zero, w), d, B * n);
    for (int i = 0; i < B * n; i++)
        NEAR(d[i], v[i], 1e-15, seed, i / n);
    rill_manifold_free(m);
}
END_TEST

/* The sum of squares of y - 1 has a gradient in every element of y. */
static rill_tensor *some_loss(rill_tensor *y)
{
    return rill_sum_all(rill_square(rill_shift(y, -1)));
}

/* First and second derivatives of f(x, y), by both, are finite. */
static void check_finite(const char *what, const pair_case *pair, const rill_manifold *m,
                         rill_tensor *x, rill_tensor *y)
{
    rill_tensor *in[2] = { x, y }, *d[2], *d2[2];
    rill_tensor *value = pair->of(m, x, y);
    rill_grad(some_loss(value), in, 2, d);
    rill_grad(rill_add(some_loss(d[0]), some_loss(d[1])), in, 2, d2);
    rill_tensor *all[] = { value, d[0], d[1], d2[0], d2[1] };
    for (int i = 0; i < 5; i++)
        all[i] = rill_cast(all[i], RILL_F64);
    rill_program *p = compiled(g, all, 5);
    run(p);
    for (int i = 0; i < 5; i++) {
        double out[B * MOST_WIDTH];
        rill_read(p, all[i], out, rill_count(all[i]));
        ck_assert_msg(all_finite(out, rill_count(all[i])), "%s of %s, %s, %s: tensor %d",
                      pair->name, m->name, what, rill_dtype_name(rill_dtype_of(x)), i);
    }
    rill_program_free(p);
}

/* x moved by `far` in a random direction. */
static rill_tensor *turned(const rill_manifold *m, rill_tensor *x, double far)
{
    rill_tensor *v = vectors(m, seed, 5, 1, x);
    rill_tensor *length = rill_sqrt(rill_dot_rows(v, v));
    return rill_manifold_exp(m, x, rill_scale(rill_div(v, length), far));
}

START_TEST(derivatives_are_finite_everywhere)
{
    static const double far[] = { 0, 1e-300, 1e-160, 1e-40, 1e-20, 1e-12, 1e-4, .3 };
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *x = points(g, m, seed, 0, 4, n);
    for (int p = 0; p < PAIRS; p++)
        for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
            rill_tensor *v = vectors(m, seed, 2, far[k], x);
            int to_point =
                pairs[p].of == rill_manifold_log || pairs[p].of == rill_manifold_distance;
            rill_tensor *y = to_point ? rill_manifold_project(m, rill_add(x, v)) : v;
            check_finite("near", &pairs[p], m, x, y);
            check_finite("near", &pairs[p], m, rill_cast(x, RILL_F32), rill_cast(y, RILL_F32));
        }
    rill_manifold_free(m);
}
END_TEST

/* x on the sphere, axes among them, and what is `rest` short of the opposite point. */
static void opposites(int64_t n, double rest, rill_tensor **x, rill_tensor **y)
{
    double p[B * MOST_WIDTH];
    evaluate(points(g, &rill_sphere, seed, 0, 6, n), p, 6 * n);
    for (int k = 0; k < 4; k++) /* e1, -e1, e2, -e2 */
        for (int j = 0; j < n; j++)
            p[k * n + j] = j == k / 2 ? (k % 2 ? -1 : 1) : 0;
    *x = rill_constant(g, RILL_F64, RILL_SHAPE(6, n), p, 6 * n);
    *y = rest == 0 ? rill_neg(*x) : rill_neg(turned(&rill_sphere, *x, rest));
}

START_TEST(an_opposite_point_is_as_far_as_can_be)
{
    static const double rest[] = { 0, 1e-18, 1e-15, 1e-14, 1e-10, 1e-6, 1e-2 };
    int64_t n = 2 + _i;
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) {
        double p[6 * MOST_WIDTH], way[6 * MOST_WIDTH], back[6 * MOST_WIDTH], target[6 * MOST_WIDTH];
        double apart[6];
        rill_tensor *x, *y;
        opposites(n, rest[k], &x, &y);
        rill_tensor *log = rill_manifold_log(&rill_sphere, x, y);
        evaluate(x, p, 6 * n);
        evaluate(y, target, 6 * n);
        evaluate(log, way, 6 * n);
        evaluate(rill_manifold_exp(&rill_sphere, x, log), back, 6 * n);
        evaluate(rill_manifold_distance(&rill_sphere, x, y), apart, 6);
        for (int i = 0; i < 6; i++) {
            NEAR(sqrt(dot(way + i * n, way + i * n, n)), M_PI - rest[k], 4e-15, seed, i);
            NEAR(apart[i], M_PI - rest[k], 1e-15, seed, i);
            NEAR(dot(way + i * n, p + i * n, n), 0, 2e-15, seed, i);
            for (int j = 0; j < n; j++)
                /* Within 16 eps of the opposite point the way goes to that itself. */
                NEAR(back[i * n + j], target[i * n + j], 4e-15, seed, i);
        }
        check_finite("opposite", &pairs[1], &rill_sphere, x, y);
        check_finite("opposite", &pairs[3], &rill_sphere, x, y);
        rill_tensor *narrow_x = rill_cast(x, RILL_F32), *narrow_y = rill_cast(y, RILL_F32);
        check_finite("opposite", &pairs[1], &rill_sphere, narrow_x, narrow_y);
        check_finite("opposite", &pairs[3], &rill_sphere, narrow_x, narrow_y);
    }
}
END_TEST

/* Small distances keep their digits, where acos(x.y) has lost them all. */
START_TEST(small_and_large_angles_keep_their_digits)
{
    enum { N = 3 };
    for (double angle = 1e-12; angle < 3; angle *= 10) {
        double way[4 * N], apart[4], rest[4];
        rill_tensor *x = points(g, &rill_sphere, seed, 0, 4, N);
        rill_tensor *y = turned(&rill_sphere, x, angle);
        evaluate(rill_manifold_log(&rill_sphere, x, y), way, 4 * N);
        evaluate(rill_manifold_distance(&rill_sphere, x, y), apart, 4);
        evaluate(rill_manifold_distance(&rill_sphere, x, rill_neg(y)), rest, 4);
        for (int i = 0; i < 4; i++) {
            /* y itself is rounded, to some 1e-16. */
            NEAR(apart[i], angle, 4e-16 + 3e-15 * angle, seed, i);
            NEAR(sqrt(dot(way + i * N, way + i * N, N)), angle, 4e-16 + 3e-15 * angle, seed, i);
            NEAR(rest[i], M_PI - angle, 2e-15, seed, i);
        }
    }
}
END_TEST

START_TEST(any_vector_has_a_nearest_point)
{
    static const double sizes[] = { 0, 1e-320, 1e-300, 1e-200, 1, 1e200, 1e300 };
    double x[2 * 3], narrow[2 * 3], gradient[2 * 3];
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        rill_tensor *z = rill_scale(normal_constant(g, seed, 0, RILL_SHAPE(2, 3)), sizes[k]), *d;
        rill_tensor *p = rill_manifold_project(&rill_sphere, z);
        float part = sizes[k] < 1e-300 ? 0 : (float)fmin(fmax(sizes[k], 1e-38), 1e37);
        rill_tensor *f = rill_cast(
            rill_scale(normal_constant(g, seed, 0, RILL_SHAPE(2, 3)), (double)part), RILL_F32);
        rill_grad(some_loss(p), &z, 1, &d);
        evaluate(p, x, 6);
        evaluate(d, gradient, 6);
        evaluate(rill_cast(rill_manifold_project(&rill_sphere, f), RILL_F64), narrow, 6);
        for (int i = 0; i < 2; i++) {
            /* A vector of numbers without all their digits has a direction without them. */
            NEAR(dot(x + 3 * i, x + 3 * i, 3), 1, 1e-15, seed, i);
            NEAR(dot(narrow + 3 * i, narrow + 3 * i, 3), 1, 4e-7, seed, i);
        }
        ck_assert(sizes[k] == 1e-320 || all_finite(gradient, 6)); /* that slope is 1e320 */
    }
    evaluate(rill_manifold_project(&rill_sphere, rill_full(g, RILL_F64, RILL_SHAPE(2, 3), 0)), x,
             6);
    ck_assert(x[0] == 1 && x[1] == 0 && x[2] == 0);
}
END_TEST

/* ---- The base distribution. */

START_TEST(the_base_of_the_sphere_is_uniform)
{
    enum { ROWS = 1024, N = 3 };
    static double x[ROWS * N];
    double sum[N] = { 0 }, squares[N] = { 0 };
    evaluate(rill_manifold_base(&rill_sphere, normal_constant(g, seed, 0, RILL_SHAPE(ROWS, N))), x,
             ROWS * N);
    for (int i = 0; i < ROWS * N; i++)
        sum[i % N] += x[i] / ROWS, squares[i % N] += x[i] * x[i] / ROWS;
    for (int j = 0; j < N; j++) {
        /* A coordinate is uniform on [-1,1] (Archimedes): sd .577 and .298, five standard errors.
         */
        NEAR(sum[j], 0, 5 * .577 / 32, seed, j);
        NEAR(squares[j], 1. / 3, 5 * .298 / 32, seed, j);
    }
}
END_TEST

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(the_base_of_the_torus_is_uniform)
{
    enum { ROWS = 2048 };
    static double x[ROWS];
    evaluate(rill_manifold_base(&rill_torus, normal_constant(g, seed, 0, RILL_SHAPE(ROWS, 1))), x,
             ROWS);
    qsort(x, ROWS, sizeof *x, ascending);
    double worst = 0;
    for (int i = 0; i < ROWS; i++)
        worst = fmax(worst, fabs((x[i] + M_PI) / (2 * M_PI) - (i + .5) / ROWS));
    /* Kolmogorov and Smirnov: exceeded once in 1,000 seeds; this one is fixed. */
    ck_assert_double_le(worst, 1.95 / sqrt(ROWS));
    ck_assert(x[0] >= -M_PI && x[ROWS - 1] <= M_PI);
}
END_TEST

START_TEST(base_densities_are_one_over_the_volume)
{
    static const double area[] = { 2 * M_PI, 4 * M_PI, 2 * M_PI * M_PI, 8 * M_PI * M_PI / 3 };
    double log_base[1], x[3] = { .5, -1, 2 };
    for (int n = 2; n <= 5; n++) {
        rill_tensor *at = points(g, &rill_sphere, seed, 0, 1, n);
        evaluate(rill_manifold_log_base(&rill_sphere, at), log_base, 1);
        NEAR(log_base[0], -log(area[n - 2]), 1e-14, seed, n);
        evaluate(rill_manifold_log_base(&rill_torus, at), log_base, 1);
        NEAR(log_base[0], -n * log(2 * M_PI), 1e-14, seed, n);
    }
    rill_tensor *at = rill_constant(g, RILL_F64, RILL_SHAPE(1, 3), x, 3);
    evaluate(rill_manifold_log_base(&rill_euclidean, at), log_base, 1);
    NEAR(log_base[0], -1.5 * log(2 * M_PI) - 5.25 / 2, 1e-14, seed, 0);
}
END_TEST

START_TEST(what_is_drawn_is_the_base_of_normal_deviates)
{
    double x[6 * 5], wanted[6 * 5];
    rill_manifold *m = rill_manifold_parse("sphere:3,torus:2", NULL);
    rill_store *store = rill_store_new(seed);
    rill_graph *h = rill_graph_new(store);
    rill_tensor *x1 = rill_full(h, RILL_F64, RILL_SHAPE(6, 5), .1);
    rill_tensor *x0 = rill_manifold_draw(m, x1), *again = rill_manifold_draw(m, x1);
    ck_assert_int_eq(strncmp(rill_scope_of(x0), "noise", 5), 0);
    evaluate(x0, x, 30);
    evaluate(rill_sub(x0, again), wanted, 30);
    for (int i = 0; i < 30; i++)
        ck_assert_double_ne(wanted[i], 0); /* two draws are two */
    evaluate(rill_sub(rill_manifold_project(m, x0), x0), wanted, 30);
    for (int i = 0; i < 30; i++)
        NEAR(wanted[i], 0, 4e-16, seed, i / 5);
    rill_graph_free(h);
    rill_store_free(store);
    rill_manifold_free(m);
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_graph *h = rill_graph_new(NULL);
        rill_manifold *m = rill_manifold_parse("sphere:3,torus:2", &message);
        rill_tensor *x = rill_full(h, RILL_F64, RILL_SHAPE(2, 5), .3), *d = NULL;
        if (m)
            rill_grad(some_loss(rill_manifold_log(m, rill_manifold_draw(m, x), x)), &x, 1, &d);
        int done = m && d && !rill_is_inert(d);
        rill_alloc_fail(0, 0);
        ck_assert_msg(m || strstr(message.text, "out of memory"), "allocation %d: %s", n,
                      message.text);
        ck_assert_msg(done || !m || rill_error(h), "allocation %d: no message", n);
        rill_manifold_free(m);
        rill_graph_free(h);
        if (done)
            break;
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold");
    TCase *forms = tcase_create("closed forms"), *all = tcase_create("properties");
    TCase *places = tcase_create("singular places"), *bases = tcase_create("base");
    TCase *cases[] = { forms, all, places, bases };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], begin, end);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_test(forms, the_sphere_is_as_in_the_textbook);
    tcase_add_test(forms, the_torus_is_as_in_the_textbook);
    tcase_add_loop_test(all, log_undoes_exp_and_exp_log, 0, space_count());
    tcase_add_loop_test(all, distance_is_the_length_of_log_both_ways, 0, space_count());
    tcase_add_loop_test(all, what_is_given_is_on_the_manifold, 0, space_count());
    tcase_add_loop_test(all, derivatives_are_those_of_differences, 0, space_count());
    tcase_add_loop_test(places, nothing_happens_from_a_point_to_itself, 0, space_count());
    tcase_add_loop_test(places, near_a_point_the_manifold_is_flat, 0, space_count());
    tcase_add_loop_test(places, derivatives_are_finite_everywhere, 0, space_count());
    tcase_add_loop_test(places, an_opposite_point_is_as_far_as_can_be, 0, 4);
    tcase_add_test(places, small_and_large_angles_keep_their_digits);
    tcase_add_test(places, any_vector_has_a_nearest_point);
    tcase_add_test(bases, the_base_of_the_sphere_is_uniform);
    tcase_add_test(bases, the_base_of_the_torus_is_uniform);
    tcase_add_test(bases, base_densities_are_one_over_the_volume);
    tcase_add_test(bases, what_is_drawn_is_the_base_of_normal_deviates);
    tcase_add_test(places, no_memory_anywhere_is_a_clean_failure);
    return run_suite(suite);
}
