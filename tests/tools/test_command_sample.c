/* rill sample: where samples start, what steers them, at which times; and which bytes stay. */
#include "command_files.h"
#include "shell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Guided, on another scheduler and in log p alike: one step goes by the mean, or is refused. */
START_TEST(mean_velocities_step_where_they_are_known)
{
    static const char one[] = "rill sample --model mean.st --n 40 --steps 1";
    must(shell(TRAIN "--objective meanflow --steps 30 --out mean.st && %s --out a.npy && "
                     "%s --guidance 1 --guide mean.st --out b.npy && cmp a.npy b.npy",
               one, one));
    must(shell("%s --scheduler cosine --out b.npy && rill compare a.npy b.npy", one));
    double w2;
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert_msg(w2 < 1e-4, "%g", w2); /* f32 */
    ck_assert_int_eq(shell("%s --guidance 1 --guide model.st --out b.npy", one), 1);
    ck_assert(says("err", "--guide 'model.st' has no mean velocities, by which the model steps"));
    ck_assert_int_eq(shell("%s --logp p.npy --out b.npy", one), 1);
    ck_assert(says("err", "log p goes by the velocity, but steps of this solver by its mean"));
    must(shell("%s --solver heun --logp p.npy --out b.npy", one));
}
END_TEST

START_TEST(one_euler_step_is_noise_plus_velocity)
{
    must(shell("rill sample --model model.st --x0 good.csv --steps 1 --out e.npy && "
               "rill velocity --model model.st --x good.csv --t 0 --out e-v.npy"));
    static float x[3][2], v[3][2];
    static const float x0[3][2] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
    FILE *a = fopen("e.npy", "rb"), *b = fopen("e-v.npy", "rb");
    ck_assert(a && b && !fseek(a, 128, SEEK_SET) && !fseek(b, 128, SEEK_SET));
    ck_assert(fread(x, sizeof x, 1, a) == 1 && fread(v, sizeof v, 1, b) == 1);
    fclose(a);
    fclose(b);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++) /* a rounding of each of two operations */
            ck_assert_double_eq_tol((double)x[i][j], (double)(x0[i][j] + v[i][j]), 2e-6);
}
END_TEST

START_TEST(labels_and_vectors_condition)
{
    must(shell("rill sample --model cond.st --cond 3 --n 4 --out c3.npy && printf "
               "'3\\n3\\n3\\n3\\n' > c.csv"
               " && rill sample --model cond.st --cond c.csv --out c-file.npy"));
    expect_same("c3.npy", "c-file.npy");
    must(shell("rill sample --model cond.st --cond 4 --n 4 --out c4.npy"));
    ck_assert_int_ne(shell("cmp c3.npy c4.npy"), 0);
    must(shell("rill train --data good.csv --cond three.csv " SMALL "--steps 3 --out v.st && "
               "rill sample --model v.st --cond three.csv --out v.npy"));
}
END_TEST

/* Data of mean 1000 and spread 2: without the transform nothing could be learned in 400 steps. */
START_TEST(normalized_models_sample_in_the_units_of_the_data)
{
    must(shell("awk 'BEGIN { for (i = 0; i < 200; i++) print 1000 + 2 * (i %% 2) }' > far.csv && "
               "rill train --data far.csv --normalize --steps 400 --lr .01 " SMALL
               "--out far.st && "
               "rill sample --model far.st --n 200 --steps 20 --out far.npy && "
               "rill compare far.csv far.npy"));
    double w1;
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_lt(w1, 1.0);
}
END_TEST

START_TEST(samples_may_start_from_data)
{
    must(shell("rill train --data moons --source 8gaussians " SMALL "--steps 5 --out src.st && "
               "rill sample --model src.st --n 100 --out src.npy && "
               "rill sample --model src.st --n 10 --out src-10.npy"));
    must(shell("tail -c +129 src.npy | head -c 80 > src-a; tail -c +129 src-10.npy | cmp - src-a"));
}
END_TEST

