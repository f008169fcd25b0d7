/* The command as people meet it: each part of it does what its help says. */
#include "command_files.h"
#include "shell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

START_TEST(help_is_there_for_everything)
{
    static const char *const commands[] = { "",           "data",      "train",      "sample",
                                            "velocity",   "compare",   "plot",       "dot",
                                            "ops",        "gradcheck", "info",       "demo",
                                            "check-path", "reflow",    "trajectory", "eval" };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        must(shell("rill %s --help", commands[i]));
        ck_assert_str_eq(text_of("err"), "");
        ck_assert_ptr_nonnull(strstr(text_of("out"), "rill"));
    }
    must(shell("rill train --help"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "--lr-schedule S"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "checkerboard"));
    must(shell("rill --version"));
    ck_assert(strncmp(text_of("out"), "rill ", 5) == 0);
}
END_TEST

START_TEST(a_reader_that_goes_away_is_no_failure)
{
    ck_assert_int_eq(shell("{ rill ops; echo $? >&2; } | true"), 0);
    ck_assert_str_eq(text_of("err"), "0\n");
}
END_TEST

START_TEST(train_sample_compare)
{
    must(shell(TRAIN
               "--steps 60 --out w.st --log w.csv && rill sample --model w.st --n 500 --out w.npy "
               "--trajectory w-way.npy --solver heun && rill data moons --n 500 --held-out --out "
               "w-data.npy"));
    must(shell("rill compare w.npy w-data.npy"));
    double w2, energy, mmd;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf energy %lf MMD %lf", &w2, &energy, &mmd), 3);
    ck_assert(w2 > 0 && w2 < 10 && energy > 0 && energy < 10 && mmd > 0 && mmd < 2);
    ck_assert(strncmp(text_of("w.csv"), "step,loss\n10,", 13) == 0);
    must(shell("rill compare w.npy w.npy"));
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert(w2 == 0.0);
    double speed, bend;
    must(shell("rill trajectory w-way.npy --data w-data.npy"));
    ck_assert_int_eq(sscanf(text_of("out"),
                            "squared-speed %lf straightness %lf W2 %lf path-energy %lf", &speed,
                            &bend, &w2, &energy),
                     4);
    ck_assert(bend > 0 && speed > bend);
    ck_assert_double_eq_tol(energy, fabs(speed / (w2 * w2) - 1), 1e-6); /* nine digits printed */
    must(shell("rill velocity --model w.st --x w.npy --t 0.5 --out w-v.npy && rill info w.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.done = 60"));
}
END_TEST

START_TEST(check_path_tells_what_a_path_is)
{
    must(shell("rill check-path 'cos(pi*t/2)*x0 + sin(pi*t/2)*x1'"));
    ck_assert(says("out", "affine yes") && says("out", "finite yes") &&
              says("out", "verdict a path\n"));
    must(shell("rill check-path '(1-t)*x0 + sqrt(t)*x1'"));
    ck_assert(says("out", "singular 0, where the velocity grows as t^-0.5"));
    must(shell("rill check-path '(1-t)^.3*x0 + t*x1'"));
    ck_assert(says("out", "singular 1, where the velocity grows as (1-t)^-0.7"));
    must(shell("rill check-path linear-vp"));
    ck_assert(says("out", "singular 1, where the velocity grows as (1-t)^-0.5\n"));
    must(shell("rill check-path curved"));
    ck_assert(says("out", "affine no"));
    must(shell("rill check-path bridge:.5"));
    ck_assert(says(
        "out", "random normal about it, sd 0 at t = 0, 0.25 at 0.5, 0 at 1; the rate of that is "
               "infinite at both ends\n"));
    ck_assert_int_eq(shell("rill check-path 'x0^(1-t)*x1^t'"), 1);
    must_say("out", "\nfinite no\nhole the path is not a number at x0 = ");
    must_say("out", "\nverdict no path: the path is not a number at x0 = ");
    must(shell("rill check-path vp"));
    ck_assert(says("out", "alpha(0) 0.00657159") && says("out", "verdict a path, which by") &&
              says("out", "(1-t)^-0.5\n"));
    must(shell("rill check-path --functions"));
    ck_assert(says("out", "tanh(a)") && !says("out", "matmul("));
}
END_TEST

