/* test_train.c - optimisers against the same rules written out in plain C, and what they may never
 * do. */
#include "core/grad.h"
#include "evaluate.h"
#include "models/train/average.h"
#include "models/train/gradient.h"
#include "models/train/optimizer.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

#include <math.h>
#include <string.h>

enum { N = 3, STEPS = 40 };
static const uint64_t seed = 3;
static rill_store *store;
static rill_graph *g;
static rill_tensor *a, *b, *loss; /* loss = sum (a - 1)^4/4 + 3 b^2/2 */

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
    rill_init start = { RILL_INIT_NORMAL, 2.0 };
    a = rill_param(g, RILL_F64, RILL_SHAPE(N), start, "a");
    b = rill_param(g, RILL_F64, RILL_SHAPE(1), start, "b");
    rill_tensor *off = rill_square(rill_shift(a, -1));
    loss = rill_add(rill_scale(rill_sum_all(rill_square(off)), .25),
                    rill_scale(rill_sum_all(rill_square(b)), 1.5));
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* The weights, a and then b, as one array. */
static void weights(double w[N + 1])
{
    ck_assert_int_eq(rill_store_get(store, "a", w, N, NULL), RILL_OK);
    ck_assert_int_eq(rill_store_get(store, "b", w + N, 1, NULL), RILL_OK);
}

static void gradient(const double w[N + 1], double grad[N + 1])
{
    for (int i = 0; i < N; i++)
        grad[i] = pow(w[i] - 1, 3);
    grad[N] = 3 * w[N];
}

static double norm_of(const double *v, int n)
{
    double square = 0;
    for (int i = 0; i < n; i++)
        square += v[i] * v[i];
    return sqrt(square);
}

static rill_program *program_of(rill_tensor *update)
{
    rill_tensor *outputs[] = { loss, update };
    return compiled(g, outputs, 2);
}

/* Forty steps of some ten roundings each, on numbers of order one: 1e-13 an order below 1e-12. */
static void expect_weights(const double w[N + 1])
{
    double now[N + 1];
    weights(now);
    for (int i = 0; i <= N; i++)
        ck_assert_double_eq_tol(now[i], w[i], 1e-12);
}

/* ---- The rules in plain C. */

typedef struct plain {
    double lr, decay, clip;
    int decoupled;
    double w[N + 1], m[N + 1], v[N + 1];
} plain;

static void clip_plain(double grad[N + 1], double limit)
{
    double norm = norm_of(grad, N + 1);
    for (int i = 0; limit > 0 && norm > limit && i <= N; i++)
        grad[i] *= limit / norm;
}

static void plain_adam(plain *p, int step)
{
    double grad[N + 1];
    gradient(p->w, grad);
    clip_plain(grad, p->clip);
    for (int i = 0; i <= N; i++) {
        if (p->decoupled)
            p->w[i] -= p->lr * p->decay * p->w[i];
        else
            grad[i] += p->decay * p->w[i];
        p->m[i] = .9 * p->m[i] + .1 * grad[i];
        p->v[i] = .999 * p->v[i] + .001 * grad[i] * grad[i];
        double m = p->m[i] / (1 - pow(.9, step + 1)), v = p->v[i] / (1 - pow(.999, step + 1));
        p->w[i] -= p->lr * m / (sqrt(v) + 1e-8);
    }
}

static const rill_adam_options adam_cases[] = {
    { .lr = .05 },
    { .lr = .05, .weight_decay = .1 },
    { .lr = .05, .clip = .5 },
    { .lr = .05, .clip = .5, .weight_decay = .1 },
};

static void check_adam(rill_tensor *update, rill_adam_options options, int decoupled)
{
    rill_program *p = program_of(update);
    plain expected = { .lr = options.lr,
                       .decay = options.weight_decay,
                       .clip = options.clip,
                       .decoupled = decoupled };
    weights(expected.w);
    for (int i = 0; i < STEPS; i++) {
        run(p);
        plain_adam(&expected, i);
        expect_weights(expected.w);
    }
    rill_program_free(p);
}

START_TEST(adam_is_adam)
{
    check_adam(rill_adam(loss, adam_cases[_i]), adam_cases[_i], 0);
}
END_TEST

START_TEST(adamw_is_adamw)
{
    check_adam(rill_adamw(loss, adam_cases[_i]), adam_cases[_i], 1);
}
END_TEST

