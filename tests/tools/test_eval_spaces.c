/* What `rill eval` says of models over tokens and on manifolds. */
#include "shell.h"

#include "core/rng.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number that a line of `out` gives; NaN: there is no such line. */
static double told(const char *name)
{
    char line[64];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *text = text_of("out"), *at = strstr(text, line);
    if (strncmp(text, line + 1, strlen(line + 1)) == 0)
        return strtod(text + strlen(line + 1), NULL);
    return at ? strtod(at + strlen(line), NULL) : (double)NAN;
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        abort();
    return file;
}

/* ---- Tokens: four rows of two, in these proportions. */

static const struct {
    int x[2], times;
} cells[] = { { { 0, 0 }, 40 }, { { 0, 1 }, 20 }, { { 1, 1 }, 30 }, { { 2, 0 }, 10 } };
enum { CELLS = sizeof cells / sizeof *cells, TURNS = 20 };

static double entropy(void)
{
    double sum = 0;
    for (int i = 0; i < CELLS; i++)
        sum -= cells[i].times / 100. * log(cells[i].times / 100.);
    return sum;
}

static void write_tokens(void)
{
    FILE *file = create("tokens.csv");
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < CELLS; i++)
            for (int k = 0; k < cells[i].times; k++)
                fprintf(file, "%d,%d\n", cells[i].x[0], cells[i].x[1]);
    fclose(file);
}

#define SMALL "--hidden 32 --layers 2 --batch 128 --lr .01 --quiet "

static void make_models(void)
{
    write_tokens();
    must(shell("rill train --data tokens.csv --vocab 3 " SMALL "--steps 600 --out tokens.st && "
               "rill train --data tokens.csv --vocab 3 " SMALL "--steps 1 --out raw.st"));
}

/* Of a mask the bound is the entropy, but for what the network has not learned and for chance,
 * here about .02: the standard error of 40,960 pairs, each with masks of its own.  The raw network
 * knows nothing: log 3 for each token that is still masked. */
START_TEST(the_bound_is_the_entropy_of_the_data)
{
    must(shell("rill eval --model tokens.st --points 2048"));
    ck_assert_double_ge(told("NLL-bound"), entropy() - .04);
    ck_assert_double_le(told("NLL-bound"), entropy() + .1);
    must(shell("rill eval --model raw.st --points 256 --bins 8"));
    ck_assert_double_eq_tol(told("NLL-bound"), 2 * log(3), .3);
    /* The mean over t of the share of masks, 1 - t. */
    ck_assert_double_eq_tol(told("cross-entropy"), log(3) / 2, .1);
}
END_TEST

START_TEST(tokens_of_samples_are_counted)
{
    must(shell("rill eval --model tokens.st"));
    double token = told("TV-token"), pair = told("TV-pair");
    ck_assert_double_le(token, .1); /* of 1,000 samples, by a network of a second */
    ck_assert_double_le(pair, .15);
    ck_assert_double_le(told("TV-pair-floor"), .06); /* 4 cells, 1,000 rows: .5 sqrt(4/1000) */
    must(shell("head -n 100 tokens.csv > few.csv && rill eval --model tokens.st --data few.csv"));
    ck_assert_double_eq_tol(told("TV-pair"), pair, 1e-12); /* the same frequencies */
    ck_assert_double_gt(told("TV-pair-floor"), 0);
    ck_assert(isnan(told("TV-row"))); /* a row is a pair */
    must(shell("rill eval --model raw.st"));
    ck_assert_double_ge(told("TV-token"), 2 * token);
    ck_assert_double_ge(told("TV-pair"), .3);
    must(shell("rill train --data tokens.csv --vocab 2000 " SMALL "--steps 1 --out many.st && "
               "rill eval --model many.st --points 2 --bins 2 --n 10 --steps 2"));
    ck_assert(!isnan(told("TV-token")) && isnan(told("TV-pair"))); /* too many to count */
}
END_TEST

/* The table has each bin of both, and the same summary; all of it depends on the seed alone. */
START_TEST(numbers_by_time_are_in_the_table)
{
#define EVAL "rill eval --model tokens.st --bins 7 --points 300 "
    must(shell(EVAL "--csv a.csv > a && " EVAL "--csv b.csv --threads 1 > b && cmp a b && "
                    "cmp a.csv b.csv && grep -c '^time,cross-entropy' a.csv && "
                    "grep -c '^time,NLL-bound' a.csv && grep -c '^summary' a.csv"));
    ck_assert_str_eq(text_of("out"), "7\n7\n4\n");
    ck_assert_int_eq(shell(EVAL "--seed 1 > b && cmp a b"), 1);
}
END_TEST

