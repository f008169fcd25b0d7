/* test_likelihood.c - log p under fields that are known in full: closed forms, probes, conditions.
 */
#include "base/alloc.h"
#include "core/grad.h"
#include "models/flow/likelihood.h"
#include "models/flow/normal_quantile.h"
#include "models/nets/built_in.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "scored.h"

#include <string.h>

static const uint64_t probe_seed = 9;

/* ---- Fields. */

/* N(0, I) to a mixture in D dimensions, on the linear path (ORACLES: the general formula). */
typedef struct mixture {
    int dim, count;
    const double *weight, *mean, *sd; /* [count], [count,dim], [count] */
} mixture;

static rill_tensor *mean_of(rill_tensor *x, const mixture *m, int k)
{
    return rill_constant(rill_graph_of(x), RILL_F64, RILL_SHAPE(1, m->dim), m->mean + k * m->dim,
                         m->dim);
}

/* sum_k g_k(x) (m_k + (C_k/V_k)(x - t m_k)), g = softmax of log w_k N(x; t m_k, V_k). */
static rill_tensor *mixture_field(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                  const void *self)
{
    (void)cond;
    const mixture *m = self;
    rill_tensor *logits[8], *fields[8], *s = rill_sub(rill_scalar_like(t, 1), t);
    for (int k = 0; k < m->count; k++) {
        double variance = m->sd[k] * m->sd[k];
        rill_tensor *v = rill_add(rill_square(s), rill_scale(rill_square(t), variance));
        rill_tensor *c = rill_sub(rill_scale(t, variance), s);
        rill_tensor *off = rill_sub(x, rill_mul(t, mean_of(x, m, k)));
        rill_tensor *distance = rill_sum(rill_square(off), RILL_AXES(1), 1);
        logits[k] = rill_shift(
            rill_scale(rill_add(rill_div(distance, v), rill_scale(rill_log(v), m->dim)), -.5),
            log(m->weight[k]));
        fields[k] = rill_add(mean_of(x, m, k), rill_mul(rill_div(c, v), off));
    }
    rill_tensor *all = rill_concat_array(logits, m->count, 1);
    rill_tensor *total = rill_logsumexp(all, RILL_AXES(1), 1), *sum = NULL;
    for (int k = 0; k < m->count; k++) {
        rill_tensor *part = rill_mul(rill_exp(rill_sub(logits[k], total)), fields[k]);
        sum = sum ? rill_add(sum, part) : part;
    }
    return sum;
}

static double mixture_log_density(const mixture *m, const double *x)
{
    double p = 0;
    for (int k = 0; k < m->count; k++) {
        double distance = 0;
        for (int i = 0; i < m->dim; i++)
            distance += pow((x[i] - m->mean[k * m->dim + i]) / m->sd[k], 2);
        p += m->weight[k] * exp(-.5 * distance) / pow(2 * M_PI * m->sd[k] * m->sd[k], .5 * m->dim);
    }
    return log(p);
}

/* ---- A linear field. */

/* x A' with A = [3,3] or [2,2] of small random numbers over the row of numbers, plus b. */
enum { B = 7, D = 6 };

static rill_tensor *linear_field(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                 const void *self)
{
    (void)t, (void)cond;
    int64_t rows = rill_dim(x, 0);
    const double *a = self;
    rill_tensor *turn = rill_constant(rill_graph_of(x), RILL_F64, RILL_SHAPE(D, D), a, D * D);
    return rill_reshape(rill_matmul(rill_reshape(x, RILL_SHAPE(rows, D)), turn), rill_shape_of(x));
}

/* y = x e^(-A) by its series, one row; |A| is below 1. */
static void carried_back(const double *a, const double *x, double *y)
{
    double term[D], next[D];
    memcpy(term, x, sizeof term);
    memcpy(y, x, sizeof term);
    for (int k = 1; k < 40; k++) {
        for (int j = 0; j < D; j++) {
            next[j] = 0;
            for (int i = 0; i < D; i++)
                next[j] -= term[i] * a[i * D + j] / k;
        }
        memcpy(term, next, sizeof term);
        for (int j = 0; j < D; j++)
            y[j] += term[j];
    }
}

static double log_normal(const double *x, int n)
{
    double square = 0;
    for (int i = 0; i < n; i++)
        square += x[i] * x[i];
    return -.5 * square - .5 * n * log(2 * M_PI);
}

