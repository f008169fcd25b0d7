/* Paths written as formulas: what they compute, what is wrong with those that are none, and that
 * neither length nor depth brings the reader down. */
#include "tools/formula/formula.h"

#include "core/program.h"
#include "core/rng.h"
#include "core/store.h"
#include "models/flow/scheduler.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3, WIDTH = 2, COUNT = ROWS * WIDTH };

/* Where a test looks: each row has a time of its own. */
static const double at_x0[COUNT] = { 0.3, -1.2, 0.7, 1.9, -0.4, 0.6 };
static const double at_x1[COUNT] = { 1.1, 0.4, -0.8, 0.5, 2.2, -1.7 };
static const double at_t[ROWS] = { 0.25, 0.5, 0.875 };

static formula *parsed(const char *text)
{
    mistake wrong;
    formula *f = formula_parse(text, strlen(text), &wrong);
    ck_assert_msg(f != NULL, "%.60s: %s", text, wrong.reason.text);
    return f;
}

/* x and velocity [ROWS, WIDTH] of a path at the given points. */
static void evaluate(const rill_path *path, const double *x0, const double *x1, double *x,
                     double *velocity)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_shape shape = RILL_SHAPE(ROWS, WIDTH);
    rill_tensor *a = rill_constant(g, RILL_F64, shape, x0, COUNT);
    rill_tensor *b = rill_constant(g, RILL_F64, shape, x1, COUNT);
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), at_t, ROWS);
    rill_path_point point = rill_path_point_at(path, a, b, t);
    rill_program *program = rill_compile(g, point.x, point.velocity);
    ck_assert_msg(program != NULL, "%s: %s", path->name, rill_error(g));
    ck_assert_int_eq(rill_run(program), RILL_OK);
    ck_assert_int_eq(rill_read(program, point.x, x, COUNT), RILL_OK);
    ck_assert_int_eq(rill_read(program, point.velocity, velocity, COUNT), RILL_OK);
    rill_program_free(program);
    rill_graph_free(g);
}

/* ---- What formulas mean: each beside the same in C, with a and b for x0 and x1. */

#define MEANINGS                                                                                   \
    MEANING("(1-t)*x0 + t*x1", (1 - t) * a + t * b)                                                \
    MEANING("x0 + t*(x1 - x0)", a + t * (b - a))                                                   \
    MEANING("x0 - x1 - t", a - b - t)                                                              \
    MEANING("x0 - (x1 - t)", a - (b - t))                                                          \
    MEANING("x0/x1/2", a / b / 2)                                                                  \
    MEANING("x0 + x1*t", a + b * t)                                                                \
    MEANING("-x0^2", -(a * a))                                                                     \
    MEANING("(-x0)^2", a *a)                                                                       \
    MEANING("exp(x0)^2^3", pow(exp(a), 8))                                                         \
    MEANING("2^-t*x0", pow(2, -t) * a)                                                             \
    MEANING("x0*-x1", a * -b)                                                                      \
    MEANING("--x0 - -+-x1", a - b)                                                                 \
    MEANING("x0*(t < .5) + x1*(t >= .5)", t < .5 ? a : b)                                          \
    MEANING("x0 + (x1 == x1) + (x0 != x0)", a + 1)                                                 \
    MEANING("1.5e1*x0 + .5*x1 + 1e-2", 15 * a + .5 * b + .01)                                      \
    MEANING("cos(pi*t/2)*x0 + sin(pi*t/2)*x1", cos(M_PI *t / 2) * a + sin(M_PI * t / 2) * b)       \
    MEANING("e^t*x0", exp(t) * a)                                                                  \
    MEANING("max(x0, x1) + min(x0, x1)", a + b)                                                    \
    MEANING(" x0\t*\n t ", a *t)

static double in_c(int k, double a, double b, double t)
{
    int at = 0;
#define MEANING(text, value)                                                                       \
    if (at++ == k)                                                                                 \
        return value;
    MEANINGS
#undef MEANING
    return (double)NAN;
}

