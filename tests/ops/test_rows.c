/* test_rows.c - slices of the batch: which ops can be computed by rows, and that a rule which says
 * too much is found out.  What each op says of its own samples is checked with all else about it
 * (core/test_ops_generated.c). */
#include "core/op.h"
#include "ops/check/gradcheck.h"
#include "ops/ops.h"
#include "value.h"

#include <stdio.h>

/* ---- Ops that need all rows at once, whatever they are given. */

static const char *const always_whole[] = {
    "assign",         /* the entry holds one value */
    "group",          /* has none */
    "panels",         /* made once, for all slices */
    "permutation",    /* each exchange depends on those before it */
    "require_finite", /* the run looks at its value in whole */
};

static int is_listed(const char *name)
{
    for (size_t i = 0; i < sizeof always_whole / sizeof *always_whole; i++)
        if (strcmp(name, always_whole[i]) == 0)
            return 1;
    return 0;
}

/* A rule that never applies to a sample is not tested: either more samples, or the list. */
START_TEST(an_op_says_how_it_comes_by_rows)
{
    const rill_op *op = rill_op_at(_i);
    rill_check_report report;
    rill_check_op(op, 1, &report, NULL);
    int checked = report.compared[RILL_CHECK_ROWS] > 0;
    ck_assert_msg(checked || is_listed(op->name),
                  "no sample of %s comes by rows: it needs a rule, a sample or the list", op->name);
    ck_assert_msg(!checked || !is_listed(op->name), "%s is listed, and comes by rows", op->name);
}
END_TEST

/* ---- Wrong rules. */

static rill_by_rows each_row(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

static rill_by_rows row_sum(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_ROW_SUM : RILL_WHOLE;
}

static rill_by_rows each_row_of_nothing(const rill_tensor *y, int *by_rows)
{
    (void)y, (void)by_rows;
    return RILL_EACH_ROW;
}

static rill_by_rows sum_of_nothing(const rill_tensor *y, int *by_rows)
{
    (void)y, (void)by_rows;
    return RILL_ROW_SUM;
}

/* Asks for all of what it is given by rows. */
static rill_by_rows each_row_of_all(const rill_tensor *y, int *by_rows)
{
    rill_by_rows how = each_row(y, by_rows);
    by_rows[0] = 0;
    return how;
}

/* Asks for rows of the table, which has another number of them. */
static rill_by_rows each_row_of_both(const rill_tensor *y, int *by_rows)
{
    (void)y;
    if (!by_rows[1])
        return RILL_WHOLE;
    by_rows[0] = 1;
    return RILL_EACH_ROW;
}

static rill_tensor *hoisted_to_another_value(rill_tensor *y, const int *by_rows)
{
    (void)by_rows;
    return rill_neg(y);
}

static rill_tensor *hoisted_to_another_shape(rill_tensor *y, const int *by_rows)
{
    (void)by_rows;
    return rill_expand_dims(y, 0);
}

static const struct fault {
    const rill_op *op;
    rill_by_rows (*rows)(const rill_tensor *y, int *by_rows);
    rill_tensor *(*hoist)(rill_tensor *y, const int *by_rows);
} faults[] = {
    { &rill_sum_op, each_row },
    { &rill_sum_op, row_sum },
    { &rill_mean_op, row_sum },
    { &rill_reduce_max_op, row_sum },
    { &rill_logsumexp_op, row_sum },
    { &rill_argmax_op, each_row },
    { &rill_cumsum_op, each_row },
    { &rill_softmax_op, each_row },
    { &rill_layer_norm_op, each_row },
    { &rill_layer_norm_op, row_sum },
    { &rill_cast_op, row_sum },
    { &rill_cast_op, each_row_of_all },
    { &rill_reshape_op, each_row },
    { &rill_permute_op, each_row },
    { &rill_flip_op, each_row },
    { &rill_broadcast_op, each_row },
    { &rill_sum_to_op, each_row },
    { &rill_sum_to_op, row_sum },
    { &rill_slice_op, each_row },
    { &rill_pad_op, each_row },
    { &rill_concat_op, each_row },
    { &rill_gather_op, each_row },
    { &rill_gather_op, each_row_of_both },
    { &rill_scatter_add_op, each_row },
    { &rill_iota_op, each_row_of_nothing },
    { &rill_permutation_op, each_row_of_nothing },
    { &rill_normal_op, sum_of_nothing },
    { &rill_add_op, row_sum },
    { &rill_add_op, each_row },
    { &rill_cast_op, each_row, hoisted_to_another_value },
    { &rill_cast_op, each_row, hoisted_to_another_shape },
};

START_TEST(a_rule_that_says_too_much_is_found)
{
    const struct fault *fault = &faults[_i];
    rill_check_report report;
    rill_message why = { "" };
    rill_op wrong = *fault->op;
    wrong.rows = fault->rows;
    wrong.hoist = fault->hoist;
    ck_assert_msg(rill_check_op(&wrong, 1, &report, &why) == RILL_MISMATCH, "%s", wrong.name);
    ck_assert_msg(report.first_check == RILL_CHECK_ROWS, "%s", why.text);
    ck_assert_msg(strstr(why.text, wrong.name) && strstr(why.text, ": rows: "), "%s", why.text);
}
END_TEST

/* ---- Answers that a training step rests on. */

enum { BATCH = 6 };

static rill_tensor *input(rill_graph *g, rill_dtype dtype, rill_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "x%d", (int)rill_graph_size(g));
    return rill_input(g, name, dtype, shape);
}

