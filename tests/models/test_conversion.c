/* test_conversion.c - velocity, data, noise and score from each other, and the objectives that rest
 * on that, between Gaussians, where all of them have closed forms. */
#include "evaluate.h"
#include "mixtures.h"
#include "models/flow/flow.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

#include <math.h>
#include <string.h>

enum { B = 6, D = 6 }; /* equal: a t [B] that is broadcast goes to columns, and is found out */
static const uint64_t seed = 11;
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

static int scheduler_count(void)
{
    int n = 0;
    while (rill_scheduler_built_in(n))
        n++;
    return n;
}

/* alpha, sigma and rates of a scheduler at B times, as numbers. */
typedef struct coefficients {
    double alpha[B], sigma[B], alpha_rate[B], sigma_rate[B];
} coefficients;

static coefficients coefficients_at(const rill_scheduler *s, rill_tensor *t)
{
    coefficients c;
    rill_scheduler_point at = rill_scheduler_at(s, t);
    evaluate(at.alpha, c.alpha, B);
    evaluate(at.sigma, c.sigma, B);
    evaluate(at.alpha_rate, c.alpha_rate, B);
    evaluate(at.sigma_rate, c.sigma_rate, B);
    return c;
}

/* The quantity of (x0, x1) in row i. */
static double quantity_of(rill_quantity q, const coefficients *c, int i, double x0, double x1,
                          double sd)
{
    switch (q) {
    case RILL_VELOCITY:
        return c->sigma_rate[i] * x0 + c->alpha_rate[i] * x1;
    case RILL_DATA:
        return x1;
    case RILL_NOISE:
        return x0;
    default:
        return -x0 / (c->sigma[i] * sd * sd);
    }
}

static void fill(rill_quantity q, const coefficients *c, double sd, double *out)
{
    const double *x0 = normals(seed, 0, B * D), *x1 = normals(seed, 1, B * D);
    for (int i = 0; i < B * D; i++)
        out[i] = quantity_of(q, c, i / D, x0[i], x1[i], sd);
}

static void fill_point(const coefficients *c, double *x)
{
    const double *x0 = normals(seed, 0, B * D), *x1 = normals(seed, 1, B * D);
    for (int i = 0; i < B * D; i++)
        x[i] = c->sigma[i / D] * x0[i] + c->alpha[i / D] * x1[i];
}

/* All pairs of quantities, on a scheduler, with a source of three sds and t as [B] and [B,1]. */
START_TEST(every_quantity_follows_from_every_other)
{
    const double sds[] = { 1, .5, 2 };
    const rill_scheduler *s = rill_scheduler_built_in(_i);
    rill_tensor *column = time_constant(g, RILL_SHAPE(B, 1)), *t = time_constant(g, RILL_SHAPE(B));
    coefficients c = coefficients_at(s, column);
    double x[B * D], from[B * D], to[B * D], got[B * D];
    fill_point(&c, x);
    rill_tensor *point = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), x, B * D);
    for (int pair = 0; pair < 48; pair++) {
        rill_quantity a = pair % 4, b = pair / 4 % 4;
        rill_conversion conversion = { s, sds[pair / 16] };
        fill(a, &c, sds[pair / 16], from);
        fill(b, &c, sds[pair / 16], to);
        rill_tensor *value = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), from, B * D);
        evaluate(rill_convert(&conversion, point, pair % 3 ? t : column, value, a, b), got, B * D);
        for (int i = 0; i < B * D; i++) {
            /* Some roundings of numbers of order one over alpha or sigma, twice for scores. */
            double end = fmin(c.alpha[i / D], c.sigma[i / D]);
            ck_assert_msg(fabs(got[i] - to[i]) <= 1e-14 * (1 + fabs(to[i])) / (end * end),
                          "%s, %s to %s, row %d: %.17g, not %.17g", s->name, rill_quantity_name(a),
                          rill_quantity_name(b), i / D, got[i], to[i]);
        }
    }
}
END_TEST

/* velocity = (a'/a) x - s0^2 ((s' s a - a' s^2)/a) score; on the linear path from N(0,1),
 * x/t + ((1-t)/t) score. */
