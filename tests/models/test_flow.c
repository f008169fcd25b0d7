/* test_flow.c - the loss of flow matching. */
#include "evaluate.h"
#include "models/flow/flow.h"
#include "models/flow/mixture.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <math.h>
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

static const rill_path learned = { .name = "learned", .at = learned_at };

/* The ends of B rows, and B times, as [B,1]. */
static rill_tensor *x0_of(void)
{
    return normal_constant(g, seed, 0, RILL_SHAPE(B, D));
}

static rill_tensor *x1_of(void)
{
    return normal_constant(g, seed, 1, RILL_SHAPE(B, D));
}

/* ---- The loss. */

/* The exact field from N(0,1) to two modes at +-2 of sd .3 on the linear path, as a network. */
static rill_tensor *exact(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    rill_tensor *s = rill_sub(rill_scalar_like(t, 1), t);
    rill_tensor *v = rill_add(rill_square(s), rill_scale(rill_square(t), .09));
    rill_tensor *c = rill_sub(rill_scale(t, .09), s);
    /* Responsibility of the mode at 2 over that at -2: the log of the ratio is 4 t x/v. */
    rill_tensor *tilt = rill_tanh(rill_div(rill_scale(rill_mul(t, x), 2), v));
    rill_tensor *mean = rill_scale(tilt, 2);
    return rill_add(mean, rill_mul(rill_div(c, v), rill_sub(x, rill_mul(t, mean))));
}

static const rill_mixture noise = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, (double[]){ 1 } };
static const rill_mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                                    (double[]){ .3, .3 } };

START_TEST(the_exact_field_is_the_closed_form)
{
    double v[B];
    rill_net net = { exact, NULL, "exact" };
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 1));
    const double *points = normals(seed, 0, B);
    evaluate(rill_net_velocity(&net, x, time_constant(g, RILL_SHAPE(B)), NULL), v, B);
    for (int i = 0; i < B; i++) {
        rill_mixture_field field;
        rill_mixing at = rill_mixing_linear((i + .5) / B);
        rill_mixture_field_at(&noise, &modes, at, points + i, &field, NULL);
        ck_assert_double_eq_tol(v[i], field.velocity[0],
                                1e-12); /* a dozen roundings, values to 10 */
    }
}
END_TEST

START_TEST(the_loss_of_the_exact_field_is_the_floor)
{
    enum { ROWS = 4096, ROUNDS = 64 };
    static double x1[ROWS];
    rill_tensor *data = rill_input(g, "x1", RILL_F64, RILL_SHAPE(ROWS, 1));
    rill_flow flow = { .net = { .velocity = exact } };
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data });
    rill_tensor *step =
        rill_sgd(rill_sum_all(rill_param(g, RILL_F64, RILL_SCALAR, (rill_init){ 0 }, "unused")),
                 (rill_sgd_options){ 0 }); /* advances the random streams */
    rill_tensor *outputs[] = { loss, step };
    rill_program *p = compiled(g, outputs, 2);
    double total = 0, value;
    for (int round = 0; round < ROUNDS; round++) {
        rill_stream_normal(rill_stream_key(seed, "data"), (uint32_t)round, 0, 0, ROWS, x1);
        for (int i = 0; i < ROWS; i++)
            x1[i] = .3 * x1[i] + (i % 2 ? 2 : -2);
        rill_feed(p, data, x1, ROWS);
        run(p);
        rill_read(p, loss, &value, 1);
        total += value / ROUNDS;
    }
    /* 262,144 terms of sd about 4: five standard errors of .008. */
    ck_assert_double_eq_tol(total, 2.488939, .04);
    rill_program_free(p);
}
END_TEST

/* Says t in every column, to see which t a row was given. */
static rill_tensor *echo(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    return rill_broadcast(t, rill_shape_of(x));
}

START_TEST(times_go_to_rows_even_when_the_batch_is_square)
{
    double times[4], v[16], x[16];
    for (int i = 0; i < 4; i++)
        times[i] = .25 * i;
    rill_tensor *x1 = rill_full(g, RILL_F64, RILL_SHAPE(4, 4), 1);
    rill_flow_batch batch = { .x0 = rill_full(g, RILL_F64, RILL_SHAPE(4, 4), 0), .x1 = x1 };
    batch.t = rill_constant(g, RILL_F64, RILL_SHAPE(4), times, 4);
    rill_flow_parts parts = rill_flow_build(&(rill_flow){ .net = { .velocity = echo } }, batch);
    evaluate(parts.prediction, v, 16);
    evaluate(parts.x, x, 16);
    for (int i = 0; i < 16; i++) {
        ck_assert_double_eq(v[i], times[i / 4]);
        ck_assert_double_eq(x[i], times[i / 4]);
    }
}
END_TEST

