/* Couplings: what each leaves of the two distributions, what becomes of conditions, and what is
 * refused. */
#include "models/flow/coupling.h"

#include "core/rng.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, WIDTH = 2, CLASSES = 4 };

static const uint64_t seed = 11;

typedef struct case_batch {
    float x0[ROWS * WIDTH], x1[ROWS * WIDTH], vectors[ROWS];
    int32_t labels[ROWS];
    rill_coupling_batch batch;
} case_batch;

/* Noise, and data in four heaps whose label is that of the heap. */
static void draw(case_batch *c, int64_t step)
{
    double a[WIDTH], b[WIDTH];
    for (int64_t i = 0; i < ROWS; i++) {
        c->labels[i] = (int32_t)(i * 7 % CLASSES);
        c->vectors[i] = (float)c->labels[i];
        rill_stream_normal(rill_stream_key(seed, "x0"), (uint32_t)step, i, 0, WIDTH, a);
        rill_stream_normal(rill_stream_key(seed, "x1"), (uint32_t)step, i, 0, WIDTH, b);
        for (int j = 0; j < WIDTH; j++) {
            c->x0[i * WIDTH + j] = (float)a[j];
            c->x1[i * WIDTH + j] = (float)(0.3 * b[j] + (c->labels[i] >> j & 1 ? 2.0 : -2.0));
        }
    }
    c->batch = (rill_coupling_batch){ .rows = ROWS,
                                      .width = WIDTH,
                                      .x0 = c->x0,
                                      .x1 = c->x1,
                                      .labels = c->labels,
                                      .seed = seed,
                                      .step = step };
}

static void find(const rill_coupling *coupling, const rill_coupling_batch *batch, int64_t *from0,
                 int64_t *from1)
{
    rill_message message = { "" };
    rill_pairing *pairing = rill_pairing_new(coupling, batch->rows, &message);
    ck_assert_msg(pairing != NULL, "%s", message.text);
    rill_status status = rill_pairing_find(pairing, batch, from0, from1, &message);
    ck_assert_msg(status == RILL_OK, "%s: %s", coupling->name, message.text);
    rill_pairing_free(pairing);
}

static int is_permutation(const int64_t *from)
{
    int seen[ROWS] = { 0 };
    for (int i = 0; i < ROWS; i++)
        if (from[i] < 0 || from[i] >= ROWS || seen[from[i]]++)
            return 0;
    return 1;
}

static double cost(const case_batch *c, const int64_t *from0, const int64_t *from1)
{
    double sum = 0.0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < WIDTH; j++) {
            double d = (double)(c->x0[from0[i] * WIDTH + j] - c->x1[from1[i] * WIDTH + j]);
            sum += d * d;
        }
    return sum;
}

/* ---- What holds for all of them. */

START_TEST(numbers_of_rows_are_filled_and_repeatable)
{
    const rill_coupling *coupling = rill_coupling_at(_i);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS], again0[ROWS], again1[ROWS];
    for (int64_t step = 0; step < 5; step++) {
        draw(&c, step);
        find(coupling, &c.batch, from0, from1);
        find(coupling, &c.batch, again0, again1);
        for (int i = 0; i < ROWS; i++)
            ck_assert(from0[i] >= 0 && from0[i] < ROWS && from1[i] >= 0 && from1[i] < ROWS);
        ck_assert_int_eq(memcmp(from0, again0, sizeof from0), 0);
        ck_assert_int_eq(memcmp(from1, again1, sizeof from1), 0);
    }
}
END_TEST

/* Nothing is drawn with replacement where pairs are a permutation: both distributions stay. */
START_TEST(no_row_is_left_out)
{
    const rill_coupling *const permutations[] = { &rill_coupling_independent, &rill_coupling_ot,
                                                  &rill_coupling_conditional_ot };
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    for (size_t k = 0; k < sizeof permutations / sizeof *permutations; k++)
        for (int64_t step = 0; step < 20; step++) {
            draw(&c, step);
            find(permutations[k], &c.batch, from0, from1);
            ck_assert_msg(is_permutation(from0) && is_permutation(from1), "%s, step %d",
                          permutations[k]->name, (int)step);
        }
}
END_TEST