/* The map within a drawing depends on the samples alone.  Without cairo there is none. */
START_TEST(pictures_of_a_model_start_where_its_samples_do)
{
    must(shell("rill train --data moons --source circles " SMALL "--steps 5 --out src.st && "
               "rill sample --model src.st --n 300 --steps 5 --seed 3 --out src.npy"));
    int status = shell("rill plot density src.npy --bins 12 --out a.svg");
    if (status == 1 && says("err", "without cairo"))
        return;
    must(status);
    must(shell("rill plot density --model src.st --n 300 --steps 5 --seed 3 --bins 12 --out b.svg; "
               "for f in a b; do tr -d '\\n' < $f.svg | grep -o 'base64,[^\"]*' > $f.map; done"));
    expect_same("a.map", "b.map");
}
END_TEST

/* Weight 1 and level 0 are the model as it is; a scheduler is another way to the same samples. */
START_TEST(samples_are_steered)
{
    must(shell("rill train --data 8gaussians --cond labels --dropout .5 " SMALL
               "--steps 20 --out drop.st && "
               "rill sample --model drop.st --cond 3 --n 9 --out g.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 1 --out g1.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --noise-level root:0 --out n0.npy"));
    expect_same("g.npy", "g1.npy");
    expect_same("g.npy", "n0.npy");
    must(shell("rill sample --model drop.st --cond 3 --n 9 --guidance 3 --out g3.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 3,.2,.8 --out g3i.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --guidance 3 --guide cond.st "
               "--out gg.npy && "
               "rill sample --model drop.st --cond 3 --n 9 --noise-level constant:.5 --out n.npy"));
    ck_assert_int_ne(shell("cmp g.npy g3.npy"), 0);
    ck_assert_int_ne(shell("cmp g3.npy g3i.npy"), 0);
    ck_assert_int_ne(shell("cmp g3.npy gg.npy"), 0);
    ck_assert_int_ne(shell("cmp g.npy n.npy"), 0);
    /* As many steps as make either exact to 1e-2, from the same noise. */
    must(shell("rill sample --model model.st --n 200 --solver rk4 --steps 40 --out a.npy && "
               "rill sample --model model.st --n 200 --solver rk4 --steps 40 --scheduler cosine "
               "--out b.npy && rill compare a.npy b.npy | awk '$1 == \"W2\" { exit $2 > .01 }'"));
}
END_TEST

/* On a path that tells no score, in pairs.  Level 0 is the model as it is.  Data are uniform on
 * [1, 2], and so are samples, but for .06 that 1000 steps of training leave, with noise as without;
 * with the score that follows from the velocity on an affine path, W1 is .16. */
START_TEST(a_learned_score_lets_noise_in)
{
    double w1;
    must(shell("s() { rill sample --model both.st --steps 100 --n 2000 \"$@\"; }; "
               "awk 'BEGIN { for (i = 0; i < 200; i++) print 1 + i / 199 }' > even.csv && "
               "rill train --data even.csv --coupling ot --path bridge:1 "
               "--objective sf2m --hidden 16 --layers 2 --batch 64 --lr .01 --steps 1000 --quiet "
               "--out both.st && "
               "s --out sf-a.npy && s --noise-level root:0 --out sf-0.npy && "
               "s --noise-level root:2 --out sf-n.npy && rill compare even.csv sf-n.npy"));
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_lt(w1, .1);
    expect_same("sf-a.npy", "sf-0.npy");
    ck_assert_int_ne(shell("cmp sf-a.npy sf-n.npy"), 0);
}
END_TEST

/* Guided, by the condition or by another model, scores are led as velocities are. */
START_TEST(a_learned_score_is_led)
{
    must(
        shell("s() { rill sample --model led.st --cond 3 --n 50 --noise-level root \"$@\"; }; "
              "t() { rill train --data 8gaussians --cond labels --path bridge:1 --quiet --batch 16 "
              "--source circles --objective sf2m --layers 2 --steps 20 \"$@\"; }; "
              "t --hidden 8 --dropout .5 --out led.st && t --hidden 6 --out lead.st && "
              "s --out l.npy && s --guidance 1 --out l1.npy && s --guidance 1 --guide lead.st "
              "--out lg1.npy && s --guidance 3 --out l3.npy && s --guidance 3 --guide lead.st "
              "--out lg3.npy"));
    expect_same("l.npy", "l1.npy");
    expect_same("l.npy", "lg1.npy");
    ck_assert_int_ne(shell("cmp l.npy l3.npy"), 0);
    ck_assert_int_ne(shell("cmp l3.npy lg3.npy"), 0);
}
END_TEST