/* Only times that are singular, or at which x jumps, are marked by dashes. */
START_TEST(a_path_can_be_looked_at)
{
    static const struct {
        const char *path;
        int good, dashes;
    } some[] = {
        { "linear", 1, 0 },
        { "'cos(pi*t/2)*x0 + sin(pi*t/2)*x1'", 1, 0 },
        { "linear-vp", 1, 1 },
        { "vp", 1, 1 },
        { "curved", 1, 0 },
        { "curved --dim 1", 1, 0 },
        { "bridge --dim 3000", 1, 0 },
        { "'t*x1'", 0, 0 },
        { "'(1-t)*x0/t + x1'", 0, 1 },
        { "'(1-t)*x0 + t*x1 + (t>.4)*t*(1-t)'", 0, 1 },
        { "'x0^(1-t)*x1^t'", 0, 0 },
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        int status = shell("rm -f p.svg; rill check-path %s --picture p.svg", some[i].path);
        if (says("err", "without cairo"))
            return;
        ck_assert_msg(status == !some[i].good, "%s: %s", some[i].path, text_of("err"));
        ck_assert_msg(says("p.svg", "stroke-dasharray") == some[i].dashes, "%s", some[i].path);
        ck_assert(!says("p.svg", "nan"));
        must_say("out", "verdict ");
        must(shell("cp p.svg q.svg; rill check-path %s --picture p.svg; cmp p.svg q.svg",
                   some[i].path));
    }
}
END_TEST

START_TEST(reflow_learns_from_what_the_model_makes)
{
    must(shell("rill train --data moons --cond labels --normalize --steps 300 --out bent.st " SMALL
               "&& rill reflow --model bent.st --out straight.st --pairs 500 --steps 300 --lr .01 "
               "--batch 64 --quiet --log straight.csv"));
    must(shell("rill sample --model bent.st --solver rk4 --steps 25 --x0 straight-x0.npy "
               "--cond straight-cond.npy --out again.npy && "
               "rill compare again.npy straight-x1.npy --metric W2"));
    double w2, last;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert_double_lt(w2, 1e-5);
    must(shell("tail -n 1 straight.csv"));
    ck_assert_int_eq(sscanf(text_of("out"), "300,%lf", &last), 1);
    ck_assert_double_lt(last, .2); /* of the bent one: 1 and more */
    must(shell("rill info straight.st | grep -E 'hidden|normalize|cond|x0'"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "straight-x0.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "straight-cond.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "normalize"));
    must(shell("rill train --resume straight.st --steps 320 --quiet && "
               "rill sample --model straight.st --cond 1 --n 5 --steps 1 --out one.npy"));
}
END_TEST

START_TEST(drawings_are_the_same_every_time)
{
    static const char *const parts[] = {
        "path", "velocity", "loss", "gradient", "step", "sampler"
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        must(shell("rill dot --part %s > d1.dot && rill dot --part %s --out d2.dot", parts[i],
                   parts[i]));
        expect_same("d1.dot", "d2.dot");
        must(shell(
            "rill dot --model cond.st --part %s --zoom > d3.dot && rill dot --compiled --part %s",
            parts[i], parts[i]));
        ck_assert(strncmp(text_of("d3.dot"), "digraph", 7) == 0);
    }
}
END_TEST

/* What a reader looks for first. */
START_TEST(drawings_name_what_they_are_of)
{
    static const struct {
        const char *arguments, *label;
    } drawn[] = { { "path", "x_t\\nadd" },
                  { "path", "dx_t/dt\\nsub" },
                  { "path --compiled", "x_t\\n" },
                  { "loss", "x0\\nnormal" },
                  { "loss", "t\\nuniform" },
                  { "loss", "velocity\\nadd" },
                  { "loss --compiled", "x0\\n" },
                  { "loss --compiled", "loss\\n" },
                  { "velocity", "velocity\\n" },
                  { "gradient", "d loss / d net.out.weight\\nmatmul" },
                  { "gradient --compiled", "d loss / d net.out.bias\\n" },
                  { "step", "net, derivative\\n12 nodes" },
                  { "step --depth 2", "net.out.bias\\n16 nodes" },
                  { "step --depth 0", "update\\n" },
                  { "sampler", "x at t = 1\\n" } };
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        must(
            shell("rill dot --part %s | grep -F 'label=\"%s'", drawn[i].arguments, drawn[i].label));
}
END_TEST