START_TEST(what_is_not_finite_is_refused)
{
    const rill_coupling *coupling = rill_coupling_at(_i);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    rill_message message = { "" };
    if (!coupling->pair)
        return;
    draw(&c, 0);
    c.x1[7] = NAN;
    rill_pairing *pairing = rill_pairing_new(coupling, ROWS, NULL);
    ck_assert_int_ne(rill_pairing_find(pairing, &c.batch, from0, from1, &message), RILL_OK);
    ck_assert_str_ne(message.text, "");
    c.x1[7] = 0.0f; /* and it goes on */
    ck_assert_int_eq(rill_pairing_find(pairing, &c.batch, from0, from1, &message), RILL_OK);
    rill_pairing_free(pairing);
}
END_TEST

START_TEST(names_are_found)
{
    ck_assert_ptr_eq(rill_coupling_find("ot"), &rill_coupling_ot);
    ck_assert_ptr_null(rill_coupling_find("no"));
    ck_assert_ptr_null(rill_coupling_find(NULL));
    ck_assert_ptr_null(rill_coupling_at(-1));
    for (int i = 0; rill_coupling_at(i); i++)
        ck_assert_ptr_eq(rill_coupling_find(rill_coupling_at(i)->name), rill_coupling_at(i));
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    rill_message message;
    draw(&c, 0);
    ck_assert_ptr_null(rill_pairing_new(&rill_coupling_ot, 0, &message));
    ck_assert_ptr_null(rill_pairing_new(&rill_coupling_ot, -5, &message));
    ck_assert_ptr_null(rill_pairing_new(&rill_coupling_ot, INT64_MAX, &message));
    rill_pairing *p = rill_pairing_new(NULL, ROWS, &message);
    ck_assert_int_eq(rill_pairing_find(NULL, &c.batch, from0, from1, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_pairing_find(p, NULL, from0, from1, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_pairing_find(p, &c.batch, NULL, from1, &message), RILL_BAD_ARGUMENT);
    rill_coupling_batch other = c.batch;
    other.rows = ROWS - 1;
    ck_assert_int_eq(rill_pairing_find(p, &other, from0, from1, &message), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(message.text, "independent: 63 rows, expected 64");
    other = c.batch;
    other.x1 = NULL;
    ck_assert_int_eq(rill_pairing_find(p, &other, from0, from1, &message), RILL_BAD_ARGUMENT);
    rill_pairing_free(p);
    rill_pairing_free(NULL);
}
END_TEST

/* ---- Optimal transport. */

/* No exchange of two partners makes it cheaper; nor does any of many random permutations. */
START_TEST(ot_is_the_cheapest)
{
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    for (int64_t step = 0; step < 20; step++) {
        draw(&c, step);
        find(&rill_coupling_ot, &c.batch, from0, from1);
        double least = cost(&c, from0, from1);
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < i; j++) {
                int64_t kept = from1[i];
                from1[i] = from1[j], from1[j] = kept;
                ck_assert_double_ge(cost(&c, from0, from1), least - 1e-9 * least);
                from1[j] = from1[i], from1[i] = kept;
            }
        int64_t identity[ROWS];
        for (int i = 0; i < ROWS; i++)
            identity[i] = i;
        ck_assert_double_lt(least, cost(&c, identity, identity));
    }
}
END_TEST

/* On a line the cheapest is the monotone one. */
START_TEST(on_a_line_ot_sorts)
{
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    draw(&c, 3);
    c.batch.width = 1;
    find(&rill_coupling_ot, &c.batch, from0, from1);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < ROWS; j++)
            if (c.x0[from0[i]] < c.x0[from0[j]])
                ck_assert(c.x1[from1[i]] <= c.x1[from1[j]]);
}
END_TEST

/* ---- Entropic plans. */

static rill_coupling with(rill_coupling coupling, const double *numbers)
{
    coupling.self = numbers;
    return coupling;
}

/* The mean cost over many batches, for a coupling. */
static double mean_cost(const rill_coupling *coupling)
{
    enum { BATCHES = 20 };
    double sum = 0.0;
    for (int64_t step = 0; step < BATCHES; step++) {
        case_batch c;
        int64_t from0[ROWS], from1[ROWS];
        draw(&c, step);
        find(coupling, &c.batch, from0, from1);
        sum += cost(&c, from0, from1) / (ROWS * BATCHES);
    }
    return sum;
}

/* From transport to chance as the regularization grows. */
START_TEST(sinkhorn_lies_between_ot_and_chance)
{
    static const double numbers[][1] = { { 1e-3 }, { 1.0 }, { 8.0 }, { 1e6 } };
    double least = mean_cost(&rill_coupling_ot), last = least, chance, at[4];
    chance = mean_cost(&rill_coupling_independent);
    for (int k = 0; k < 4; k++) {
        rill_coupling sinkhorn = with(rill_coupling_sinkhorn, numbers[k]);
        at[k] = mean_cost(&sinkhorn);
        ck_assert_double_ge(at[k], last - 0.02 * least); /* what is drawn is not the mean */
        last = at[k];
    }
    ck_assert_double_le(at[0], 1.02 * least);
    /* the sd of a mean of 1,280 costs, which are some 8 apart, is .25: four of them */
    ck_assert_double_eq_tol(at[3], chance, 1.0);
}
END_TEST

/* Every row of the data is in the batch once. */
START_TEST(sinkhorn_leaves_the_data_as_it_is)
{
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    draw(&c, 0);
    find(&rill_coupling_sinkhorn, &c.batch, from0, from1);
    ck_assert(is_permutation(from1));
}
END_TEST

/* One row of data far from all noise: transport has to take it, an unbalanced plan need not. */
START_TEST(unbalanced_leaves_out_what_is_far)
{
    static const double gives[] = { 0.5, 1.0 }, holds[] = { 0.5, 1e9 };
    rill_coupling loose = with(rill_coupling_unbalanced, gives);
    rill_coupling tight = with(rill_coupling_unbalanced, holds);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    int taken_loose = 0, taken_tight = 0;
    for (int64_t step = 0; step < 10; step++) {
        draw(&c, step);
        c.x1[0] = c.x1[1] = 30.0f;
        find(&loose, &c.batch, from0, from1);
        for (int i = 0; i < ROWS; i++)
            taken_loose += from1[i] == 0;
        find(&tight, &c.batch, from0, from1);
        for (int i = 0; i < ROWS; i++)
            taken_tight += from1[i] == 0;
    }
    ck_assert_int_eq(taken_loose, 0);
    ck_assert_int_eq(taken_tight, 10); /* once a batch */
}
END_TEST

/* ---- Conditions. */

START_TEST(without_weight_conditions_do_not_matter)
{
    static const double weight[] = { 0.0 };
    rill_coupling none = with(rill_coupling_conditional_ot, weight);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS], plain0[ROWS], plain1[ROWS];
    draw(&c, 0);
    find(&none, &c.batch, from0, from1);
    find(&rill_coupling_ot, &c.batch, plain0, plain1);
    ck_assert_double_eq_tol(cost(&c, from0, from1), cost(&c, plain0, plain1), 1e-9);
}
END_TEST