START_TEST(zero_options_are_the_standard_ones)
{
    double before[N + 1], after[N + 1], grad[N + 1];
    rill_program *p = program_of(rill_adam(loss, (rill_adam_options){ 0 }));
    weights(before);
    gradient(before, grad);
    run(p);
    weights(after);
    for (int i = 0; i <= N; i++)
        /* The first step of Adam is the rate times g/(|g| + epsilon). */
        ck_assert_double_eq_tol(after[i], before[i] - 1e-3 * grad[i] / (fabs(grad[i]) + 1e-8),
                                1e-15);
    rill_program_free(p);
}
END_TEST

START_TEST(gradients_made_elsewhere_make_the_same_step)
{
    rill_tensor *params[] = { a, b }, *grads[2];
    rill_grad(loss, params, 2, grads);
    check_adam(rill_adam_gradients(params, grads, 2, loss, adam_cases[_i]), adam_cases[_i], 0);
}
END_TEST

START_TEST(sgd_has_momentum_and_decay)
{
    rill_sgd_options options = { .lr = .01, .momentum = .8, .weight_decay = .05 };
    rill_program *p = program_of(rill_sgd(loss, options));
    double w[N + 1], m[N + 1] = { 0 }, grad[N + 1];
    weights(w);
    for (int step = 0; step < STEPS; step++) {
        run(p);
        gradient(w, grad);
        for (int i = 0; i <= N; i++) {
            m[i] = .8 * m[i] + grad[i] + .05 * w[i];
            w[i] -= .01 * m[i];
        }
        expect_weights(w);
    }
    rill_program_free(p);
}
END_TEST

/* ---- Schedules. */

static double expected_factor(int decays, int warmup, int steps, int n)
{
    double progress = decays ? fmin(fmax((double)(n - warmup) / (steps - warmup), 0), 1) : 0;
    double rise = warmup ? fmin(1, (n + 1.0) / warmup) : 1;
    return rise * (decays ? .5 * (1 + cos(M_PI * progress)) : 1);
}

START_TEST(schedules_have_their_closed_form)
{
    static const int cases[][2] = { { 0, 0 }, { 0, 5 }, { 1, 0 }, { 1, 5 } };
    int decays = cases[_i][0], warmup = cases[_i][1];
    rill_schedule schedule = { .warmup = warmup, .steps = decays ? 20 : 0 };
    if (decays)
        schedule.decay = rill_decay_find("cosine")->decay;
    for (int n = 0; n <= 25; n++) {
        double factor;
        rill_tensor *count = rill_full(g, RILL_I32, RILL_SCALAR, n);
        evaluate(rill_schedule_factor(&schedule, count), &factor, 1);
        /* Three roundings. */
        ck_assert_double_eq_tol(factor, expected_factor(decays, warmup, 20, n), 1e-15);
    }
}
END_TEST

START_TEST(the_step_follows_the_schedule)
{
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = 10, .warmup = 3 };
    rill_program *p =
        program_of(rill_sgd(loss, (rill_sgd_options){ .lr = .02, .schedule = schedule }));
    double w[N + 1], grad[N + 1], last[N + 1];
    weights(w);
    for (int step = 0; step < 12; step++) {
        run(p);
        gradient(w, grad);
        for (int i = 0; i <= N; i++)
            w[i] -= .02 * expected_factor(1, 3, 10, step) * grad[i];
        expect_weights(w);
    }
    weights(last);
    run(p); /* the rate is 0 from step 10 on */
    expect_weights(last);
    rill_program_free(p);
}
END_TEST

/* ---- Averages. */

START_TEST(averages_follow_the_weights)
{
    double decay = .8;
    rill_program *p = program_of(rill_adam(loss, (rill_adam_options){ .lr = .05, .ema = decay }));
    double w[N + 1], average[N + 1] = { 0 }, got[N];
    for (int step = 0; step < STEPS; step++) {
        run(p);
        weights(w);
        double share = fmax(1 - decay, 9 / (9.0 + step));
        for (int i = 0; i <= N; i++)
            average[i] += share * (w[i] - average[i]);
        ck_assert_int_eq(rill_store_get(store, "ema.a", got, N, NULL), RILL_OK);
        for (int i = 0; i < N; i++)
            ck_assert_double_eq_tol(got[i], average[i], 1e-12); /* as for the weights */
        if (step == 0)
            ck_assert_double_eq(got[0], w[0]);
    }
    rill_program_free(p);
}
END_TEST