/* Of points of three numbers two are drawn: the picture of those two columns alone, but for the
 * names of its axes. */
START_TEST(two_columns_of_many_are_drawn)
{
    must(shell("rill plot samples three.csv --out p.svg"));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "columns 1 and 2 of 3"));
    must(shell("mkdir -p sub && cut -d, -f1,2 three.csv > sub/three.csv && rill plot samples "
               "sub/three.csv --out q.svg"));
    ck_assert_str_eq(text_of("err"), "");
    expect_same("p.svg", "q.svg");
    must(shell("rill plot samples three.csv --columns 1,3 --out p.svg && "
               "cut -d, -f1,3 three.csv > sub/three.csv && "
               "rill plot samples sub/three.csv --y-label x₃ --out q.svg"));
    expect_same("p.svg", "q.svg");
    must(shell("rill plot density three.csv --columns 2,3 --out p.svg"));
    must(shell("mkdir -p w && sed 's/$/,a/' three.csv > w/three.csv && for p in 1,3 2,3; do "
               "rill plot samples three.csv --columns $p --out p.svg && "
               "rill plot samples w/three.csv --columns $p --out q.svg && cmp p.svg q.svg; done"));
}
END_TEST

START_TEST(ops_and_checks_are_listed)
{
    must(shell("rill ops mul"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "da = mul("));
    must(shell("rill ops | grep -q '^matmul '"));
    must(shell("rill gradcheck tanh && rill gradcheck mlp"));
}
END_TEST

/* The network in words first, and its tensors alone; of other files all. */
START_TEST(info_tells_the_network_from_its_training)
{
    /* t and x in: (3 8 + 8) + (8 8 + 8) + (8 2 + 2) */
    must(shell("rill info model.st && ! grep -q -e '^adam' -e '^ema' -e '^step' out"));
    ck_assert_int_eq(strncmp(text_of("out"), "network: 122 numbers in 6 tensors\n", 34), 0);
    must_say("out", "\noptimiser: 244 numbers in 12 tensors\n");
    must_say("out", "\naverages: 122 numbers in 6 tensors\n");
    must_say("out", "\nnet.out.bias  F32 [2]\n");
    must_say("out", "; --all shows all\n");
    must(shell("rill info model.st --all && grep -q '^adam.m.net.out.bias  F32' out"));
    ck_assert(!says("out", "shows all"));
    must(shell("sed 's/\"rill.format/\"rill.fromat/' model.st > other.st && rill info other.st && "
               "grep -q '^adam.m.net.out.bias  F32' out"));
    ck_assert_int_ne(strncmp(text_of("out"), "network", 7), 0);
}
END_TEST

/* Of every built-in op; the compiler has held them against the headers. */
START_TEST(ops_are_shown_as_they_are_called_from_c)
{
    must(shell("rill ops sum"));
    must_say("out", "\nrill_tensor *rill_sum(rill_tensor *x, rill_axes axes, int keep);\n");
    must(shell("rill ops rill_gelu"));
    must_say("out", "\nrill_tensor *rill_gelu(rill_tensor *a);\n");
    refuses(shell("rill ops rill_gelo"), 2, "there is no op 'rill_gelo'");
    must(shell("for op in $(rill ops | sed -n 's/^\\([a-z0-9_]*\\) .*/\\1/p'); do "
               "rill ops $op | grep -q \"^rill_tensor \\*rill_$op(.*);\" || exit 1; done"));
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command");
    TCase *all = tcase_create("use");
    tcase_add_unchecked_fixture(all, make_files, NULL);
    tcase_add_test(all, help_is_there_for_everything);
    tcase_add_test(all, a_reader_that_goes_away_is_no_failure);
    tcase_add_test(all, train_sample_compare);
    tcase_add_test(all, check_path_tells_what_a_path_is);
    tcase_add_test(all, a_path_can_be_looked_at);
    tcase_add_test(all, reflow_learns_from_what_the_model_makes);
    tcase_add_test(all, drawings_are_the_same_every_time);
    tcase_add_test(all, drawings_name_what_they_are_of);
    tcase_add_test(all, two_columns_of_many_are_drawn);
    tcase_add_test(all, ops_and_checks_are_listed);
    tcase_add_test(all, info_tells_the_network_from_its_training);
    tcase_add_test(all, ops_are_shown_as_they_are_called_from_c);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