/* With much of it what a label starts from is what it would start from without a coupling, in
 * another order: noise that was beside a label stays with it. */
START_TEST(with_much_weight_noise_keeps_its_condition)
{
    static const double weight[] = { 1e5 };
    rill_coupling strict = with(rill_coupling_conditional_ot, weight);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    for (int vectors = 0; vectors < 2; vectors++) {
        draw(&c, 1);
        c.batch.labels = vectors ? NULL : c.labels;
        c.batch.vectors = vectors ? c.vectors : NULL;
        c.batch.vector = vectors;
        find(&strict, &c.batch, from0, from1);
        for (int i = 0; i < ROWS; i++)
            ck_assert_int_eq(c.labels[from0[i]], c.labels[from1[i]]);
        find(&rill_coupling_ot, &c.batch, from0, from1);
        int unlike = 0;
        for (int i = 0; i < ROWS; i++)
            unlike += c.labels[from0[i]] != c.labels[from1[i]];
        ck_assert_int_gt(unlike, ROWS / 4); /* which plain transport does not see to */
    }
}
END_TEST

/* What the doc says that pairs cost: squared distances, and the weight in mean squared distances
 * for unlike labels or, of vectors, for a squared distance of 1. */
static double mean_square(const case_batch *c)
{
    double mean = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < ROWS * WIDTH; j++)
            mean += pow((double)(c->x0[i * WIDTH + j % WIDTH] - c->x1[j]), 2) / (ROWS * ROWS);
    return mean;
}