START_TEST(an_averaged_store_has_averages_for_weights)
{
    rill_program *p = program_of(rill_adam(loss, (rill_adam_options){ .lr = .05, .ema = .5 }));
    double average[N], used[N], frozen = 4, kept;
    for (int i = 0; i < 5; i++)
        run(p);
    ck_assert_int_eq(
        rill_store_put(store, "frozen", RILL_PARAMETER, RILL_F64, RILL_SHAPE(1), &frozen, NULL),
        RILL_OK);
    rill_store *averages = rill_averaged_store(store, NULL);
    ck_assert_ptr_nonnull(averages);
    ck_assert_int_eq(rill_store_count(averages), 3);
    rill_store_get(store, "ema.a", average, N, NULL);
    ck_assert_int_eq(rill_store_get(averages, "a", used, N, NULL), RILL_OK);
    ck_assert_mem_eq(average, used, sizeof used);
    ck_assert_int_eq(rill_store_get(averages, "frozen", &kept, 1, NULL), RILL_OK);
    ck_assert_double_eq(kept, 4);
    ck_assert_ptr_null(rill_averaged_store(NULL, NULL));
    rill_store_free(averages);
    rill_program_free(p);
}
END_TEST

/* ---- Clipping, and what may never be committed. */

START_TEST(clipping_limits_the_norm_of_all_together)
{
    rill_tensor *grads[2], *clipped[2];
    double x[N], y, norm;
    const double *in = normals(seed, 0, N + 1);
    grads[0] = rill_constant(g, RILL_F64, RILL_SHAPE(N), in, N);
    grads[1] = rill_constant(g, RILL_F64, RILL_SHAPE(1), in + N, 1);
    evaluate(rill_global_norm(grads, 2), &norm, 1);
    /* Four squares. */
    ck_assert_double_eq_tol(norm, norm_of(in, N + 1), 1e-15 * 8);
    rill_clip_by_global_norm(grads, 2, norm / 2, clipped);
    evaluate(clipped[0], x, N);
    evaluate(clipped[1], &y, 1);
    ck_assert_double_eq_tol(x[1], in[1] / 2, 1e-15);
    ck_assert_double_eq_tol(y, in[N] / 2, 1e-15);
    rill_clip_by_global_norm(grads, 2, norm * 2, clipped);
    evaluate(clipped[0], x, N);
    ck_assert_mem_eq(x, in, sizeof x);
}
END_TEST

static void expect_untouched(rill_tensor *update, rill_tensor *input, const double *bad)
{
    double before[N + 1], after[N + 1];
    int32_t step;
    rill_program *p = program_of(update);
    double fine = 1;
    weights(before);
    ck_assert_int_eq(rill_feed(p, input, bad, 1), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_NOT_FINITE);
    weights(after);
    ck_assert_mem_eq(before, after, sizeof after);
    ck_assert_int_eq(rill_store_get(store, "step", &step, 1, NULL), RILL_OK);
    ck_assert_int_eq(step, 0);
    ck_assert_int_eq(rill_feed(p, input, &fine, 1), RILL_OK);
    run(p);
    rill_store_get(store, "step", &step, 1, NULL);
    ck_assert_int_eq(step, 1);
    rill_program_free(p);
}

START_TEST(a_loss_that_is_not_finite_changes_nothing)
{
    const double bad[] = { (double)NAN, (double)INFINITY, -(double)INFINITY };
    rill_tensor *factor = rill_input(g, "factor", RILL_F64, RILL_SHAPE(1));
    loss = rill_mul(loss, rill_sum_all(factor));
    rill_adam_options options = { .lr = .05, .ema = .9, .clip = 1 };
    expect_untouched(rill_adam(loss, options), factor, &bad[_i]);
}
END_TEST

START_TEST(a_gradient_that_is_not_finite_changes_nothing)
{
    double zero = 0;
    rill_tensor *shift = rill_input(g, "shift", RILL_F64, RILL_SHAPE(1));
    /* sqrt(0 x) is 0, its derivative in x infinite times 0. */
    loss = rill_add(loss, rill_sum_all(rill_sqrt(rill_mul(shift, rill_square(b)))));
    expect_untouched(rill_sgd(loss, (rill_sgd_options){ 0 }), shift, &zero);
}
END_TEST

/* ---- What is refused. */