START_TEST(formulas_mean_what_they_say)
{
    static const char *const texts[] = {
#define MEANING(text, value) text,
        MEANINGS
#undef MEANING
    };
    for (int k = 0; k < (int)(sizeof texts / sizeof *texts); k++) {
        double x[COUNT], velocity[COUNT];
        formula *f = parsed(texts[k]);
        evaluate(formula_path(f), at_x0, at_x1, x, velocity);
        for (int i = 0; i < COUNT; i++) {
            double expected = in_c(k, at_x0[i], at_x1[i], at_t[i / WIDTH]);
            /* a few roundings; powers and their arguments take most */
            ck_assert_msg(fabs(x[i] - expected) <= 1e-13 * (1 + fabs(expected)), "%s: %g, not %g",
                          texts[k], x[i], expected);
        }
        formula_free(f);
    }
}
END_TEST

/* A norm over all numbers of a sample. */
START_TEST(folding_goes_over_a_sample)
{
    double x[COUNT], velocity[COUNT];
    formula *f = parsed("x0 + 0*x1 + sqrt(sum(square(x1 - x0)))");
    evaluate(formula_path(f), at_x0, at_x1, x, velocity);
    for (int i = 0; i < COUNT; i++) {
        int row = i / WIDTH * WIDTH;
        double d = hypot(at_x1[row] - at_x0[row], at_x1[row + 1] - at_x0[row + 1]);
        ck_assert_double_eq_tol(x[i], at_x0[i] + d, 1e-14);
    }
    formula_free(f);
}
END_TEST

START_TEST(velocities_are_those_of_the_built_in_paths)
{
    static const struct {
        const rill_path *path;
        const char *text;
    } same[] = {
        { &rill_path_linear, "(1-t)*x0 + t*x1" },
        { &rill_path_cosine, "sin(pi*(1-t)/2)*x0 + sin(pi*t/2)*x1" },
        { &rill_path_power, "(1-t^2)*x0 + t^2*x1" },
        { &rill_path_linear_vp, "sqrt(1-t^2)*x0 + t*x1" },
        { &rill_path_curved, "(1-t)*x0 + t*x1 + 2*t*(1-t)*tanh(x0*x1)" },
    };
    for (size_t k = 0; k < sizeof same / sizeof *same; k++) {
        double x[COUNT], velocity[COUNT], x_f[COUNT], velocity_f[COUNT];
        formula *f = parsed(same[k].text);
        evaluate(same[k].path, at_x0, at_x1, x, velocity);
        evaluate(formula_path(f), at_x0, at_x1, x_f, velocity_f);
        for (int i = 0; i < COUNT; i++) {
            ck_assert_double_eq_tol(x[i], x_f[i], 1e-14);
            ck_assert_double_eq_tol(velocity[i], velocity_f[i], 1e-13);
        }
        formula_free(f);
    }
}
END_TEST

/* ---- Functions. */

/* "name(x0, x1, x0)" with `count` arguments, added to nothing: 0*x0 keeps the shape of a sample. */
static void write_call(char *text, size_t size, const char *name, int count)
{
    int used = snprintf(text, size, "x0*0 + %s(", name);
    for (int i = 0; i < count; i++)
        used += snprintf(text + used, size - (size_t)used, "%s0.1*x%d", i ? ", " : "", i % 2);
    snprintf(text + used, size - (size_t)used, ")");
}

/* Row 0 is the same when the other rows are not. */
static void expect_rows_apart(const char *text)
{
    double x[COUNT], other[COUNT], velocity[COUNT], moved0[COUNT], moved1[COUNT];
    for (int i = 0; i < COUNT; i++) {
        moved0[i] = i < WIDTH ? at_x0[i] : 5.0 - at_x0[i];
        moved1[i] = i < WIDTH ? at_x1[i] : 3.0 * at_x1[i];
    }
    formula *f = parsed(text);
    evaluate(formula_path(f), at_x0, at_x1, x, velocity);
    evaluate(formula_path(f), moved0, moved1, other, velocity);
    for (int i = 0; i < WIDTH; i++)
        ck_assert_msg(x[i] == other[i] || (isnan(x[i]) && isnan(other[i])),
                      "%s: row 0 depends on the others", text);
    formula_free(f);
}

