/* rill loglik, and log p wherever else it is told. */
#include "command_files.h"
#include "shell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* n numbers of a .npy of f8, whose header has 128 bytes. */
static void read_doubles(const char *path, double *x, size_t n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "no file %s", path);
    ck_assert_int_eq(fseek(file, 128, SEEK_SET), 0);
    ck_assert_msg(fread(x, sizeof *x, n, file) == n, "%s is shorter than %zu numbers", path, n);
    fclose(file);
}

/* The density of a model is one of the data's units: over a grid its integral is 1; and so is the
 * sum of the probabilities of levels, of which noise picks one place each. */
START_TEST(log_p_is_that_of_the_data_in_its_units)
{
    static double log_p[1001];
    must(
        shell("awk 'BEGIN { for (i = 0; i < 500; i++) print 1000 + 20 * sin(i * i) }' > sine.csv; "
              "awk 'BEGIN { for (i = 0; i < 1001; i++) print 900 + i / 5 }' > grid.csv; "
              "rill train --data sine.csv --normalize --steps 200 --lr .01 " SMALL
              "--out sine.st && rill loglik --model sine.st --data grid.csv --out p.npy > p.txt && "
              "rill loglik --model sine.st --data grid.csv --levels 1001 --range 900,1100 "
              "--out levels.npy"));
    double integral = 0, sum = 0, mean = 0, nats, bits;
    read_doubles("p.npy", log_p, 1001);
    for (int i = 0; i < 1001; i++)
        integral += .2 * exp(log_p[i]);
    ck_assert_double_eq_tol(integral, 1, 1e-3); /* f32, and 50 steps */
    read_doubles("levels.npy", log_p, 1001);
    for (int i = 0; i < 1001; i++)
        sum += exp(log_p[i]), mean += log_p[i] / 1001;
    ck_assert_double_eq_tol(sum, 1, 1e-2); /* places within a step, some hundreds that count */
    const char *said = text_of("out"), *last = strstr(said, "bits_per_dimension ");
    ck_assert_int_eq(sscanf(said, "nats %lf", &nats), 1);
    ck_assert(last && sscanf(last, "bits_per_dimension %lf", &bits) == 1);
    ck_assert_double_eq_tol(nats, mean, 1e-6);
    ck_assert_double_eq_tol(bits, -mean / log(2), 1e-6);
}
END_TEST

/* The same samples, and what rill loglik says of them. */
START_TEST(samples_may_bring_their_log_p)
{
    double with[40], after[40];
    must(shell("rill sample --model sine.st --n 40 --steps 50 --solver rk4 --out a.npy && "
               "rill sample --model sine.st --n 40 --steps 50 --solver rk4 --out b.npy "
               "--logp with.npy && rill compare a.npy b.npy"));
    double w1;
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_le(w1, 1e-3); /* roundings of numbers around 1000 in f32 */
    must(shell("rill loglik --model sine.st --data b.npy --out after.npy"));
    read_doubles("with.npy", with, 40);
    read_doubles("after.npy", after, 40);
    for (int i = 0; i < 40; i++)
        ck_assert_double_eq_tol(with[i], after[i], 1e-2); /* the samples were rounded: 6e-5 */
}
END_TEST

/* What a random path taught starts from noise like any other: its density is that of samples. */
START_TEST(a_random_path_leaves_a_density)
{
    double with[40], after[40], nats, nll;
    must(shell(TRAIN "--path tube:.5 --steps 300 --out tube.st && "
                     "rill sample --model tube.st --n 40 --steps 50 --solver rk4 --out tube.npy "
                     "--logp with.npy && "
                     "rill loglik --model tube.st --data tube.npy --out after.npy"));
    ck_assert_int_eq(sscanf(text_of("out"), "nats %lf", &nats), 1);
    read_doubles("with.npy", with, 40);
    read_doubles("after.npy", after, 40);
    for (int i = 0; i < 40; i++)
        ck_assert_double_eq_tol(with[i], after[i], 1e-3); /* --tol 1e-5, and roundings of f32 */
    must(shell("rill eval --model tube.st --metric NLL --n 100"));
    ck_assert_int_eq(sscanf(text_of("out"), "NLL %lf", &nll), 1);
    ck_assert(isfinite(nll));
}
END_TEST

START_TEST(a_density_is_drawn_exactly)
{
    int status =
        shell("rill plot density --model model.st --exact --bins 12 --steps 5 --out x.svg");
    ck_assert(status == 0 || strstr(text_of("err"), "without cairo"));
    must(shell(TRAIN "--steps 2 --source 8gaussians --out from.st"));
    ck_assert_int_eq(shell("rill plot density --model from.st --exact --out x.svg"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "it starts from data"));
}
END_TEST

START_TEST(log_p_by_probes_has_an_error)
{
    double exact[50], by_probes[50], error[50];
    must(shell("rill loglik --help"));
    must(shell("rill loglik --model model.st --data full.npy --steps 20 --out exact.npy && "
               "rill loglik --model model.st --data full.npy --steps 20 --out probes.npy "
               "--divergence hutchinson --probes 32 --errors errors.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "\nprobe_error "));
    read_doubles("exact.npy", exact, 50);
    read_doubles("probes.npy", by_probes, 50);
    read_doubles("errors.npy", error, 50);
    double far = 0, apart = 0;
    for (int i = 0; i < 50; i++) {
        far = fmax(far, fabs(by_probes[i] - exact[i]) / error[i]);
        apart += fabs(by_probes[i] - exact[i]);
    }
    ck_assert_double_lt(far, 5); /* one in fifty has 3 by chance, and 32 have tails */
    ck_assert_double_gt(apart, 0);
    must(shell("rill loglik --model cond.st --data full.npy --cond 3 --out c3.npy && "
               "rill loglik --model cond.st --data full.npy --cond 4 --out c4.npy"));
    ck_assert_int_ne(shell("cmp c3.npy c4.npy"), 0);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command_loglik");
    TCase *all = tcase_create("use");
    tcase_add_unchecked_fixture(all, make_files, NULL);
    tcase_add_test(all, log_p_is_that_of_the_data_in_its_units);
    tcase_add_test(all, samples_may_bring_their_log_p);
    tcase_add_test(all, a_random_path_leaves_a_density);
    tcase_add_test(all, a_density_is_drawn_exactly);
    tcase_add_test(all, log_p_by_probes_has_an_error);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