START_TEST(samples_may_have_any_rank)
{
    double loss;
    rill_tensor *x1 = normal_constant(g, seed, 0, RILL_SHAPE(4, 2, 3, 2));
    rill_flow flow = { .path = &rill_path_curved, .net = { .velocity = rill_mlp } };
    rill_flow_parts parts = rill_flow_build(&flow, (rill_flow_batch){ .x1 = x1 });
    ck_assert_int_eq(rill_rank(parts.t), 4);
    ck_assert_int_eq(rill_dim(parts.t, 0), 4);
    evaluate(parts.loss, &loss, 1);
    ck_assert(isfinite(loss) && loss > 0);
}
END_TEST

static rill_tensor *constant_weight(rill_tensor *t, const rill_scheduler *scheduler,
                                    const void *self)
{
    (void)scheduler;
    return rill_scalar_like(t, *(const double *)self);
}

START_TEST(a_weight_multiplies_the_loss)
{
    double plain, weighted, two = 2;
    rill_flow_batch batch = { .x0 = x0_of(), .x1 = x1_of(), .t = time_constant(g, RILL_SHAPE(B)) };
    rill_flow flow = { .net = { .velocity = rill_mlp } };
    evaluate(rill_flow_loss(&flow, batch), &plain, 1);
    rill_weighting twice = { .name = "twice", .at = constant_weight, .self = &two };
    flow.weighting = &twice;
    evaluate(rill_flow_loss(&flow, batch), &weighted, 1);
    ck_assert_double_eq_tol(weighted, 2 * plain,
                            1e-14 * plain); /* sums of 24 terms, rounded apart */
}
END_TEST

START_TEST(what_is_not_given_is_drawn_anew_each_step)
{
    double first, second, third;
    rill_tensor *loss = rill_flow_loss(&(rill_flow){ .net = { .velocity = rill_mlp } },
                                       (rill_flow_batch){ .x1 = x1_of() });
    rill_tensor *outputs[] = { loss, rill_adam(loss, (rill_adam_options){ .lr = 1e-300 }) };
    rill_program *train = compiled(g, outputs, 2), *look = compiled(g, &loss, 1);
    run(look);
    rill_read(look, loss, &first, 1);
    run(train);
    rill_read(train, loss, &second, 1);
    ck_assert_double_eq(first, second); /* looking does not advance the streams */
    run(train);
    rill_read(train, loss, &third, 1);
    ck_assert_double_ne(second, third);
    rill_program_free(train);
    rill_program_free(look);
}
END_TEST

START_TEST(a_learned_path_trains_with_the_network)
{
    double before[D], after[D], loss_before, loss_after;
    rill_flow_batch batch = { .x0 = x0_of(), .x1 = x1_of(), .t = time_constant(g, RILL_SHAPE(B)) };
    rill_flow flow = { .path = &learned, .net = { .velocity = rill_mlp } };
    rill_tensor *loss = rill_flow_loss(&flow, batch);
    rill_tensor *outputs[] = { loss, rill_adam(loss, (rill_adam_options){ .lr = 1e-2 }) };
    rill_program *p = compiled(g, outputs, 2);
    ck_assert_int_eq(rill_store_get(store, "path.bend", before, D, NULL), RILL_OK);
    run(p);
    rill_read(p, loss, &loss_before, 1);
    for (int i = 0; i < 200; i++)
        run(p);
    rill_read(p, loss, &loss_after, 1);
    rill_store_get(store, "path.bend", after, D, NULL);
    for (int i = 0; i < D; i++)
        ck_assert_double_ge(fabs(after[i] - before[i]), 1e-3);
    ck_assert_double_le(loss_after, loss_before / 2);
    rill_program_free(p);
}
END_TEST

START_TEST(training_from_c_learns_two_modes)
{
    enum { ROWS = 128, ROUNDS = 400 };
    static float x1[ROWS];
    rill_tensor *data = rill_input(g, "x1", RILL_F32, RILL_SHAPE(ROWS, 1));
    rill_net_size small = { .hidden = 32, .layers = 2 };
    rill_flow flow = { .net = { rill_mlp, &small, "mlp" } };
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data });
    rill_tensor *outputs[] = { loss, rill_adam(loss, (rill_adam_options){ .lr = 5e-3 }) };
    rill_program *p = compiled(g, outputs, 2);
    double normal[ROWS], late = 0;
    float value;
    for (int round = 0; round < ROUNDS; round++) {
        rill_stream_normal(rill_stream_key(seed, "data"), (uint32_t)round, 0, 0, ROWS, normal);
        for (int i = 0; i < ROWS; i++)
            x1[i] = (float)(.3 * normal[i] + (i % 2 ? 2 : -2));
        rill_feed(p, data, x1, ROWS);
        run(p);
        rill_read(p, loss, &value, 1);
        late += round >= ROUNDS / 2 ? (double)value / (ROUNDS / 2) : 0;
    }
    /* A network that says nothing has E (x1 - x0)^2 = 5.09, the floor is 2.489; it is most of the
     * way. */
    ck_assert_double_le(late, 3.2);
    ck_assert_double_ge(late, 2.2);
    rill_program_free(p);
}
END_TEST

/* ---- What is refused. */

static rill_tensor *flat_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)x1, (void)x0, (void)self;
    return t;
}