/* As vectors and as matrices: a sample has any shape. */
START_TEST(a_linear_field_is_exact)
{
    rill_shape sample = _i ? RILL_SHAPE(3, 2) : RILL_SHAPE(D);
    double a[D * D], x[B * D], log_p[B], trace = 0;
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    for (int i = 0; i < D * D; i++)
        a[i] = .2 * normals(seed, 1, D * D)[i];
    for (int i = 0; i < D; i++)
        trace += a[i * D + i];
    rill_scorer *s = scorer_of((rill_field){ linear_field, a },
                               (rill_scorer_options){ { RILL_F64, sample, .batch = 4 } });
    score(s, "rk4", 200, B, x, log_p);
    for (int i = 0; i < B; i++) {
        double y[D];
        carried_back(a, x + i * D, y);
        NEAR(log_p[i], log_normal(y, D) - trace, 1e-10, i); /* the bar; (|A|/200)^4 = 1e-11 */
    }
    rill_scorer_free(s);
}
END_TEST

/* ---- Mixtures. */

static const mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                               (double[]){ .3, .3 } };
static const mixture others[] = {
    { 1, 2, (double[]){ .3, .7 }, (double[]){ -1, 1.5 }, (double[]){ .5, .4 } },
    { 1, 3, (double[]){ .2, .5, .3 }, (double[]){ -2, 0, 1 }, (double[]){ .4, .6, .5 } },
    { 2, 2, (double[]){ .4, .6 }, (double[]){ 1, -1, -.5, 1 }, (double[]){ .5, .7 } },
    { 3, 1, (double[]){ 1 }, (double[]){ 1, -2, .5 }, (double[]){ .6 } },
};

/* Mean error of RK4 over n points. */
static double mixture_error(const mixture *m, int64_t steps, int64_t n, const double *x)
{
    static double log_p[4000];
    double sum = 0;
    rill_scorer *s =
        scorer_of((rill_field){ mixture_field, m },
                  (rill_scorer_options){ { RILL_F64, RILL_SHAPE(m->dim), .batch = 1000 } });
    score(s, "rk4", steps, n, x, log_p);
    for (int64_t i = 0; i < n; i++)
        sum += fabs(log_p[i] - mixture_log_density(m, x + i * m->dim)) / (double)n;
    rill_scorer_free(s);
    return sum;
}

START_TEST(two_modes_have_the_published_errors)
{
    static const struct {
        int64_t steps;
        double error, digit; /* half a unit of the last one printed */
    } rows[] = {
        { 10, 3.38e-3, 5e-6 }, { 20, 1.69e-4, 5e-7 }, { 50, 2.17e-6, 5e-9 }, { 100, 9.9e-8, 5e-10 }
    };
    static double x[4000], z[2000];
    for (int i = 0; i < 2000; i++)
        z[i] = (i + .5) / 2000;
    evaluate(rill_normal_quantile(rill_constant(g, RILL_F64, RILL_SHAPE(2000), z, 2000)), z, 2000);
    for (int i = 0; i < 2000; i++)
        x[i] = -2 + .3 * z[i], x[2000 + i] = 2 + .3 * z[i];
    NEAR(mixture_error(&modes, rows[_i].steps, 4000, x), rows[_i].error, rows[_i].digit, _i);
}
END_TEST

/* Points around the mean of a random component. */
static void mixture_points(const mixture *m, int64_t n, double *x)
{
    const double *z = normals(seed, 2, n * m->dim);
    for (int64_t i = 0; i < n * m->dim; i++) {
        int k = (int)(i / m->dim % m->count);
        x[i] = m->mean[k * m->dim + i % m->dim] + m->sd[k] * z[i];
    }
}

START_TEST(other_mixtures_are_approached_with_the_order_of_the_solver)
{
    enum { N = 400 };
    double x[N * 3];
    const mixture *m = &others[_i];
    mixture_points(m, N, x);
    double coarse = mixture_error(m, 20, N, x), fine = mixture_error(m, 80, N, x);
    ck_assert_msg(log2(coarse / fine) / 2 >= 3.9, "seed %llu: errors %g, %g",
                  (unsigned long long)seed, coarse, fine); /* order 4, less .1 */
    ck_assert_double_le(fine, 1e-6); /* two modes have 2.4e-7 there by that order */
}
END_TEST