static void answers(const rill_tensor *y, rill_by_rows expected, int first, int second,
                    int wants_first, int wants_second)
{
    int by_rows[2] = { first, second };
    ck_assert_msg(!rill_is_inert(y), "%s", rill_error(rill_graph_of(y)));
    rill_by_rows how = rill_op_of(y)->rows(y, by_rows);
    ck_assert_msg(how == expected, "%s, given rows of %d, %d: %d", rill_op_of(y)->name, first,
                  second, (int)how);
    if (how != RILL_WHOLE)
        ck_assert(by_rows[0] == wants_first && by_rows[1] == wants_second);
}

START_TEST(what_is_joined_comes_by_rows_together)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *a = input(g, RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *b = input(g, RILL_F32, RILL_SHAPE(BATCH, 2));
    answers(rill_concat(a, b, -1), RILL_EACH_ROW, 1, 0, 1, 1);
    answers(rill_concat(a, b, -1), RILL_EACH_ROW, 0, 1, 1, 1);
    answers(rill_concat(a, b, -1), RILL_WHOLE, 0, 0, 0, 0);
    answers(rill_concat(a, b, -2), RILL_WHOLE, 1, 1, 0, 0);
    rill_graph_free(g);
}
END_TEST

START_TEST(labels_come_by_rows_and_tables_in_whole)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *table = input(g, RILL_F32, RILL_SHAPE(BATCH, 4));
    rill_tensor *label = input(g, RILL_I32, RILL_SHAPE(BATCH));
    rill_tensor *gradient = input(g, RILL_F32, RILL_SHAPE(BATCH, 4));
    answers(rill_gather(table, label), RILL_EACH_ROW, 0, 1, 0, 1);
    answers(rill_gather(table, label), RILL_WHOLE, 1, 1, 0, 0);
    answers(rill_scatter_add(label, gradient, BATCH), RILL_ROW_SUM, 0, 1, 1, 1);
    answers(rill_scatter_add(label, gradient, BATCH), RILL_ROW_SUM, 1, 0, 1, 1);
    rill_graph_free(g);
}
END_TEST

/* Sums over the batch are added up; of a mean, the sum in it, once it is lowered. */
START_TEST(sums_over_the_batch_are_added_up)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = input(g, RILL_F32, RILL_SHAPE(BATCH, 3));
    rill_tensor *mean = rill_mean_all(x);
    answers(rill_sum(x, RILL_AXES(0), 0), RILL_ROW_SUM, 1, 0, 1, 0);
    answers(rill_sum(x, RILL_AXES(-1), 0), RILL_EACH_ROW, 1, 0, 1, 0);
    answers(rill_sum_to(x, RILL_SHAPE(3)), RILL_ROW_SUM, 1, 0, 1, 0);
    answers(rill_sum_to(x, RILL_SHAPE(BATCH, 1)), RILL_EACH_ROW, 1, 0, 1, 0);
    answers(mean, RILL_WHOLE, 1, 0, 0, 0);
    rill_tensor *lowered = rill_op_of(mean)->expand(mean);
    answers(rill_input_at(lowered, 0), RILL_ROW_SUM, 1, 0, 1, 0);
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *tcase = tcase_create("rows");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, an_op_says_how_it_comes_by_rows, 0, rill_op_count());
    tcase_add_loop_test(tcase, a_rule_that_says_too_much_is_found, 0,
                        (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tcase, what_is_joined_comes_by_rows_together);
    tcase_add_test(tcase, labels_come_by_rows_and_tables_in_whole);
    tcase_add_test(tcase, sums_over_the_batch_are_added_up);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