static rill_tensor *silent_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)x0, (void)x1, (void)t, (void)self;
    return NULL;
}

START_TEST(mistakes_are_named)
{
    static const rill_path nothing = { .name = "nothing" },
                           flat = { .name = "flat", .at = flat_at },
                           silent = { .name = "silent", .at = silent_at };
    static const rill_time_law no_law = { .name = "no law" };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 4), 0);
    rill_tensor *other = rill_full(g, RILL_F64, RILL_SHAPE(4, 3), 0);
    rill_tensor *single = rill_full(g, RILL_F32, RILL_SHAPE(4, 4), 0);
    rill_tensor *row = rill_full(g, RILL_F64, RILL_SHAPE(4), .5);
    rill_tensor *one = rill_full(g, RILL_F64, RILL_SHAPE(1), .5);
    rill_tensor *number = rill_full(g, RILL_F64, RILL_SCALAR, .5);
    rill_net mlp = { rill_mlp, NULL, "mlp" };
    const struct {
        rill_flow flow;
        rill_flow_batch batch;
        const char *message;
    } lines[] = {
        { { .net = mlp }, { NULL, NULL, NULL, NULL }, NULL },
        { { .net = mlp }, { x, NULL, NULL, NULL }, "x1 is missing" },
        { { .net = mlp }, { NULL, row, NULL, NULL }, "expected x1 [batch, ...]" },
        { { .net = mlp }, { other, x, NULL, NULL }, "x0 [4,3], x1 [4,4]" },
        { { .net = mlp }, { single, x, NULL, NULL }, "all f32 or all f64" },
        { { .net = mlp }, { NULL, x, one, NULL }, "t has shape [1], expected [4]" },
        { { .net = mlp }, { NULL, x, number, NULL }, "t has shape [], expected [4]" },
        { { .net = mlp }, { NULL, x, x, NULL }, "t has shape [4,4], expected [4]" },
        { { .net = { NULL, NULL, NULL } }, { NULL, x, NULL, NULL }, "no velocity function" },
        { { .net = mlp, .path = &nothing }, { NULL, x, NULL, NULL }, "nothing: there is no" },
        { { .net = mlp, .path = &flat },
          { NULL, x, NULL, NULL },
          "flat: gives f64[4,1] for an x0 that is f64[4,4]" },
        { { .net = mlp, .path = &silent }, { NULL, x, NULL, NULL }, "silent: gives NULL" },
        { { .net = mlp, .time = &no_law }, { NULL, x, NULL, NULL }, "time law" },
    };
    ck_assert_int_lt(_i, (int)(sizeof lines / sizeof *lines));
    ck_assert(rill_is_inert(rill_flow_loss(&lines[_i].flow, lines[_i].batch)));
    if (lines[_i].message)
        ck_assert_msg(rill_error(g) && strstr(rill_error(g), lines[_i].message), "%s",
                      rill_error(g));
    ck_assert(rill_is_inert(rill_flow_loss(NULL, lines[_i].batch)));
}
END_TEST

START_TEST(no_flow_is_one_of_defaults)
{
    double error[2];
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(4, 1), .5);
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 2), 3), *y = rill_scale(x, 2);
    ck_assert_ptr_eq(rill_flow_path(NULL), &rill_path_linear);
    ck_assert_ptr_eq(rill_flow_objective(NULL), &rill_objective_velocity);
    ck_assert_ptr_null(rill_flow_weight(NULL, t));
    rill_tensor *const both[] = { rill_flow_squared_error(NULL, t, x, y),
                                  rill_flow_adaptive_error(NULL, t, x, y, 1) };
    rill_program *p = rill_compile(g, both[0], both[1]);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    ck_assert_int_eq(rill_run(p), RILL_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(rill_read(p, both[i], &error[i], 1), RILL_OK);
    ck_assert_double_eq_tol(error[0], 9, 1e-12); /* (3 - 6)^2 */
    ck_assert_double_eq_tol(error[1], 9 / 18.001, 1e-12);
    rill_program_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow");
    TCase *loss = tcase_create("loss"), *wrong = tcase_create("mistakes");
    TCase *all[] = { loss, wrong };
    for (int i = 0; i < 2; i++) {
        tcase_add_checked_fixture(all[i], begin, end);
        suite_add_tcase(suite, all[i]);
    }
    tcase_add_test(loss, the_exact_field_is_the_closed_form);
    tcase_add_test(loss, no_flow_is_one_of_defaults);
    tcase_add_test(loss, the_loss_of_the_exact_field_is_the_floor);
    tcase_add_test(loss, times_go_to_rows_even_when_the_batch_is_square);
    tcase_add_test(loss, samples_may_have_any_rank);
    tcase_add_test(loss, a_weight_multiplies_the_loss);
    tcase_add_test(loss, what_is_not_given_is_drawn_anew_each_step);
    tcase_add_test(loss, a_learned_path_trains_with_the_network);
    tcase_add_test(loss, training_from_c_learns_two_modes);
    tcase_add_loop_test(wrong, mistakes_are_named, 0, 13);
    return run_suite(suite);
}