/* Each row takes the steps that it needs, whatever others are in its batch. */
START_TEST(a_solver_that_chooses_its_steps)
{
    enum { N = 60 };
    double x[N * 2], log_p[2][N], times[] = { 1, 0 };
    rill_ode_counts counts = { 0 };
    mixture_points(&others[2], N, x);
    for (int k = 0; k < 2; k++) {
        rill_scorer *s =
            scorer_of((rill_field){ mixture_field, &others[2] },
                      (rill_scorer_options){ { RILL_F64, RILL_SHAPE(2), .batch = k ? 60 : 7 } });
        scored(s,
               (rill_sampling){ .solver = rill_solver_find("dopri5"),
                                .times = times,
                                .time_count = 2,
                                .tolerance = 1e-8,
                                .counts = &counts,
                                .n = N,
                                .x0 = x },
               (rill_scores){ log_p[k], NULL });
        rill_scorer_free(s);
    }
    for (int i = 0; i < N; i++) {
        /* Ten times the tolerance, and what the source makes of an error in x. */
        NEAR(log_p[0][i], mixture_log_density(&others[2], x + 2 * i), 1e-6, i);
        ck_assert_double_eq(log_p[0][i], log_p[1][i]);
    }
    ck_assert_int_gt((int)counts.evaluations, 2 * N * 20);
}
END_TEST

START_TEST(samples_come_with_the_density_that_they_have)
{
    enum { N = 50, STEPS = 100 };
    const mixture *m = &others[2];
    double up[STEPS + 1], x[N * 2], alone[N * 2], start[N * 2], log_p[N], back[N];
    rill_time_grid(0, 1, STEPS, up, NULL);
    rill_field field = { mixture_field, m };
    rill_sampler_options plain = { RILL_F64, RILL_SHAPE(2), .batch = 16 };
    rill_scorer *s = scorer_of(field, (rill_scorer_options){ plain });
    rill_sampling request = { .solver = rill_solver_find("rk4"),
                              .times = up,
                              .time_count = STEPS + 1,
                              .seed = 3,
                              .n = N,
                              .samples = x,
                              .noise = start };
    scored(s, request, (rill_scores){ log_p, NULL });
    score(s, "rk4", STEPS, N, x, back);
    rill_sampler *sampler = rill_sampler_new(store, field, &plain, NULL);
    request.samples = alone, request.noise = NULL;
    ck_assert_int_eq(rill_sampler_run(sampler, &request, NULL), RILL_OK);
    for (int i = 0; i < N; i++) {
        /* 3e-8 is what the mean error above is for 100 steps, and single points have more. */
        NEAR(log_p[i], mixture_log_density(m, x + 2 * i), 1e-6, i);
        NEAR(log_p[i], back[i], 1e-6, i);
        for (int j = 2 * i; j < 2 * i + 2; j++)
            NEAR(x[j], alone[j], 1e-13, i); /* the same arithmetic, other kernels for its sums */
    }
    rill_sampler_free(sampler);
    rill_scorer_free(s);
}
END_TEST

START_TEST(another_source_weighs_where_data_come_from)
{
    double x[B * 2], log_p[B], sd = 1.7;
    memcpy(x, normals(seed, 0, B * 2), sizeof x);
    rill_source wide = { rill_normal_log_density, &sd };
    rill_scorer *s = scorer_of(
        (rill_field){ mixture_field, &others[2] },
        (rill_scorer_options){ { RILL_F64, RILL_SHAPE(2), .batch = 4 }, .source = &wide });
    double now = 1;
    scored(s, (rill_sampling){ .times = &now, .time_count = 1, .n = B, .x0 = x },
           (rill_scores){ log_p, NULL }); /* no time passes */
    for (int i = 0; i < B; i++) {
        double z[] = { x[2 * i] / sd, x[2 * i + 1] / sd };
        NEAR(log_p[i], log_normal(z, 2) - 2 * log(sd), 1e-14, i);
    }
    rill_scorer_free(s);
}
END_TEST

/* ---- By probes. */

/* exact and by `probes` of a law, of n points in m's dimensions. */
static void by_probes(const mixture *m, rill_probe_law law, int64_t probes, int n, const double *x,
                      double *log_p, double *error)
{
    double times[41];
    rill_time_grid(1, 0, 40, times, NULL);
    rill_scorer *s = scorer_of((rill_field){ mixture_field, m },
                               (rill_scorer_options){ { RILL_F64, RILL_SHAPE(m->dim), .batch = 16 },
                                                      .probes = probes,
                                                      .law = law });
    scored(s,
           (rill_sampling){ .solver = rill_solver_find("rk4"),
                            .times = times,
                            .time_count = 41,
                            .seed = probe_seed,
                            .first = 100,
                            .n = n,
                            .x0 = x },
           (rill_scores){ log_p, error });
    rill_scorer_free(s);
}