START_TEST(conditions_of_tokens_are_asked_for)
{
    must(shell("cut -d, -f1 tokens.csv > first.csv && "
               "rill train --data tokens.csv --vocab 3 --cond first.csv " SMALL
               "--steps 600 --out cond.st && rill eval --model cond.st"));
    double left = 0; /* the entropy of the second token given the first */
    static const double share[] = { .6, .3, .1 };
    for (int i = 0; i < CELLS; i++) {
        double p = cells[i].times / 100.;
        left -= p * log(p / share[cells[i].x[0]]);
    }
    ck_assert_double_eq_tol(told("NLL-bound"), left, .15);
    refuses(shell("rill eval --model cond.st --data tokens.csv"), 2, "--cond is needed");
}
END_TEST

/* ---- Manifolds: bumps around two points of a sphere. */

static void write_sphere(void)
{
    enum { ROWS = 2000 };
    FILE *file = create("sphere.csv");
    for (int i = 0; i < ROWS; i++) {
        double x[3], length;
        rill_stream_normal(rill_stream_key(1, "sphere"), 0, i, 0, 3, x);
        for (int j = 0; j < 3; j++)
            x[j] = .3 * x[j] + (j == i % 2);
        length = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
        fprintf(file, "%.9g,%.9g,%.9g\n", x[0] / length, x[1] / length, x[2] / length);
    }
    fclose(file);
}

START_TEST(models_on_a_sphere_are_judged_like_points)
{
    write_sphere();
    must(shell("rill train --data sphere.csv --manifold sphere " SMALL "--steps 500 --out s.st && "
               "rill train --data sphere.csv --manifold sphere " SMALL
               "--steps 1 --out raw-s.st && "
               "rill loglik --model s.st --data sphere.csv --steps 50 --solver rk4 --out p.npy"));
    double nats = told("nats");
    must(shell("rill eval --model s.st --csv s.csv"));
    double energy = told("energy");
    ck_assert_double_eq_tol(told("NLL"), -nats, .1); /* of half the rows: an error of .03 */
    ck_assert_double_le(energy, 3 * told("energy-floor"));
    ck_assert(!isnan(told("W1")) && !isnan(told("W2-floor")) && !isnan(told("MMD")));
    must(shell("rill eval --model raw-s.st --solver heun --steps 10"));
    ck_assert_double_ge(told("energy"), 3 * energy);
    ck_assert_double_ge(told("NLL"), .5 - nats);
}
END_TEST

/* Angles are embedded: those across pi are near. */
START_TEST(angles_have_no_seam)
{
    FILE *file = create("seam.csv");
    for (int i = 0; i < 400; i++)
        fprintf(file, "%.9g\n", (i % 2 ? 1 : -1) * (3.1 + .0001 * i));
    fclose(file);
    must(shell("rill train --data seam.csv --manifold torus " SMALL "--steps 1 --out seam.st && "
               "rill eval --model seam.st --n 200"));
    ck_assert_double_le(told("W1-floor"), .05); /* as numbers they are 6 apart */
    must(shell("rill train --data seam.csv --manifold torus --source seam.csv " SMALL
               "--steps 1 --out from.st && rill eval --model from.st --n 200"));
    ck_assert(isnan(told("NLL"))); /* of no known density */
    must_say("err", "no NLL: the model has no log p");
}
END_TEST

/* ---- What is refused. */

static const struct {
    const char *line;
    int status;
    const char *says;
} wrong[] = {
    { "rill eval --model tokens.st --out r.html", 2, "--out is not of models over tokens" },
    { "rill eval --model tokens.st --solver heun", 2, "--solver is not of models over tokens" },
    { "rill eval --model tokens.st --metric W1", 2, "--metric is not of models over tokens" },
    { "rill eval --model tokens.st --data moons", 1, "built-in sets have points" },
    { "printf '1,2\\n3,1\\n' > off.csv; rill eval --model tokens.st --data off.csv", 1,
      "'off.csv': line 2, column 1 is 3; expected tokens" },
    { "rill eval --model tokens.st --csv no/t.csv", 1, "cannot write 'no/t.csv'" },
};

START_TEST(wrong_use_is_refused_in_words)
{
    refuses(shell("%s", wrong[_i].line), wrong[_i].status, wrong[_i].says);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("eval_spaces");
    TCase *use = tcase_create("use");
    tcase_add_unchecked_fixture(use, make_models, NULL);
    tcase_add_test(use, the_bound_is_the_entropy_of_the_data);
    tcase_add_test(use, tokens_of_samples_are_counted);
    tcase_add_test(use, numbers_by_time_are_in_the_table);
    tcase_add_test(use, conditions_of_tokens_are_asked_for);
    tcase_add_test(use, models_on_a_sphere_are_judged_like_points);
    tcase_add_test(use, angles_have_no_seam);
    tcase_add_loop_test(use, wrong_use_is_refused_in_words, 0, sizeof wrong / sizeof *wrong);
    tcase_set_timeout(use, 60);
    suite_add_tcase(suite, use);
    return run_in_folder(suite);
}