START_TEST(a_score_gives_the_published_velocity)
{
    const rill_scheduler *s = rill_scheduler_built_in(_i);
    double sd = 1 + .5 * _i, got[B * D];
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    coefficients c = coefficients_at(s, t);
    const double *x = normals(seed, 2, B * D), *score = normals(seed, 3, B * D);
    rill_conversion conversion = { s, sd };
    evaluate(rill_convert(&conversion, normal_constant(g, seed, 2, RILL_SHAPE(B, D)), t,
                          normal_constant(g, seed, 3, RILL_SHAPE(B, D)), RILL_SCORE, RILL_VELOCITY),
             got, B * D);
    for (int i = 0; i < B * D; i++) {
        int r = i / D;
        double a = c.alpha[r], b = c.sigma[r], rate = c.alpha_rate[r] / a;
        double wanted =
            rate * x[i] -
            sd * sd * ((c.sigma_rate[r] * b * a - c.alpha_rate[r] * b * b) / a) * score[i];
        ck_assert_double_eq_tol(got[i], wanted, 1e-12 * (1 + fabs(wanted)) / a);
        double when = (r + .5) / B;
        if (s == &rill_scheduler_linear)
            ck_assert_double_eq_tol(got[i], x[i] / when + (1 - when) / when * score[i],
                                    1e-12 * (1 + fabs(wanted)) / a);
    }
}
END_TEST

/* The score of x_t and E[x1 | x_t = x] for x0 ~ N(0, sd^2) and a mixture: sums over its modes. */
static void posterior_of(const rill_mixture *to, double sd, double a, double s, double x,
                         double *score, double *data)
{
    double all = 0;
    *score = *data = 0;
    for (int64_t k = 0; k < to->count; k++) {
        double s1 = to->sd[k] * to->sd[k], v = s * s * sd * sd + a * a * s1;
        double off = x - a * to->mean[k];
        double w = to->weight[k] * exp(-off * off / (2 * v)) / sqrt(v);
        all += w;
        *score -= w * off / v;
        *data += w * (to->mean[k] + a * s1 / v * off);
    }
    *score /= all;
    *data /= all;
}

/* From the exact velocity to a mixture follow its score, data and noise as known. */
START_TEST(a_mixture_has_the_score_of_its_density)
{
    static const rill_mixture *const to[] = { &modes, &three, &uneven, &wide };
    static const double sds[] = { 1, .5, 2, .8 };
    const rill_scheduler *s = rill_scheduler_built_in(_i / 4);
    const double sd = sds[_i % 4], *x = normals(seed, 2, B * D);
    rill_mixture from = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, &sd };
    coefficients c = coefficients_at(s, time_constant(g, RILL_SHAPE(B, 1)));
    double u[B * D], got[3][B * D];
    for (int i = 0; i < B * D; i++) {
        int r = i / D;
        rill_mixing m = { c.alpha[r], c.sigma[r], c.alpha_rate[r], c.sigma_rate[r] };
        rill_mixture_field field;
        ck_assert_int_eq(rill_mixture_field_at(&from, to[_i % 4], m, x + i, &field, NULL), RILL_OK);
        u[i] = field.velocity[0];
    }
    rill_conversion conversion = { s, sd };
    rill_quantity asked[] = { RILL_SCORE, RILL_DATA, RILL_NOISE };
    for (int k = 0; k < 3; k++)
        evaluate(rill_convert(&conversion, normal_constant(g, seed, 2, RILL_SHAPE(B, D)),
                              time_constant(g, RILL_SHAPE(B)),
                              rill_constant(g, RILL_F64, RILL_SHAPE(B, D), u, B * D), RILL_VELOCITY,
                              asked[k]),
                 got[k], B * D);
    for (int i = 0; i < B * D; i++) {
        double wanted[3], end = fmin(c.alpha[i / D], c.sigma[i / D]);
        posterior_of(to[_i % 4], sd, c.alpha[i / D], c.sigma[i / D], x[i], wanted, wanted + 1);
        wanted[2] = -c.sigma[i / D] * sd * sd * wanted[0];
        for (int k = 0; k < 3; k++) /* what the velocity is rounded by, over the ends */
            ck_assert_double_eq_tol(got[k][i], wanted[k], 1e-14 * (1 + fabs(u[i])) / (end * end));
    }
}
END_TEST