START_TEST(estimates_are_within_their_errors_which_fall_as_the_root)
{
    enum { N = 24 };
    double x[N * 2], exact[N], log_p[N], error[N], many = 0, few = 0;
    rill_probe_law law = _i ? RILL_GAUSSIAN : RILL_RADEMACHER;
    mixture_points(&others[2], N, x);
    by_probes(&others[2], law, 0, N, x, exact, error);
    for (int i = 0; i < N; i++)
        ck_assert(isnan(error[i]));
    by_probes(&others[2], law, 16, N, x, log_p, error);
    for (int i = 0; i < N; i++)
        few += error[i] / N;
    by_probes(&others[2], law, 128, N, x, log_p, error);
    for (int i = 0; i < N; i++) {
        NEAR(log_p[i], exact[i], 3 * error[i], i); /* the bar */
        many += error[i] / N;
    }
    /* 8 times the probes.  The error of 16 is itself uncertain by 1 in sqrt(32), and a mean of 24
     * by a fifth of that, more with long tails. */
    ck_assert_double_ge(few / many, sqrt(8) * .8);
    ck_assert_double_le(few / many, sqrt(8) * 1.2);
}
END_TEST

START_TEST(in_one_dimension_a_probe_scales_by_its_square)
{
    enum { N = 20 };
    const mixture *m = _i ? &others[_i - 1] : &modes;
    double x[N], exact[N], by_sign[N], by_normal[N], x0[N], e;
    mixture_points(m, N, x);
    by_probes(m, RILL_RADEMACHER, 0, N, x, exact, NULL);
    by_probes(m, RILL_RADEMACHER, 1, N, x, by_sign, NULL);
    by_probes(m, RILL_GAUSSIAN, 1, N, x, by_normal, NULL);
    rill_sampler *sampler =
        rill_sampler_new(store, (rill_field){ mixture_field, m },
                         &(rill_sampler_options){ RILL_F64, RILL_SHAPE(1) }, NULL);
    double grid[41];
    rill_time_grid(1, 0, 40, grid, NULL);
    rill_sampling back = { .solver = rill_solver_find("rk4"),
                           .times = grid,
                           .time_count = 41,
                           .n = N,
                           .x0 = x,
                           .samples = x0 };
    ck_assert_int_eq(rill_sampler_run(sampler, &back, NULL), RILL_OK);
    for (int i = 0; i < N; i++) {
        double log_source = log_normal(x0 + i, 1);
        rill_stream_normal(rill_stream_key(probe_seed, "probes"), 0, 100 + i, 0, 1, &e);
        NEAR(by_sign[i], exact[i], 1e-13, i); /* the same sums */
        NEAR(by_normal[i], log_source + e * e * (exact[i] - log_source), 1e-11, i);
    }
    rill_sampler_free(sampler);
}
END_TEST

/* ---- Conditions. */

/* x' = .1 c x, where c is a label, or the sum of a vector: log p is that of x e^(-.1 c), less
 * .1 c D; and -1 or 1 squared is 1, so that probes say the same. */
static rill_tensor *conditional(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)self;
    rill_tensor *c = rill_rank(cond) == 1 ? rill_expand_dims(rill_cast(cond, rill_dtype_of(x)), 1)
                                          : rill_sum(cond, RILL_AXES(1), 1);
    return rill_mul(x, rill_expand_dims(rill_scale(c, .1), 2));
}

START_TEST(conditions_reach_the_field)
{
    int vector = _i & 1, probes = _i & 2 ? 3 : 0;
    int32_t labels[B];
    double vectors[B * 2], x[B * D], log_p[B], times[65];
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    for (int i = 0; i < B; i++) {
        labels[i] = i - 2;
        vectors[2 * i] = i + 1, vectors[2 * i + 1] = -3;
    }
    rill_scorer *s =
        scorer_of((rill_field){ conditional, NULL },
                  (rill_scorer_options){ { RILL_F64, RILL_SHAPE(3, 2), .batch = 3,
                                           .labels = !vector, .vector = vector ? 2 : 0 },
                                         .probes = probes });
    rill_time_grid(1, 0, 64, times, NULL);
    scored(s,
           (rill_sampling){ .solver = rill_solver_find("rk4"),
                            .times = times,
                            .time_count = 65,
                            .n = B,
                            .x0 = x,
                            .cond = vector ? (void *)vectors : (void *)labels },
           (rill_scores){ log_p, NULL });
    for (int i = 0; i < B; i++) {
        double y[D], rate = .1 * (i - 2);
        for (int j = 0; j < D; j++)
            y[j] = x[i * D + j] * exp(-rate);
        NEAR(log_p[i], log_normal(y, D) - D * rate, 1e-10, i); /* (.4/64)^4 = 1e-9 / 5! */
    }
    rill_scorer_free(s);
}
END_TEST