START_TEST(every_op_that_may_be_called_is)
{
    int called = 0;
    for (int i = 0; rill_op_at(i); i++) {
        const rill_op *op = rill_op_at(i);
        char text[256];
        mistake wrong;
        if (!formula_may_call(op))
            continue;
        write_call(text, sizeof text, op->name, op->arity);
        expect_rows_apart(text);
        write_call(text, sizeof text, op->name, op->arity + 1);
        ck_assert_ptr_null(formula_parse(text, strlen(text), &wrong));
        ck_assert_ptr_nonnull(strstr(wrong.reason.text, op->name));
        called++;
    }
    ck_assert_int_gt(called, 40);
}
END_TEST

START_TEST(no_op_is_called_that_needs_more_than_tensors)
{
    static const char *const others[] = { "matmul", "uniform", "normal",  "assign",
                                          "input",  "param",   "reshape", "cast" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char text[64];
        mistake wrong;
        snprintf(text, sizeof text, "x0 + %s(x1)", others[i]);
        ck_assert_ptr_null(formula_parse(text, strlen(text), &wrong));
    }
}
END_TEST

/* ---- What is wrong, and where. */

START_TEST(mistakes_are_named_and_pointed_at)
{
    static const struct {
        const char *text, *says;
        int column;
    } cases[] = {
        { "", "the formula is empty", 0 },
        { "  ", "the formula is empty", 0 },
        { "2*x0 +", "a value is missing before the end", 6 },
        { "cos(t", "'(' is never closed", 0 },
        { "x0)", "')'", 2 },
        { "foo(t)", "unknown name 'foo'", 0 },
        { "(1-t)*x0 + t*y1", "unknown name 'y1'", 13 },
        { "x0 x1", "an operator is missing before 'x1'", 3 },
        { "2x0", "an operator is missing", 1 },
        { "x0 + * x1", "a value is missing before '*'", 5 },
        { "sum(x0, 1)", "'sum' takes 1 argument, not 2", 0 },
        { "max(x0)", "'max' takes 2 arguments, not 1", 0 },
        { "x0 < x1 < t", "comparisons do not chain", 8 },
        { "x0 @ x1", "'@' means nothing", 3 },
        { "x0 ** 2", "", 3 },
        { "x0 = x1", "", 3 },
        { "1e999*x0", "", 0 },
        { "cos + x0", "", 0 },
        { "x0,x1", "", 2 },
        { "()", "", 1 },
        { "cos()", "", 0 },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        mistake wrong;
        const char *text = cases[k].text;
        ck_assert_msg(!formula_parse(text, strlen(text), &wrong), "'%s' is taken", text);
        ck_assert_msg(strstr(wrong.reason.text, cases[k].says) != NULL, "'%s' says: %s", text,
                      wrong.reason.text);
        ck_assert_ptr_null(strchr(wrong.reason.text, '\n'));
        if (*wrong.excerpt)
            ck_assert_msg(wrong.column == cases[k].column, "'%s': column %d, not %d", text,
                          wrong.column, cases[k].column);
    }
}
END_TEST

/* Whatever is cut off or changed in a good formula, what is said points into it. */
START_TEST(every_mistake_has_a_place)
{
    static const char good[] = "cos(pi*t/2)*x0 + sin(pi*t/2)*max(x1, -x1^2) - 1.5e-1*(t<.5)";
    uint64_t seed = 1, key = rill_stream_key(seed, "mutations");
    for (int k = 0; k < 20000; k++) {
        static const char letters[] = "x01t()+-*/^<=!,. e@pi#\x80\n";
        char text[sizeof good];
        double u[4];
        rill_stream_uniform(key, 0, k, 0, 4, u);
        memcpy(text, good, sizeof good);
        for (int m = 0; m < 2; m++)
            text[(int)(u[2 * m] * (sizeof good - 1))] =
                letters[(int)(u[2 * m + 1] * (sizeof letters - 1))];
        mistake wrong;
        formula *f = formula_parse(text, strlen(text), &wrong);
        ck_assert_msg(f || *wrong.reason.text, "seed %d, case %d: nothing is said", (int)seed, k);
        ck_assert_msg(f || (wrong.column >= 0 && wrong.column <= (int)strlen(wrong.excerpt)),
                      "seed %d, case %d: column %d", (int)seed, k, wrong.column);
        formula_free(f);
    }
}
END_TEST