START_TEST(mistakes_are_named)
{
    rill_tensor *params[] = { a, b }, *swapped[] = { b, a };
    rill_tensor *wrong[] = {
        rill_adam(rill_full(g, RILL_F64, RILL_SCALAR, 1), (rill_adam_options){ 0 }),
        rill_adam(NULL, (rill_adam_options){ 0 }),
        rill_adam(loss, (rill_adam_options){ .lr = -1 }),
        rill_adam(loss, (rill_adam_options){ .beta1 = 1 }),
        rill_adam(loss, (rill_adam_options){ .beta2 = (double)NAN }),
        rill_adam(loss, (rill_adam_options){ .clip = -1 }),
        rill_adam(loss, (rill_adam_options){ .ema = 1 }),
        rill_adam(loss, (rill_adam_options){ .schedule = { rill_decay_cosine, 5, 5 } }),
        rill_adam(a, (rill_adam_options){ 0 }),
        rill_sgd(loss, (rill_sgd_options){ .lr = (double)INFINITY }),
        rill_sgd_gradients(params, swapped, 2, NULL, (rill_sgd_options){ 0 }),
        rill_sgd_gradients(NULL, NULL, 2, NULL, (rill_sgd_options){ 0 }),
        rill_sgd_gradients(params, params, -2, NULL, (rill_sgd_options){ 0 }),
        rill_adamw_gradients(params, params, INT64_MAX, loss, (rill_adam_options){ 0 }),
        rill_global_norm(NULL, 1),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(rill_is_inert(wrong[i]), "mistake %d was accepted", (int)i);
    ck_assert_ptr_nonnull(rill_error(g));
    ck_assert_ptr_null(rill_decay_find("linear?"));
}
END_TEST

/* By name: each goes down a parabola, and away from large weights where they decay. */
START_TEST(optimizers_are_found_by_name)
{
    const rill_optimizer *o = rill_optimizer_at(_i);
    double first, last;
    ck_assert_ptr_eq(rill_optimizer_find(o->name), o);
    ck_assert_ptr_null(rill_optimizer_find("lion"));
    ck_assert_ptr_null(rill_optimizer_at(-1));
    rill_tensor *w =
        rill_param(g, RILL_F64, RILL_SHAPE(3), (rill_init){ RILL_INIT_CONSTANT, 2 }, "w");
    rill_tensor *height = rill_sum_all(rill_square(rill_shift(w, -1)));
    rill_tensor *outputs[] = { height, o->minimize(height, (rill_adam_options){
                                                               .lr = .01, .weight_decay = 1e-3 }) };
    rill_program *p = compiled(g, outputs, 2);
    run(p);
    rill_read(p, height, &first, 1);
    for (int i = 0; i < 50; i++)
        run(p);
    rill_read(p, height, &last, 1);
    ck_assert_double_lt(last, first / 2);
    rill_program_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train");
    TCase *rules = tcase_create("rules"), *guards = tcase_create("guards");
    tcase_add_checked_fixture(rules, begin, end);
    tcase_add_checked_fixture(guards, begin, end);
    tcase_add_loop_test(rules, adam_is_adam, 0, 4);
    tcase_add_loop_test(rules, adamw_is_adamw, 0, 4);
    int optimizers = 0;
    while (rill_optimizer_at(optimizers))
        optimizers++;
    tcase_add_loop_test(rules, optimizers_are_found_by_name, 0, optimizers);
    tcase_add_test(rules, zero_options_are_the_standard_ones);
    tcase_add_loop_test(rules, gradients_made_elsewhere_make_the_same_step, 0, 4);
    tcase_add_test(rules, sgd_has_momentum_and_decay);
    tcase_add_loop_test(rules, schedules_have_their_closed_form, 0, 4);
    tcase_add_test(rules, the_step_follows_the_schedule);
    tcase_add_test(rules, averages_follow_the_weights);
    tcase_add_test(rules, an_averaged_store_has_averages_for_weights);
    tcase_add_test(rules, clipping_limits_the_norm_of_all_together);
    tcase_add_loop_test(guards, a_loss_that_is_not_finite_changes_nothing, 0, 3);
    tcase_add_test(guards, a_gradient_that_is_not_finite_changes_nothing);
    tcase_add_test(guards, mistakes_are_named);
    suite_add_tcase(suite, rules);
    suite_add_tcase(suite, guards);
    return run_suite(suite);
}
