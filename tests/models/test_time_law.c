/* test_time_law.c - times against their densities, integrated here. */
#include "evaluate.h"
#include "models/flow/time_law.h"

#include <math.h>
#include <string.h>

enum { DRAWS = 4096, CELLS = 20000 };
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

/* Laws and parameters: each law by its standard values, and those that take some by three more. */
static const struct {
    const char *name;
    double p[2];
} settings[] = {
    { "uniform", { 0 } },           { "beta", { 0 } },
    { "u-shaped", { 0 } },          { "logit-normal", { 0, 1 } },
    { "logit-normal", { 1, .5 } },  { "logit-normal", { -.7, 2 } },
    { "logit-normal", { .3, .8 } },
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static rill_time_law law_of(int i)
{
    const rill_time_law *found = rill_time_law_find(settings[i].name);
    ck_assert_ptr_nonnull(found);
    rill_time_law law = *found;
    if (law.parameters.count > 0)
        law.self = settings[i].p;
    return law;
}

/* P(t <= x) at the right ends of cells, by the midpoint rule: an error of about 1e-6 where the
 * density is smooth. */
static double *distribution(const rill_time_law *law)
{
    static double sums[CELLS];
    double sum = 0;
    for (int i = 0; i < CELLS; i++)
        sums[i] = sum += law->density((i + .5) / CELLS, law->self) / CELLS;
    return sums;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(densities_integrate_to_one)
{
    rill_time_law law = law_of(_i);
    ck_assert_double_eq_tol(distribution(&law)[CELLS - 1], 1,
                            1e-5); /* the root at the end of beta */
}
END_TEST

/* Plain draws, and stratified ones, which are closer. */
START_TEST(times_follow_their_density)
{
    static double t[DRAWS];
    rill_time_law law = law_of(_i / 2);
    int stratified = _i % 2;
    evaluate(rill_time_draw(&law, g, RILL_F64, RILL_SHAPE(DRAWS, 1), stratified), t, DRAWS);
    const double *sums = distribution(&law);
    double worst = 0;
    qsort(t, DRAWS, sizeof *t, ascending);
    for (int i = 0; i < DRAWS; i++) {
        double cell = t[i] * CELLS, low = cell < 1 ? 0 : sums[(int)cell - 1];
        int at = cell >= CELLS ? CELLS - 1 : (int)cell;
        double p = low + (sums[at] - low) * (cell - at);
        worst = fmax(worst, fabs(p - (i + .5) / DRAWS));
    }
    ck_assert_double_ge(t[0], 0);
    ck_assert_double_le(t[DRAWS - 1], 1);
    /* Kolmogorov and Smirnov: 1.95/sqrt(n) is exceeded once in 1,000 seeds; this one is fixed.  One
     * draw in each of n strata is never more than half of one away; the quadrature is good to 1e-5.
     */
    ck_assert_double_le(worst, stratified ? .5 / DRAWS + 2e-5 : 1.95 / sqrt(DRAWS));
}
END_TEST

START_TEST(single_precision_stays_within)
{
    static float t[DRAWS];
    rill_time_law law = law_of(_i);
    evaluate(rill_time_draw(&law, g, RILL_F32, RILL_SHAPE(DRAWS, 1, 1), 1), t, DRAWS);
    for (int i = 0; i < DRAWS; i++)
        ck_assert_msg(t[i] >= 0 && t[i] <= 1, "%s: %g", law.name, (double)t[i]);
}
END_TEST

START_TEST(laws_are_found_by_name)
{
    for (int i = 0; rill_time_law_at(i); i++) {
        const rill_time_law *law = rill_time_law_at(i);
        int tested = 0;
        for (int k = 0; k < SETTINGS; k++)
            tested |= strcmp(settings[k].name, law->name) == 0;
        ck_assert_msg(tested, "%s is not in this test's table", law->name);
        ck_assert_ptr_eq(rill_time_law_find(law->name), law);
        ck_assert_ptr_nonnull(law->doc);
        for (int k = 0; k < law->parameters.count; k++)
            ck_assert_double_eq(((const double *)law->self)[k], law->parameters.at[k].standard);
    }
    ck_assert_ptr_null(rill_time_law_find("lognormal?"));
    ck_assert_ptr_null(rill_time_law_find(NULL));
    ck_assert_ptr_null(rill_time_law_at(-1));
    rill_time_law none = { .name = "none" };
    ck_assert(rill_is_inert(rill_time_draw(&none, g, RILL_F32, RILL_SHAPE(2, 1), 0)));
    ck_assert(rill_is_inert(rill_time_draw(NULL, g, RILL_F32, RILL_SHAPE(2, 1), 0)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time laws");
    TCase *laws = tcase_create("laws");
    tcase_add_checked_fixture(laws, begin, end);
    suite_add_tcase(suite, laws);
    tcase_add_loop_test(laws, densities_integrate_to_one, 0, SETTINGS);
    tcase_add_loop_test(laws, times_follow_their_density, 0, 2 * SETTINGS);
    tcase_add_loop_test(laws, single_precision_stays_within, 0, SETTINGS);
    tcase_add_test(laws, laws_are_found_by_name);
    return run_suite(suite);
}