/* ---- Depth and length. */

static char *repeated(const char *front, const char *piece, int count, const char *back)
{
    size_t n = strlen(piece), size = strlen(front) + n * (size_t)count + strlen(back) + 1;
    char *text = malloc(size), *at = text + strlen(front);
    ck_assert_ptr_nonnull(text);
    strcpy(text, front);
    for (int i = 0; i < count; i++, at += n)
        memcpy(at, piece, n);
    strcpy(at, back);
    return text;
}

START_TEST(depth_is_bounded_by_length_alone)
{
    static const struct {
        const char *front, *piece, *back;
        int count, good;
    } bombs[] = {
        { "", "(", "", 65536, 0 },     { "", "-", "x0", 65000, 1 },
        { "", "cos(", "", 16000, 0 },  { "x0", "^x1", "", 20000, 1 },
        { "x0", "+x1", "", 20000, 1 }, { "x0", "*t", "", 30000, 1 },
        { "x0", ")", "", 60000, 0 },   { "", "-(", "", 32000, 0 },
        { "x0", "<x1", "", 9000, 0 },  { "x0+", "max(x1,", "", 5000, 0 },
    };
    for (size_t k = 0; k < sizeof bombs / sizeof *bombs; k++) {
        mistake wrong;
        char *text = repeated(bombs[k].front, bombs[k].piece, bombs[k].count, bombs[k].back);
        formula *f = formula_parse(text, strlen(text), &wrong);
        ck_assert_msg((f != NULL) == bombs[k].good, "'%s' %d times: %s", bombs[k].piece,
                      bombs[k].count, wrong.reason.text);
        formula_free(f);
        free(text);
    }
}
END_TEST

START_TEST(deep_formulas_run)
{
    double x[COUNT], velocity[COUNT];
    char *open = repeated("", "(", 20000, "x0"), *text = repeated(open, ")", 20000, " + x1");
    formula *f = parsed(text);
    evaluate(formula_path(f), at_x0, at_x1, x, velocity);
    for (int i = 0; i < COUNT; i++)
        ck_assert_double_eq(x[i], at_x0[i] + at_x1[i]);
    formula_free(f);
    free(open);
    free(text);
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
    mistake wrong;
    char *text = repeated("x0", "+x1", FORMULA_MOST / 3 + 1, "");
    ck_assert_ptr_null(formula_parse(text, strlen(text), &wrong));
    ck_assert_ptr_nonnull(strstr(wrong.reason.text, "at most 65536 characters"));
    free(text);
}
END_TEST

/* ---- Names or formulas. */

START_TEST(names_are_told_from_formulas)
{
    static const char *const formulas[] = { "x0",     "t",       "x0+x1",
                                            "1",      "-x1",     "(x0)",
                                            "cos(t)", "a b",     "(1-t)*x0 + t*x1",
                                            "x0-x1",  "cosine-t" };
    static const char *const names[] = { "linear", "linear-vp", "spiral", "logit-normal", "x2" };
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        ck_assert_msg(formula_is_meant(formulas[i]), "%s", formulas[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_msg(!formula_is_meant(names[i]), "%s", names[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formula");
    TCase *meaning = tcase_create("meaning"), *mistakes = tcase_create("mistakes");
    tcase_add_test(meaning, formulas_mean_what_they_say);
    tcase_add_test(meaning, folding_goes_over_a_sample);
    tcase_add_test(meaning, velocities_are_those_of_the_built_in_paths);
    tcase_add_test(meaning, every_op_that_may_be_called_is);
    tcase_add_test(meaning, no_op_is_called_that_needs_more_than_tensors);
    tcase_add_test(meaning, names_are_told_from_formulas);
    tcase_add_test(mistakes, mistakes_are_named_and_pointed_at);
    tcase_add_test(mistakes, every_mistake_has_a_place);
    tcase_add_test(mistakes, depth_is_bounded_by_length_alone);
    tcase_add_test(mistakes, deep_formulas_run);
    tcase_add_test(mistakes, what_is_too_long_is_refused);
    suite_add_tcase(suite, meaning);
    suite_add_tcase(suite, mistakes);
    return run_suite(suite);
}