/* Of row i of x0 with row j of x1. */
static double cost_of_pair(const case_batch *c, double unlike, int64_t i, int64_t j)
{
    double sum = c->batch.vectors ? unlike * pow((double)(c->vectors[i] - c->vectors[j]), 2)
                                  : unlike * (c->labels[i] != c->labels[j]);
    for (int k = 0; k < WIDTH; k++)
        sum += pow((double)(c->x0[i * WIDTH + k] - c->x1[j * WIDTH + k]), 2);
    return sum;
}

/* At any weight no exchange makes it cheaper. */
START_TEST(conditions_cost_what_they_are_said_to)
{
    static const double weights[] = { .03, .1, .3, 1 };
    rill_coupling coupling = with(rill_coupling_conditional_ot, &weights[_i / 2]);
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    for (int64_t step = 0; step < 4; step++) {
        draw(&c, step);
        for (int i = 0; i < ROWS; i++) /* between the labels too */
            c.vectors[i] = c.x0[i * WIDTH] + c.x1[i * WIDTH + 1] / 4;
        c.batch.labels = _i % 2 ? NULL : c.labels;
        c.batch.vectors = _i % 2 ? c.vectors : NULL;
        c.batch.vector = _i % 2;
        find(&coupling, &c.batch, from0, from1);
        double unlike = weights[_i / 2] * mean_square(&c);
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < i; j++) {
                double paired =
                    cost_of_pair(&c, unlike, i, from1[i]) + cost_of_pair(&c, unlike, j, from1[j]);
                double changed =
                    cost_of_pair(&c, unlike, i, from1[j]) + cost_of_pair(&c, unlike, j, from1[i]);
                ck_assert_double_ge(changed, paired - 1e-5); /* f32, of numbers to ten */
            }
    }
}
END_TEST

START_TEST(conditions_are_needed)
{
    case_batch c;
    int64_t from0[ROWS], from1[ROWS];
    rill_message message;
    draw(&c, 0);
    c.batch.labels = NULL;
    rill_pairing *p = rill_pairing_new(&rill_coupling_conditional_ot, ROWS, &message);
    ck_assert_int_eq(rill_pairing_find(p, &c.batch, from0, from1, &message), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(message.text, "conditional-ot: there are no conditions");
    rill_pairing_free(p);
}
END_TEST

START_TEST(rows_are_taken_whole)
{
    static const int64_t from[] = { 2, 0, 2 };
    const float rows[3][2] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
    float taken[3][2];
    rill_take_rows(taken, rows, from, 3, sizeof rows[0]);
    ck_assert(taken[0][1] == 6 && taken[1][0] == 1 && taken[2][0] == 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coupling");
    TCase *all = tcase_create("all"), *ot = tcase_create("ot"), *cond = tcase_create("conditions");
    int count = 0;
    while (rill_coupling_at(count))
        count++;
    tcase_add_loop_test(all, numbers_of_rows_are_filled_and_repeatable, 0, count);
    tcase_add_loop_test(all, what_is_not_finite_is_refused, 0, count);
    tcase_add_test(all, no_row_is_left_out);
    tcase_add_test(all, names_are_found);
    tcase_add_test(all, bad_arguments_are_refused);
    tcase_add_test(ot, ot_is_the_cheapest);
    tcase_add_test(ot, on_a_line_ot_sorts);
    tcase_add_test(ot, sinkhorn_lies_between_ot_and_chance);
    tcase_add_test(ot, sinkhorn_leaves_the_data_as_it_is);
    tcase_add_test(ot, unbalanced_leaves_out_what_is_far);
    tcase_add_test(cond, without_weight_conditions_do_not_matter);
    tcase_add_loop_test(cond, conditions_cost_what_they_are_said_to, 0, 8);
    tcase_add_test(cond, with_much_weight_noise_keeps_its_condition);
    tcase_add_test(cond, conditions_are_needed);
    tcase_add_test(cond, rows_are_taken_whole);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, ot);
    suite_add_tcase(suite, cond);
    return run_suite(suite);
}
