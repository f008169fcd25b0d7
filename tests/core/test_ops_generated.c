/* test_ops_generated.c - every op of the registry passes every check that can be made of its
 * samples. */
#include "core/op.h"
#include "ops/check/gradcheck.h"
#include "tests/suite.h"

#include <check.h>
#include <string.h>

/* Other numbers in the same shapes; the message of a failure names op, sample, check and element.
 */
enum { SEEDS = 3 };

START_TEST(an_op_does_what_it_says)
{
    const rill_op *op = rill_op_at(_i);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        rill_message why = { "" };
        rill_status status = rill_check_op(op, seed, NULL, &why);
        ck_assert_msg(status == RILL_OK, "%s: seed %d: %s", op->name, (int)seed, why.text);
    }
}
END_TEST

/* A check that compares nothing passes too: count. */
START_TEST(the_checks_are_made)
{
    const rill_op *op = rill_op_at(_i);
    rill_check_report report;
    ck_assert_int_eq(rill_check_op(op, 1, &report, NULL), RILL_OK);
    ck_assert_int_eq(report.compared[RILL_CHECK_SAMPLES], op->sample_count);
    ck_assert_int_eq(report.failed, 0);
    int differentiable = !(op->traits & (RILL_NOT_DIFFERENTIABLE | RILL_CONSTANT_LOCALLY));
    int takes_floats = 0, has_expand = op->expand != NULL;
    for (int i = 0; i < op->sample_count; i++)
        takes_floats |= op->samples[i].count > 0 && op->samples[i].dtype[0] != RILL_I32;
    if (!differentiable || !takes_floats || !(op->vjp || has_expand))
        return;
    const rill_check expected[] = { RILL_CHECK_FIRST, RILL_CHECK_SECOND, RILL_CHECK_DUALITY,
                                    RILL_CHECK_LINEARITY };
    for (size_t k = 0; k < sizeof expected / sizeof *expected && strcmp(op->name, "group") != 0;
         k++)
        ck_assert_msg(report.compared[expected[k]] > 0, "%s: no check of %s", op->name,
                      rill_check_name(expected[k]));
    ck_assert(!has_expand || report.compared[RILL_CHECK_EXPANSION] > 0);
}
END_TEST

START_TEST(names_are_unique)
{
    const rill_op *op = rill_op_at(_i);
    ck_assert_ptr_eq(rill_op_find(op->name), op);
    ck_assert_ptr_nonnull(op->doc);
}
END_TEST

static Suite *ops_generated_suite(void)
{
    Suite *suite = suite_create("ops, generated");
    TCase *tcase = tcase_create("ops");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, an_op_does_what_it_says, 0, rill_op_count());
    tcase_add_loop_test(tcase, the_checks_are_made, 0, rill_op_count());
    tcase_add_loop_test(tcase, names_are_unique, 0, rill_op_count());
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(ops_generated_suite());
}