START_TEST(samples_do_not_depend_on_how_many)
{
    must(shell("rill sample --model model.st --n 1000 --out n1000.npy && "
               "rill sample --model model.st --n 100 --out n100.npy"));
    /* numpy's header is 128 bytes; 100 samples are 800. */
    must(shell("tail -c +129 n1000.npy | head -c 800 > n-a; tail -c +129 n100.npy | cmp - n-a"));
    must(shell("rill sample --model model.st --n 9000 --out n9000.npy && "
               "tail -c +129 n9000.npy | head -c 8000 > n-b; tail -c +129 n1000.npy | cmp - n-b"));
}
END_TEST

/* Rows of samples, tokens, data and labels: read again, the text is the same bytes of numbers. */
START_TEST(samples_may_be_text)
{
    must(shell("s() { rill sample --model model.st --seed 3 \"$@\"; }; "
               "s --n 9000 --out t.npy && s --n 9000 --out t.csv && s --x0 t.npy --out t1.npy && "
               "s --x0 t.csv --out t2.npy && test $(wc -l < t.csv) = 9000"));
    expect_same("t1.npy", "t2.npy");
    must(shell("d() { rill data moons --n 5000 --seed 2 \"$@\"; }; "
               "d --out t.npy --labels l.npy && d --out t.csv --labels l.csv && "
               "rill sample --model model.st --x0 t.npy --out t1.npy && "
               "rill sample --model model.st --x0 t.csv --out t2.npy && "
               "rill sample --model cond.st --cond l.npy --out t3.npy && "
               "rill sample --model cond.st --cond l.csv --out t4.npy"));
    expect_same("t1.npy", "t2.npy");
    expect_same("t3.npy", "t4.npy");
    must(shell("rill sample --model tokens.st --n 50 --out k.csv && "
               "! grep -qvx '[0-7],[0-7]' k.csv && test $(wc -l < k.csv) = 50"));
}
END_TEST

/* Names and lists of the same times are the same bytes; evaluations are those of the steps. */
START_TEST(grids_are_what_they_say)
{
    must(shell("rill sample --model model.st --n 50 --steps 4 --solver heun --out g-a.npy"));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "a sample took 8 evaluations"));
    must(shell("rill sample --model model.st --n 5 --steps 1 --out g.npy"));
    must_say("err", "a sample took 1 evaluation\n");
    must(shell(
        "g() { rill sample --model model.st --n 50 --solver heun \"$@\"; }; "
        "printf '0\\n.25\\n.5\\n.75\\n1\\n' > times.csv && "
        "g --grid 0,.25,.5,.75,1 --out g-b.npy && g --grid times.csv --out g-c.npy && "
        "g --steps 4 --grid shifted:1 --out g-d.npy && "
        "g --grid 0,.1,.25,.5,1 --out g-e.npy && g --steps 4 --grid shifted:3 --out g-f.npy && "
        "! cmp -s g-a.npy g-f.npy"));
    expect_same("g-a.npy", "g-b.npy");
    expect_same("g-a.npy", "g-c.npy");
    expect_same("g-a.npy", "g-d.npy");
    must(shell("rill sample --model model.st --n 50 --solver heun --out g-g.npy "
               "--grid 0,.1,.25,.5,1 && cmp g-e.npy g-g.npy"));
}
END_TEST

/* A sample has steps of its own: neither its neighbours nor the times that are kept change it. */
START_TEST(chosen_steps_are_of_each_sample)
{
    must(shell("s() { rill sample --model model.st --solver dopri5 --tol 1e-4 \"$@\"; }; "
               "s --n 1500 --out a-all.npy && s --n 100 --out a-few.npy && "
               "s --n 100 --steps 7 --trajectory a-ways.npy --out a-kept.npy && "
               "tail -c +129 a-all.npy | head -c 800 > a-1; tail -c +129 a-few.npy | cmp - a-1"));
    expect_same("a-few.npy", "a-kept.npy");
    /* 8 times of 100 samples, of which the last are the samples (a header of 128 bytes). */
    must(shell("tail -c 800 a-ways.npy > a-2 && tail -c 800 a-kept.npy | cmp - a-2 && "
               "test $(wc -c < a-ways.npy) = $((128 + 8 * 800))"));
}
END_TEST