static const rill_net_size size = { .hidden = 16, .layers = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

/* ---- What is refused. */

static rill_tensor *never(rill_tensor *x, rill_tensor *t, rill_tensor *until, rill_tensor *cond,
                          const void *self)
{
    (void)t, (void)until, (void)cond, (void)self;
    return rill_graph_fail(rill_graph_of(x), "asked for a mean");
}

static rill_tensor *no_density(rill_tensor *x, const void *self)
{
    (void)self;
    return x;
}

START_TEST(wrong_requests_are_refused)
{
    double x[2] = { 0, 1 }, log_p[1], times[] = { 1, 0 }, sd = -1;
    rill_message message = { "" };
    rill_field field = { mixture_field, &others[2] };
    rill_scorer_options fine = { { RILL_F64, RILL_SHAPE(2), .batch = 2 } };
    rill_scorer *s = scorer_of(field, fine);
    rill_sampling good = { .times = times, .time_count = 2, .n = 1, .x0 = x };
    rill_sampling wrong[8];
    for (int i = 0; i < 8; i++)
        wrong[i] = good;
    wrong[0].times = NULL, wrong[1].time_count = 0, wrong[2].n = -1, wrong[3].x0 = NULL;
    wrong[4].trajectory = x, wrong[5].cond = x, wrong[6].first = -1, wrong[7].n = INT64_MAX;
    for (int i = 0; i < 8; i++) {
        *message.text = 0;
        ck_assert_int_eq(rill_scorer_run(s, &wrong[i], &(rill_scores){ log_p, NULL }, &message),
                         RILL_BAD_ARGUMENT);
        ck_assert_int_gt((int)strlen(message.text), 0);
    }
    ck_assert_int_eq(rill_scorer_run(s, &good, &(rill_scores){ 0 }, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_scorer_run(s, &good, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_scorer_run(s, NULL, &(rill_scores){ log_p, NULL }, NULL),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_scorer_run(NULL, &good, &(rill_scores){ log_p, NULL }, NULL),
                     RILL_BAD_ARGUMENT);
    rill_scorer_free(s);
    rill_source negative = { rill_normal_log_density, &sd }, none = { 0 },
                wide = { no_density, NULL };
    rill_scorer_options bad[] = { fine, fine, fine, fine, fine, fine, fine };
    bad[0].probes = -1, bad[1].law = (rill_probe_law)9, bad[2].source = &negative;
    bad[3].source = &none, bad[4].source = &wide, bad[5].sampler.dtype = RILL_I32;
    bad[6].sampler.sample = RILL_SHAPE(0);
    for (int i = 0; i < 7; i++) {
        *message.text = 0;
        ck_assert_ptr_null(rill_scorer_new(store, field, &bad[i], &message));
        ck_assert_msg(message.text[0], "options %d: no message", i);
    }
    ck_assert_ptr_null(rill_scorer_new(NULL, field, &fine, NULL));
    ck_assert_ptr_null(rill_scorer_new(store, (rill_field){ 0 }, &fine, NULL));
    ck_assert_ptr_null(rill_scorer_new(store, field, NULL, NULL));
    ck_assert_ptr_null(
        rill_scorer_new(store, rill_net_field(&mlp), &fine, &message)); /* untrained */
    rill_scorer_free(NULL);
}
END_TEST

/* Samples that steps of a mean make have another density than the velocity tells: steps forwards of
 * one stage are refused, and all others are by the velocity. */
START_TEST(steps_of_means_have_no_density)
{
    double x[2] = { .3, -.4 }, out[2], log_p[1], up[] = { 0, 1 }, down[] = { 1, 0 };
    rill_message message = { "" };
    rill_field field = { mixture_field, &others[2] };
    field.average = never;
    rill_scorer *s =
        scorer_of(field, (rill_scorer_options){ { RILL_F64, RILL_SHAPE(2), .batch = 2 } });
    for (int i = 0; i < 6; i++) {
        const char *name = i < 2 ? NULL : i < 4 ? "euler" : "heun";
        int refused = i % 2 == 0 && i < 4;
        rill_sampling r = { .solver = name ? rill_solver_find(name) : NULL,
                            .times = i % 2 ? down : up,
                            .time_count = 2,
                            .n = 1,
                            .x0 = x,
                            .samples = out };
        rill_status status = rill_scorer_run(s, &r, &(rill_scores){ log_p, NULL }, &message);
        ck_assert_int_eq(status, refused ? RILL_BAD_ARGUMENT : RILL_OK);
        rill_likelihood l = {
            .field = field, .solver = r.solver, .times = r.times, .time_count = 2
        };
        rill_graph *graph = rill_graph_new(store);
        rill_tensor *at = rill_full(graph, RILL_F64, RILL_SHAPE(1, 2), .5);
        if (r.solver)
            ck_assert_int_eq(rill_is_inert(rill_likelihood_build(&l, at, NULL).log_p), refused);
        rill_graph_free(graph);
    }
    ck_assert_msg(strstr(message.text, "such as heun"), "%s", message.text);
    rill_scorer_free(s);
}
END_TEST

START_TEST(wrong_graphs_are_failures)
{
    double times[] = { 1, 0 };
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 2));
    rill_likelihood good = { .field = { mixture_field, &others[2] },
                             .solver = rill_solver_find("euler"),
                             .times = times,
                             .time_count = 2 };
    rill_likelihood wrong[5] = { good, good, good, good, good };
    rill_source none = { 0 };
    wrong[0].field.at = NULL, wrong[1].solver = NULL, wrong[2].times = NULL;
    wrong[3].probe_count = 1, wrong[4].source = &none;
    ck_assert(!rill_is_inert(rill_likelihood_build(&good, x, NULL).log_p));
    for (int i = 0; i < 5; i++)
        ck_assert(rill_is_inert(rill_likelihood_build(&wrong[i], x, NULL).log_p));
    ck_assert(rill_is_inert(rill_likelihood_build(NULL, x, NULL).log_p));
    ck_assert(rill_is_inert(rill_likelihood_build(&good, NULL, NULL).log_p));
    ck_assert(rill_is_inert(rill_likelihood_build(&good, rill_scalar_like(x, 1), NULL).log_p));
    ck_assert(rill_is_inert(rill_normal_log_density(NULL, NULL)));
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    double x[6] = { 1, 0, 0, 0, 1, 0 }, log_p[3], times[] = { 1, .5 };
    rill_scorer_options options = { { RILL_F64, RILL_SHAPE(2), .batch = 2 }, .probes = 2 };
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_scorer *s =
            rill_scorer_new(store, (rill_field){ mixture_field, &others[2] }, &options, &message);
        rill_status status = RILL_NO_MEMORY;
        if (s)
            status = rill_scorer_run(
                s, &(rill_sampling){ .times = times, .time_count = 2, .n = 3, .x0 = x },
                &(rill_scores){ log_p, NULL }, &message);
        rill_alloc_fail(0, 0);
        rill_scorer_free(s);
        if (status == RILL_OK)
            break;
        ck_assert_msg(message.text[0], "allocation %d: no message", n);
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("likelihood");
    TCase *known = tcase_create("known"), *probes = tcase_create("probes"),
          *wrong = tcase_create("mistakes");
    TCase *cases[] = { known, probes, wrong };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], begin, end);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(known, a_linear_field_is_exact, 0, 2);
    tcase_add_loop_test(known, two_modes_have_the_published_errors, 0, 4);
    tcase_add_loop_test(known, other_mixtures_are_approached_with_the_order_of_the_solver, 0, 4);
    tcase_add_test(known, a_solver_that_chooses_its_steps);
    tcase_add_test(known, samples_come_with_the_density_that_they_have);
    tcase_add_test(known, another_source_weighs_where_data_come_from);
    tcase_add_loop_test(probes, estimates_are_within_their_errors_which_fall_as_the_root, 0, 2);
    tcase_add_loop_test(probes, in_one_dimension_a_probe_scales_by_its_square, 0, 3);
    tcase_add_loop_test(probes, conditions_reach_the_field, 0, 4);
    tcase_add_test(wrong, wrong_requests_are_refused);
    tcase_add_test(wrong, steps_of_means_have_no_density);
    tcase_add_test(wrong, wrong_graphs_are_failures);
    tcase_add_test(wrong, no_memory_anywhere_is_a_clean_failure);
    return run_suite(suite);
}