START_TEST(the_ends_are_finite)
{
    double got[2 * D], ends[] = { 0, 1 };
    const rill_scheduler *s = rill_scheduler_built_in(_i);
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(2), ends, 2);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(2, D));
    for (int pair = 0; pair < 16; pair++) {
        rill_tensor *y =
            rill_convert(&(rill_conversion){ .scheduler = s }, x, t,
                         normal_constant(g, seed, 1, RILL_SHAPE(2, D)), pair % 4, pair / 4);
        evaluate(y, got, 2 * D);
        for (int i = 0; i < 2 * D; i++)
            ck_assert_msg(isfinite(got[i]), "%s, %s to %s at t = %g", s->name,
                          rill_quantity_name(pair % 4), rill_quantity_name(pair / 4), ends[i / D]);
    }
}
END_TEST

START_TEST(wrong_conversions_are_refused)
{
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(B, D), 1),
                *t = time_constant(g, RILL_SHAPE(B));
    rill_tensor *other = rill_full(g, RILL_F64, RILL_SHAPE(B, 2), 1);
    rill_tensor *row = rill_full(g, RILL_F64, RILL_SHAPE(1, B), 1);
    ck_assert(rill_is_inert(rill_convert(NULL, x, t, other, RILL_DATA, RILL_NOISE)));
    ck_assert(rill_is_inert(rill_convert(NULL, x, row, x, RILL_DATA, RILL_NOISE)));
    ck_assert(rill_is_inert(rill_convert(NULL, x, t, x, RILL_QUANTITY_COUNT, RILL_NOISE)));
    ck_assert(rill_is_inert(rill_convert(NULL, NULL, t, x, RILL_DATA, RILL_NOISE)));
    ck_assert(rill_is_inert(rill_convert(NULL, x, NULL, x, RILL_DATA, RILL_NOISE)));
    ck_assert_ptr_null(rill_quantity_name(RILL_QUANTITY_COUNT));
}
END_TEST

/* ---- Objectives, from N(0, sd^2) to N(mean, spread^2). */

typedef struct gaussians {
    const rill_scheduler *scheduler;
    double sd, mean, spread;
} gaussians;

typedef struct moments {
    rill_tensor *off, *sigma_part,
        *alpha_part; /* x - E x; covariances of x0 and x1 with x, over V */
} moments;

static moments moments_at(const gaussians *m, rill_tensor *x, rill_tensor *t)
{
    rill_scheduler_point at = rill_scheduler_at(m->scheduler, t);
    rill_tensor *s = rill_scale(at.sigma, m->sd * m->sd);
    rill_tensor *a = rill_scale(at.alpha, m->spread * m->spread);
    rill_tensor *v = rill_add(rill_mul(s, at.sigma), rill_mul(a, at.alpha));
    return (moments){ rill_sub(x, rill_scale(at.alpha, m->mean)), rill_div(s, v), rill_div(a, v) };
}

static rill_tensor *expected_noise(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                   const void *self)
{
    moments k = moments_at(self, x, t);
    (void)cond;
    return rill_mul(k.sigma_part, k.off);
}

static rill_tensor *expected_data(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                  const void *self)
{
    const gaussians *m = self;
    moments k = moments_at(m, x, t);
    (void)cond;
    return rill_shift(rill_mul(k.alpha_part, k.off), m->mean);
}

static rill_tensor *exact_score(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const gaussians *m = self;
    rill_scheduler_point at = rill_scheduler_at(m->scheduler, t);
    return rill_div(expected_noise(x, t, cond, self), rill_scale(at.sigma, -m->sd * m->sd));
}

static rill_tensor *exact_velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                   const void *self)
{
    const gaussians *m = self;
    rill_scheduler_point at = rill_scheduler_at(m->scheduler, t);
    return rill_add(rill_mul(at.sigma_rate, expected_noise(x, t, cond, self)),
                    rill_mul(at.alpha_rate, expected_data(x, t, cond, self)));
}

static const struct {
    const char *objective;
    rill_tensor *(*net)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self);
} perfect[] = { { "velocity", exact_velocity },
                { "data", expected_data },
                { "noise", expected_noise },
                { "score", exact_score } };

static rill_flow perfect_flow(const gaussians *m, rill_path *path, int objective)
{
    *path = rill_affine_path(m->scheduler);
    return (rill_flow){ .path = path,
                        .net = { perfect[objective].net, m, "exact" },
                        .objective = rill_objective_find(perfect[objective].objective),
                        .source_sd = m->sd };
}