/* To the noise and to the samples again, in units of data that are far from the network's. */
START_TEST(backward_undoes_sampling)
{
    double w1;
    must(shell(
        "b() { rill sample --model unit.st --solver tsit5 --tol 1e-6 \"$@\"; }; "
        "awk 'BEGIN { for (i = 0; i < 200; i++) print 1000 + 20 * sin(i * i) }' > unit.csv && "
        "rill train --data unit.csv --normalize --steps 200 " SMALL "--out unit.st && "
        "b --n 300 --out b-1.npy && b --x0 b-1.npy --backward --out b-0.npy && "
        "b --x0 b-0.npy --out b-2.npy && rill compare b-1.npy b-2.npy"));
    /* Two ways with errors of 1e-6 in the network's units, of which one is about 14 of the data's;
     * f4 has 6e-5 at 1000. */
    ck_assert_int_eq(sscanf(text_of("out"), "W1 %lf", &w1), 1);
    ck_assert_double_lt(w1, 1e-3);
}
END_TEST

START_TEST(models_may_come_from_a_pipe)
{
    must(shell(
        "for m in model tokens; do rill sample --model $m.st --n 5 --out a.npy && cat $m.st | "
        "rill sample --model /dev/stdin --n 5 --out b.npy && cmp a.npy b.npy || exit 1; done"));
}
END_TEST

/* Many rows, and many steps of a few: whoever finished a chunk first would take longer than the
 * test may. */
START_TEST(interrupted_sampling_leaves_nothing)
{
    static const char *const long_ones[] = {
        "sample --model model.st --n 50000000 --steps 20",
        "sample --model model.st --n 8192 --steps 1000000",
        "sample --model model.st --n 8192 --steps 1000000 --logp p.npy",
        "sample --model tokens.st --n 8192 --steps 100000",
        "reflow --model model.st --pairs 8192 --pair-steps 100000",
    };
    int status = shell("\"$RILL_COMMAND\" %s --out big.npy & "
                       "pid=$!; while ! ls -A | grep -q '^\\.rill-'; do sleep .01; done; "
                       "kill -INT $pid; wait $pid",
                       long_ones[_i]);
    ck_assert_int_eq(status, 130);
    ck_assert_int_ne(shell("ls -A | grep -e '^\\.rill-' -e big.npy"), 0);
}
END_TEST

START_TEST(samples_that_overflow_are_refused)
{
    must(shell(TRAIN "--lr-schedule constant --lr 1e30 --ema 0 --steps 1 --out bad.st"));
    ck_assert_int_eq(shell("rill sample --model bad.st --n 5 --out s.npy"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "sample 0 (counted from 0) came out as "));
    ck_assert_int_eq(shell("rill velocity --model bad.st --x good.csv --t 0.5 --out s.npy"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "velocity 0 (counted from 0) came out as "));
    ck_assert_int_ne(access("s.npy", F_OK), 0);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command_sample");
    TCase *all = tcase_create("use");
    tcase_add_unchecked_fixture(all, make_files, NULL);
    tcase_add_test(all, mean_velocities_step_where_they_are_known);
    tcase_add_test(all, one_euler_step_is_noise_plus_velocity);
    tcase_add_test(all, labels_and_vectors_condition);
    tcase_add_test(all, models_may_come_from_a_pipe);
    tcase_add_test(all, normalized_models_sample_in_the_units_of_the_data);
    tcase_add_test(all, samples_may_start_from_data);
    tcase_add_test(all, pictures_of_a_model_start_where_its_samples_do);
    tcase_add_test(all, samples_are_steered);
    tcase_add_test(all, a_learned_score_lets_noise_in);
    tcase_add_test(all, a_learned_score_is_led);
    tcase_add_test(all, samples_do_not_depend_on_how_many);
    tcase_add_test(all, samples_may_be_text);
    tcase_add_test(all, grids_are_what_they_say);
    tcase_add_test(all, chosen_steps_are_of_each_sample);
    tcase_add_test(all, backward_undoes_sampling);
    tcase_add_loop_test(all, interrupted_sampling_leaves_nothing, 0, 5);
    tcase_add_test(all, samples_that_overflow_are_refused);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
