/* Models over tokens and on a sphere, from training to samples. */
#include "command_files.h"
#include "shell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Three rows of two tokens, learned by heart, with every source and loss. */
START_TEST(tokens_are_learned_and_sampled)
{
    static const char *const ways[] = { "--source mask", "--source uniform --kappa power:2",
                                        "--source mask --loss generalised-kl --kappa cosine" };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        must(shell("rill train --data good.csv --vocab 8 %s --hidden 32 --layers 2 --batch 128 "
                   "--seed 1 --lr .01 --steps 500 --quiet --out t.st && "
                   "rill sample --model t.st --n 1000 --steps 40 --out t.npy",
                   ways[i]));
        must(shell(
            "tail -c 8000 t.npy | od -v -An -t d4 -w8 | sort | uniq -c | sort -rn | head -3"));
        int count[3], x[3][2], learned = 0;
        ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d %d %d %d %d %d %d", &count[0], &x[0][0],
                                &x[0][1], &count[1], &x[1][0], &x[1][1], &count[2], &x[2][0],
                                &x[2][1]),
                         9);
        for (int k = 0; k < 3; k++) {
            ck_assert_int_eq(x[k][1], x[k][0] + 1); /* 1,2 and 3,4 and 5,6 */
            learned += count[k];
        }
        ck_assert_int_ge(learned, 900); /* both tokens jump in one step of 40 a few times */
    }
    must(shell("head -c 128 t.npy | tail -c 118"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "'descr': '<i4'"));
    must(shell("rill info t.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.vocab = 8"));
    ck_assert_ptr_null(strstr(text_of("out"), "rill.path"));
}
END_TEST

START_TEST(tokens_have_conditions_starts_and_known_places)
{
    must(shell("printf '0\\n1\\n1\\n' > three-labels.csv; printf '3,-1\\n-1,2\\n' > known.csv; "
               "printf '8,8\\n8,8\\n' > masks.csv; " TOKENS
               "--vocab 8 --cond three-labels.csv --lr .01 --steps 600 --out tc.st && "
               "rill sample --model tc.st --cond 0 --n 200 --steps 50 --out c.npy && "
               "tail -c 1600 c.npy | od -v -An -t d4 -w8 | sort | uniq -c | sort -rn | head -1"));
    int count, x, y;
    ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d", &count, &x, &y), 3);
    ck_assert_msg(count > 150 && x == 1 && y == 2, "%d times %d,%d", count, x, y);
    must(shell("rill sample --model tokens.st --fixed known.csv --x0 masks.csv --correctors 2 "
               "--trajectory k-way.npy --out k.npy && tail -c 16 k.npy | od -v -An -t d4 -w16 && "
               "tail -c 176 k-way.npy | od -v -An -t d4 -w16"));
    int a, b, c, d, first[4];
    ck_assert_int_eq(sscanf(text_of("out"), "%d %d %d %d %d %d %d %d", &a, &b, &c, &d, &first[0],
                            &first[1], &first[2], &first[3]),
                     8);
    ck_assert(a == 3 && d == 2 && b >= 0 && b < 8 && c >= 0 && c < 8);
    ck_assert(first[0] == 3 && first[1] == 8 && first[2] == 8 && first[3] == 2);
}
END_TEST

START_TEST(tokens_resume_draw_and_do_not_depend_on_how_many)
{
    must(shell(TOKENS "--vocab 8 --steps 40 --out t-one.st && " TOKENS
                      "--vocab 8 --steps 40 --save-every 20 --threads 1 --out t-two.st"));
    expect_same("t-one.st", "t-two.st");
    must(shell("rill sample --model t-one.st --n 3000 --correctors 1 --threads 2 --out t-a.npy && "
               "rill sample --model t-one.st --n 100 --correctors 1 --threads 1 --out t-b.npy && "
               "tail -c 24000 t-a.npy | head -c 800 > t-a && tail -c 800 t-b.npy > t-b"));
    expect_same("t-a", "t-b");
    must(shell("for part in loss path velocity gradient step sampler; do "
               "rill dot --model tokens.st --part $part --out t.dot && "
               "rill dot --model tokens.st --part $part --compiled --out t.dot || exit 1; done"));
}
END_TEST

/* Points of a sphere; the tolerance is a few units of rounding of f32. */
START_TEST(points_on_a_sphere_are_learned_and_sampled)
{
    static float x[3 * 500];
    must(shell("printf '1,0,0\n0,1,0\n0,0.6,0.8\n' > ball.csv; "
               "printf '1,0,0\n0,1.001,0\n' > off.csv; "
               "rill train --data ball.csv --manifold sphere --hidden 32 --layers 2 --batch 128 "
               "--lr .01 --steps 300 --quiet --out ball.st && "
               "rill sample --model ball.st --n 500 --steps 20 --solver heun --out ball.npy && "
               "tail -c 6000 ball.npy > ball.raw && rill info ball.st"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "rill.manifold = sphere"));
    FILE *file = fopen("ball.raw", "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(x, sizeof *x, 1500, file), 1500);
    fclose(file);
    int near = 0;
    for (int i = 0; i < 500; i++) {
        double a = (double)x[3 * i], b = (double)x[3 * i + 1], c = (double)x[3 * i + 2];
        ck_assert_double_eq_tol(sqrt(a * a + b * b + c * c), 1, 1e-6);
        near += a > .9 || b > .9 || .6 * b + .8 * c > .9;
    }
    ck_assert_int_ge(near, 400);
    ck_assert_int_eq(shell("rill train --data off.csv --manifold sphere --out a.st"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "'off.csv': line 2, which begins"));
    ck_assert_int_eq(shell("rill sample --model ball.st --n 2 --solver dopri5 --tol 1e-4 "
                           "--out ball2.npy"),
                     2);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "--tol is of models over points"));
    ck_assert_int_eq(shell("rill sample --model ball.st --x0 off.csv --out ball2.npy"), 1);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command_spaces");
    TCase *all = tcase_create("use");
    tcase_add_unchecked_fixture(all, make_files, NULL);
    tcase_add_test(all, tokens_are_learned_and_sampled);
    tcase_add_test(all, tokens_have_conditions_starts_and_known_places);
    tcase_add_test(all, tokens_resume_draw_and_do_not_depend_on_how_many);
    tcase_add_test(all, points_on_a_sphere_are_learned_and_sampled);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