/* With a perfect network every objective has the velocity mu' + (C/V)(x - mu). */
START_TEST(every_objective_gives_the_exact_velocity)
{
    const double settings[][3] = { { 1, 0, 1 }, { 1, 2, .3 }, { .5, -1, 2 }, { 2, 3, .7 } };
    const rill_scheduler *s = rill_scheduler_built_in(_i / 4);
    for (int k = 0; k < 4; k++) {
        gaussians m = { s, settings[k][0], settings[k][1], settings[k][2] };
        rill_path path;
        rill_flow flow = perfect_flow(&m, &path, _i % 4);
        rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
        coefficients c = coefficients_at(s, t);
        const double *x = normals(seed, 4, B * D);
        double got[B * D];
        evaluate(rill_flow_velocity(&flow, normal_constant(g, seed, 4, RILL_SHAPE(B, D)), t, NULL),
                 got, B * D);
        for (int i = 0; i < B * D; i++) {
            double a = c.alpha[i / D], b = c.sigma[i / D], s0 = m.sd * m.sd,
                   s1 = m.spread * m.spread;
            double V = b * b * s0 + a * a * s1;
            double C = b * c.sigma_rate[i / D] * s0 + a * c.alpha_rate[i / D] * s1;
            double wanted = c.alpha_rate[i / D] * m.mean + C / V * (x[i] - a * m.mean);
            ck_assert_double_eq_tol(got[i], wanted, 1e-12 * (1 + fabs(wanted)) / fmin(a, b));
        }
    }
}
END_TEST

/* The loss of given rows is the mean square of prediction less target, as the test computes them.
 */
START_TEST(the_loss_is_the_squared_error_of_the_quantity)
{
    gaussians m = { &rill_scheduler_cosine, .8, 1, .5 };
    rill_path path;
    rill_flow flow = perfect_flow(&m, &path, _i);
    rill_tensor *t = time_constant(g, RILL_SHAPE(B));
    coefficients c = coefficients_at(m.scheduler, time_constant(g, RILL_SHAPE(B, 1)));
    rill_flow_batch batch = { normal_constant(g, seed, 0, RILL_SHAPE(B, D)),
                              normal_constant(g, seed, 1, RILL_SHAPE(B, D)), t, NULL };
    const double *x0 = normals(seed, 0, B * D), *x1 = normals(seed, 1, B * D);
    double loss, wanted = 0;
    evaluate(rill_flow_loss(&flow, batch), &loss, 1);
    for (int i = 0; i < B * D; i++) {
        double a = c.alpha[i / D], b = c.sigma[i / D], s0 = m.sd * m.sd, s1 = m.spread * m.spread;
        double off = b * x0[i] + a * x1[i] - a * m.mean, V = b * b * s0 + a * a * s1;
        double noise_hat = b * s0 / V * off, data = m.mean + a * s1 / V * off;
        double velocity = c.sigma_rate[i / D] * noise_hat + c.alpha_rate[i / D] * data;
        double truth = c.sigma_rate[i / D] * x0[i] + c.alpha_rate[i / D] * x1[i];
        const double errors[] = { velocity - truth, data - x1[i], noise_hat - x0[i],
                                  noise_hat - x0[i] };
        wanted += errors[_i] * errors[_i] / (B * D);
    }
    ck_assert_double_eq_tol(loss, wanted, 1e-13 * (1 + wanted)); /* sums of 36 terms */
}
END_TEST

START_TEST(objectives_and_weightings_are_found_by_name)
{
    for (int i = 0; rill_objective_at(i); i++)
        ck_assert_ptr_eq(rill_objective_find(rill_objective_at(i)->name), rill_objective_at(i));
    for (int i = 0; rill_weighting_at(i); i++)
        ck_assert_ptr_eq(rill_weighting_find(rill_weighting_at(i)->name), rill_weighting_at(i));
    ck_assert_ptr_null(rill_objective_find("velocities"));
    ck_assert_ptr_null(rill_weighting_find(NULL));
    ck_assert_ptr_null(rill_objective_at(-1));
    ck_assert_ptr_null(rill_weighting_at(-1));
}
END_TEST

