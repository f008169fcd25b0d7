/* Ops that are not by rows although they might seem so, and rules that do not fit. */
#include "slices.h"

static int runs_seen;

static void watched_eval(const rill_call *call, int64_t begin, int64_t end)
{
    (void)begin, (void)end;
    runs_seen++;
    memcpy(call->out.data, call->in[0].data,
           (size_t)rill_shape_count(&call->out.shape) * rill_dtype_size(call->out.dtype));
}

static void same_f32(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    memmove(out, in[0], (size_t)n * sizeof(float));
}

static void same_f64(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    memmove(out, in[0], (size_t)n * sizeof(double));
}

#define OWN_MAP .arity = 1, .doc = "", .map = { same_f32, same_f64 }

static rill_program *by_slices(model *m, const rill_op *op)
{
    *m = (model){ .store = rill_store_new(3), .dtype = RILL_F32, .batch = 512 };
    m->g = rill_graph_new(m->store);
    rill_tensor *h = linear(m, rows(m, 2), 64), *y = rill_apply(op, &h, 1, NULL);
    read_later(m, rill_sin(y));
    rill_program *p = compiled(m, 0);
    ck_assert_int_gt(slices_of(p), 0);
    feed_all(m, p, 0);
    return p;
}

START_TEST(a_guard_on_rows_guards)
{
    const rill_op guard = { .name = "guard",
                            OWN_MAP,
                            .traits = RILL_ELEMENTWISE | RILL_GUARD | RILL_NOT_DIFFERENTIABLE };
    model m;
    rill_program *p = by_slices(&m, &guard);
    float data[1024] = { [777] = NAN };
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(rill_feed(p, m.in[0], data, 1024), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_NOT_FINITE);
    rill_program_free(p);
    free_model(&m);
}
END_TEST

START_TEST(an_effect_on_rows_happens_once)
{
    const rill_op effect = { .name = "effect",
                             .arity = 1,
                             .doc = "",
                             .infer = infer_same,
                             .rows = each_row,
                             .traits = RILL_ORDERED | RILL_NOT_DIFFERENTIABLE,
                             .kernel = { .eval = watched_eval } };
    model m;
    rill_program *p = by_slices(&m, &effect);
    runs_seen = 0;
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(runs_seen, 1);
    rill_program_free(p);
    free_model(&m);
}
END_TEST

/* Neither has a place where it could be told which rows it is to draw. */
START_TEST(deviates_without_a_row_stay_whole)
{
    const rill_op random[] = {
        { .name = "noisy_map",
          OWN_MAP,
          .traits = RILL_ELEMENTWISE | RILL_RANDOM | RILL_NOT_DIFFERENTIABLE },
        { .name = "noisy",
          .arity = 1,
          .doc = "",
          .infer = infer_same,
          .rows = each_row,
          .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
          .kernel = { .eval = watched_eval } },
    };
    for (int i = 0; i < 2; i++) {
        model m;
        rill_program *p = by_slices(&m, &random[i]);
        ck_assert_int_eq(rill_run(p), RILL_OK);
        rill_program_free(p);
        free_model(&m);
    }
}
END_TEST

/* A rule that does not fit the op's own shapes is an error of compiling that names the op. */
START_TEST(a_rule_that_does_not_fit_is_refused)
{
    const rill_op wrong = { .name = "wrong",
                            OWN_OP,
                            .infer = infer_column_sums,
                            .kernel = { .eval = watched_eval },
                            .rows = each_row };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(512, 512));
    rill_tensor *h = rill_sin(x), *y = rill_apply(&wrong, &h, 1, NULL);
    ck_assert_ptr_null(rill_compile(g, y));
    refused(g, "wrong: its rule for rows does not fit its shapes");
    rill_graph_free(g);
}
END_TEST

static rill_tensor *hoisted_away(rill_tensor *y, const int *by_rows)
{
    (void)by_rows;
    return rill_full(rill_graph_of(y), rill_dtype_of(y), rill_shape_of(y), 7);
}

/* When nothing is left to be done by rows the program runs as a whole. */
START_TEST(all_may_be_hoisted)
{
    const rill_op seven = { .name = "seven",
                            OWN_OP,
                            .infer = infer_same,
                            .hoist = hoisted_away,
                            .kernel = { .eval = watched_eval },
                            .rows = each_row };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(512, 100)),
                *y = rill_apply(&seven, &x, 1, NULL);
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "");
    ck_assert_int_eq(slices_of(p), 0);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slice_ops");
    TCase *tests = tcase_create("ops");
    tcase_add_test(tests, a_guard_on_rows_guards);
    tcase_add_test(tests, an_effect_on_rows_happens_once);
    tcase_add_test(tests, deviates_without_a_row_stay_whole);
    tcase_add_test(tests, a_rule_that_does_not_fit_is_refused);
    tcase_add_test(tests, all_may_be_hoisted);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