/* min-SNR and cosmap by their formulas; all weightings are finite and not negative. */
START_TEST(weightings_are_their_formulas)
{
    double ends[] = { 0, .05, .3, .5, .9, 1 }, got[B], gamma = 5;
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(B, 1), ends, B);
    for (int k = 0; rill_weighting_at(k); k++) {
        const rill_weighting *w = rill_weighting_at(k);
        rill_tensor *y = w->at(t, &rill_scheduler_linear, w->self);
        evaluate(rill_broadcast(y, RILL_SHAPE(B, 1)), got, B);
        for (int i = 0; i < B; i++) {
            double a = ends[i], s = 1 - a;
            ck_assert_msg(got[i] >= 0 && isfinite(got[i]), "%s at %g", w->name, a);
            if (strcmp(w->name, "min-snr") == 0)
                ck_assert_double_eq_tol(got[i], fmin(a * a / (s * s), gamma) / gamma, 1e-15);
            if (strcmp(w->name, "cosmap") == 0)
                ck_assert_double_eq_tol(got[i], 2 / (M_PI * (1 - 2 * a + 2 * a * a)), 1e-15 * 4);
        }
    }
}
END_TEST

START_TEST(predictions_need_an_affine_path)
{
    rill_flow flow = { .path = &rill_path_curved, .net = { .velocity = expected_data } };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(B, D), 1);
    flow.objective = &rill_objective_data;
    ck_assert(rill_is_inert(rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x })));
    ck_assert_msg(strstr(rill_error(g), "affine path"), "%s", rill_error(g));
    ck_assert(rill_is_inert(rill_flow_field(NULL).at(x, x, NULL, NULL)));
}
END_TEST

/* ---- Dropout of conditions. */

static rill_tensor *label_of(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    return x;
}

START_TEST(conditions_are_left_out_as_often_as_asked)
{
    enum { ROWS = 4096 };
    static int32_t label[ROWS];
    static double vector[ROWS * 2];
    const double rates[] = { 0, .1, .5, 1 };
    double rate = rates[_i];
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 1), 1);
    rill_flow flow = { .net = { label_of, NULL, "still" }, .dropout = rate };
    rill_tensor *labels = rill_full(g, RILL_I32, RILL_SHAPE(ROWS), 3);
    rill_tensor *vectors = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 2), 7);
    evaluate(rill_flow_build(&flow, (rill_flow_batch){ .x1 = x, .cond = labels }).cond, label,
             ROWS);
    evaluate(rill_flow_build(&flow, (rill_flow_batch){ .x1 = x, .cond = vectors }).cond, vector,
             ROWS * 2);
    int left_out = 0, zeros = 0;
    for (int i = 0; i < ROWS; i++) {
        ck_assert(label[i] == 3 || label[i] == -1);
        ck_assert(vector[2 * i] == vector[2 * i + 1] && (vector[2 * i] == 7 || vector[2 * i] == 0));
        left_out += label[i] == -1;
        zeros += vector[2 * i] == 0;
    }
    /* Four standard deviations of a binomial. */
    double slack = 4 * sqrt(rate * (1 - rate) / ROWS) + 1e-12;
    ck_assert_double_eq_tol((double)left_out / ROWS, rate, slack);
    ck_assert_double_eq_tol((double)zeros / ROWS, rate, slack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("conversion");
    TCase *conversions = tcase_create("conversions"), *objectives = tcase_create("objectives");
    TCase *all[] = { conversions, objectives };
    for (int i = 0; i < 2; i++) {
        tcase_add_checked_fixture(all[i], begin, end);
        suite_add_tcase(suite, all[i]);
    }
    tcase_add_loop_test(conversions, every_quantity_follows_from_every_other, 0, scheduler_count());
    tcase_add_loop_test(conversions, a_score_gives_the_published_velocity, 0, scheduler_count());
    tcase_add_loop_test(conversions, a_mixture_has_the_score_of_its_density, 0,
                        4 * scheduler_count());
    tcase_add_loop_test(conversions, the_ends_are_finite, 0, scheduler_count());
    tcase_add_test(conversions, wrong_conversions_are_refused);
    tcase_add_loop_test(objectives, every_objective_gives_the_exact_velocity, 0,
                        4 * scheduler_count());
    tcase_add_loop_test(objectives, the_loss_is_the_squared_error_of_the_quantity, 0, 4);
    tcase_add_test(objectives, objectives_and_weightings_are_found_by_name);
    tcase_add_test(objectives, weightings_are_their_formulas);
    tcase_add_test(objectives, predictions_need_an_affine_path);
    tcase_add_loop_test(objectives, conditions_are_left_out_as_often_as_asked, 0, 4);
    return run_suite(suite);
}
