/* Models on manifolds by the command: what they learn, their density, what is refused. */
#include "shell.h"

#include "core/rng.h"
#include "formats/npy_file.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Numbers of a .npy file, of which there have to be n. */
static void read_numbers(const char *path, double *x, int64_t n)
{
    rill_npy npy;
    rill_message message;
    void *bytes;
    ck_assert_msg(rill_npy_load(path, &npy, &bytes, &message) == RILL_OK, "%s", message.text);
    ck_assert_int_eq(rill_npy_count(&npy), n);
    ck_assert_int_eq(rill_npy_read_f64(&npy, x, 0, n, &message), RILL_OK);
    free(bytes);
}

static void write_rows(const char *path, const double *x, int rows, int width)
{
    FILE *file = fopen(path, "w");
    for (int i = 0; file && i < rows * width; i++)
        fprintf(file, "%.9g%c", x[i], (i + 1) % width ? ',' : '\n');
    if (!file || fclose(file) != 0)
        abort();
}

/* ---- Data: bumps of deviation .3 around a point of each class. */

enum { ROWS = 1500, MOST_WIDTH = 4 };

static const struct space {
    const char *name, *manifold;
    int sphere, angles; /* numbers of a point that are on a sphere, and that are angles */
    double centre[2][MOST_WIDTH];
} spaces[] = {
    { "sphere", "sphere", 3, 0, { { 1, 0, 0 }, { 0, .6, .8 } } },
    { "torus", "torus", 0, 2, { { 3, 0 }, { -1, 2 } } }, /* the first bump lies across pi */
    { "product", "sphere:3,torus:1", 3, 1, { { 1, 0, 0, 3 }, { 0, .6, .8, 0 } } },
};
enum { SPACES = sizeof spaces / sizeof *spaces };

static int width_of(const struct space *s)
{
    return s->sphere + s->angles;
}

/* The nearest point of the manifold. */
static void settle(const struct space *s, double *x)
{
    double square = 0;
    for (int j = 0; j < s->sphere; j++)
        square += x[j] * x[j];
    for (int j = 0; j < s->sphere; j++)
        x[j] /= sqrt(square);
    for (int j = s->sphere; j < width_of(s); j++)
        x[j] = remainder(x[j], 2 * M_PI);
}

static double distance(const struct space *s, const double *x, const double *y)
{
    double along = 0, sum = 0;
    for (int j = 0; j < s->sphere; j++)
        along += x[j] * y[j];
    if (s->sphere)
        sum += pow(acos(fmax(-1, fmin(1, along))), 2);
    for (int j = s->sphere; j < width_of(s); j++)
        sum += pow(remainder(x[j] - y[j], 2 * M_PI), 2);
    return sqrt(sum);
}

/* NAME.csv, a row of class 0 for each two of class 1, and NAME-labels.csv. */
static void write_data(const struct space *s)
{
    static double x[ROWS * MOST_WIDTH], labels[ROWS];
    char path[64];
    int n = width_of(s);
    rill_stream_normal(rill_stream_key(1, s->name), 0, 0, 0, ROWS * n, x);
    for (int i = 0; i < ROWS; i++) {
        labels[i] = i % 3 != 0;
        for (int j = 0; j < n; j++)
            x[i * n + j] = s->centre[i % 3 != 0][j] + .3 * x[i * n + j];
        settle(s, x + i * n);
    }
    snprintf(path, sizeof path, "%s.csv", s->name);
    write_rows(path, x, ROWS, n);
    snprintf(path, sizeof path, "%s-labels.csv", s->name);
    write_rows(path, labels, ROWS, 1);
}

#define SMALL "--hidden 32 --layers 2 --batch 128 --lr .01 --quiet "

static void make_files(void)
{
    for (int i = 0; i < SPACES; i++) {
        const struct space *s = &spaces[i];
        write_data(s);
        int status = shell("rill train --data %s.csv --manifold %s " SMALL
                           "--steps 400 --out %s.st && rill train --data %s.csv --manifold %s "
                           "--cond %s-labels.csv " SMALL "--steps 400 --out %s-cond.st",
                           s->name, s->manifold, s->name, s->name, s->manifold, s->name, s->name);
        if (status != 0) {
            fprintf(stderr, "%s", text_of("err"));
            exit(EXIT_FAILURE);
        }
    }
}

/* ---- Samples. */

enum { DRAWN = 400 };

/* Samples of FILE.npy that are within 1 of a centre: the bumps have all but some thousandths of
 * their mass there.  All have to be on the manifold, up to roundings of f32. */
static int near_centre(const struct space *s, const char *file, int centre)
{
    static double x[DRAWN * MOST_WIDTH];
    int n = width_of(s), near = 0;
    read_numbers(file, x, DRAWN * n);
    for (int i = 0; i < DRAWN; i++) {
        double settled[MOST_WIDTH];
        memcpy(settled, x + i * n, (size_t)n * sizeof *x);
        settle(s, settled);
        for (int j = 0; j < n; j++)
            ck_assert_double_eq_tol(settled[j], x[i * n + j], 1e-6);
        near += distance(s, x + i * n, s->centre[centre]) < 1;
    }
    return near;
}

START_TEST(samples_are_on_the_manifold_and_where_the_data_are)
{
    const struct space *s = &spaces[_i];
    must(shell("rill sample --model %s.st --n %d --steps 20 --solver heun --out s.npy", s->name,
               DRAWN));
    int first = near_centre(s, "s.npy", 0), second = near_centre(s, "s.npy", 1);
    ck_assert_int_ge(first + second, DRAWN * 8 / 10);
    ck_assert_int_ge(first, DRAWN / 6); /* of a third, by a network of some seconds */
    ck_assert_int_ge(second, DRAWN / 3);
}
END_TEST

START_TEST(labels_pick_what_is_drawn)
{
    const struct space *s = &spaces[_i];
    for (int label = 0; label < 2; label++) {
        must(shell("rill sample --model %s-cond.st --cond %d --n %d --steps 20 --solver heun "
                   "--out s.npy",
                   s->name, label, DRAWN));
        ck_assert_int_ge(near_centre(s, "s.npy", label), DRAWN * 8 / 10);
    }
    refuses(shell("rill sample --model %s-cond.st --n 5 --out s.npy", s->name), 2, "labels 0 to 1");
    refuses(shell("rill loglik --model %s-cond.st --data %s.csv --out p.npy", s->name, s->name), 2,
            "--cond");
}
END_TEST

/* Every point of a way is on the manifold; it starts where another of as many samples does. */
START_TEST(trajectories_go_from_noise_to_samples)
{
    enum { STEPS = 3, N = 40, MOST = (STEPS + 1) * N * MOST_WIDTH };
    static double way[MOST], other[MOST], x[N * MOST_WIDTH];
    const struct space *s = &spaces[_i];
    int n = width_of(s);
    size_t bytes = (size_t)(N * n) * sizeof *x;
    must(shell("rill sample --model %s.st --n %d --steps %d --out s.npy --trajectory t.npy && "
               "rill sample --model %s.st --n %d --steps 1 --out one.npy --trajectory u.npy",
               s->name, N, STEPS, s->name, N));
    read_numbers("t.npy", way, (STEPS + 1) * N * n);
    read_numbers("u.npy", other, 2 * N * n);
    read_numbers("s.npy", x, N * n);
    ck_assert_mem_eq(way + STEPS * N * n, x, bytes);
    ck_assert_mem_eq(way, other, bytes);
    for (int i = 0; i < (STEPS + 1) * N; i++) {
        memcpy(x, way + i * n, (size_t)n * sizeof *x);
        settle(s, x);
        for (int j = 0; j < n; j++)
            ck_assert_double_eq_tol(x[j], way[i * n + j], 1e-6);
    }
}
END_TEST

/* From the points of a file, which are all in one place, to the data. */
START_TEST(samples_may_start_from_points_of_a_file)
{
    enum { N = 20 };
    static double x[2 * N * MOST_WIDTH];
    const struct space *s = &spaces[_i];
    int n = width_of(s);
    for (int i = 0; i < N; i++)
        memcpy(x + i * n, s->centre[1], (size_t)n * sizeof *x);
    write_rows("from.csv", x, N, n);
    must(shell("rill train --data %s.csv --manifold %s --source from.csv " SMALL
               "--steps 30 --out from.st && "
               "rill sample --model from.st --n %d --steps 1 --out s.npy --trajectory t.npy",
               s->name, s->manifold, N));
    read_numbers("t.npy", x, 2 * N * n);
    for (int i = 0; i < N; i++)
        ck_assert_double_le(distance(s, x + i * n, s->centre[1]), 1e-3); /* acos near 1, of f32 */
    refuses(shell("rill loglik --model from.st --data %s.csv --out p.npy", s->name), 1,
            "the model has no log p: it starts from data");
    refuses(shell("rill sample --model from.st --n 5 --logp p.npy --out s.npy"), 1,
            "the model has no log p: it starts from data");
    x[0] += .5;
    x[n - 1] += 4;
    write_rows("off.csv", x, N, n);
    refuses(shell("rill train --data %s.csv --manifold %s --source off.csv --out a.st", s->name,
                  s->manifold),
            1, "'off.csv': line 1, which begins ");
}
END_TEST

START_TEST(resuming_is_not_stopping)
{
    const struct space *s = &spaces[_i];
#define RUN "rill train --data %s.csv --manifold %s " SMALL "--lr-schedule constant "
    must(shell(RUN "--steps 40 --out whole.st && " RUN "--steps 23 --out part.st && "
                   "rill train --resume part.st --steps 40 --quiet",
               s->name, s->manifold, s->name, s->manifold));
    expect_same("whole.st", "part.st");
    refuses(shell("rill train --resume part.st --steps 50 --manifold euclidean"), 2,
            "--manifold is euclidean, but the model was trained with");
}
END_TEST

/* ---- Densities. */

/* The density of samples is that of the file they were saved in: what differs are the solver's
 * errors, on the way there and back, and the roundings of f32. */
START_TEST(samples_bring_the_density_that_loglik_tells)
{
    static double with[DRAWN], after[DRAWN];
    double nats, mean = 0;
    const struct space *s = &spaces[_i];
#define DRAW "rill sample --model %s.st --n %d --steps 50 --solver rk4 "
    must(shell(DRAW "--out plain.npy && " DRAW "--logp with.npy --out s.npy && "
                    "rill loglik --model %s.st --data s.npy --out after.npy",
               s->name, DRAWN, s->name, DRAWN, s->name));
    ck_assert_int_eq(sscanf(text_of("out"), "nats %lf", &nats), 1);
    ck_assert_ptr_null(strstr(text_of("out"), "bits_per_dimension"));
    expect_same("plain.npy", "s.npy");
    read_numbers("with.npy", with, DRAWN);
    read_numbers("after.npy", after, DRAWN);
    for (int i = 0; i < DRAWN; i++)
        mean += after[i] / DRAWN;
    for (int i = 0; i < DRAWN; i++)
        ck_assert_double_eq_tol(with[i], after[i], 1e-3);
    ck_assert_double_eq_tol(nats, mean, 1e-6);
}
END_TEST

/* By the trapezium rule in angles, which on periodic functions is as good as any, and the midpoint
 * rule in heights, whose error is (2/HEIGHTS)^2/24 of the second derivative, some tens here. */
enum { HEIGHTS = 100, TURNS = 64 };

static double angle_of(int i)
{
    return 2 * M_PI * i / TURNS - M_PI;
}

static int sphere_points(double *x)
{
    for (int i = 0; i < HEIGHTS * TURNS; i++) {
        double z = (2 * (i / TURNS) + 1.0) / HEIGHTS - 1, r = sqrt(1 - z * z);
        x[3 * i] = r * cos(angle_of(i % TURNS));
        x[3 * i + 1] = r * sin(angle_of(i % TURNS));
        x[3 * i + 2] = z;
    }
    return HEIGHTS * TURNS;
}

static int torus_points(double *x)
{
    for (int i = 0; i < TURNS * TURNS; i++) {
        x[2 * i] = angle_of(i / TURNS);
        x[2 * i + 1] = angle_of(i % TURNS);
    }
    return TURNS * TURNS;
}

START_TEST(densities_integrate_to_one)
{
    static double x[3 * HEIGHTS * TURNS], log_p[HEIGHTS * TURNS];
    static const double area[] = { 4 * M_PI, 4 * M_PI * M_PI };
    const struct space *s = &spaces[_i];
    int n = _i ? torus_points(x) : sphere_points(x);
    double sum = 0;
    write_rows("grid.csv", x, n, width_of(s));
    must(shell("rill loglik --model %s.st --data grid.csv --steps 20 --solver rk4 --out p.npy",
               s->name));
    read_numbers("p.npy", log_p, n);
    for (int i = 0; i < n; i++)
        sum += exp(log_p[i]) * area[_i] / n;
    ck_assert_double_eq_tol(sum, 1, 3e-3);
}
END_TEST

/* ---- What is refused. */

START_TEST(what_is_of_flat_space_is_refused_by_name)
{
    static const struct {
        const char *line;
        int status;
        const char *says;
    } wrong[] = {
        { "rill loglik --model sphere.st --data sphere.csv --out no.npy --tol 1e-3", 2,
          "--tol is of models over points, and this is one on a sphere" },
        { "rill loglik --model sphere.st --data sphere.csv --out no.npy --levels 9", 2,
          "--levels is of models over points" },
        { "rill loglik --model sphere.st --data sphere.csv --out no.npy --divergence hutchinson", 2,
          "on a sphere it is exact" },
        { "rill loglik --model sphere.st --data torus.csv --out no.npy", 1, "has 2 numbers a row" },
        { "printf '1,0,0\\n0,1.001,0\\n' > off.csv; "
          "rill loglik --model sphere.st --data off.csv --out no.npy",
          1, "'off.csv': line 2, which begins" },
        { "rill sample --model sphere.st --x0 off.csv --out s.npy", 1,
          "'off.csv': line 2, which begins" },
        { "rill sample --model sphere.st --n 5 --solver dopri5 --tol 1e-3 --out s.npy", 2,
          "--tol is of models over points" },
        { "rill sample --model sphere.st --n 5 --scheduler cosine --out s.npy", 2,
          "--scheduler is of models over points" },
        { "rill train --data off.csv --manifold sphere --out a.st", 1,
          "'off.csv': line 2, which begins" },
        { "rill train --data sphere.csv --manifold sphere:3,torus:1 --out a.st", 1, "numbers" },
        { "rill train --data moons --source base --out a.st", 2, "is the noise of a --manifold" },
        { "rill plot field --model sphere.st --out p.svg", 1, "a model over a manifold" },
        { "rill velocity --model sphere.st --x sphere.csv --t 0 --out v.npy", 1,
          "a model over a manifold" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuses(shell("%s", wrong[i].line), wrong[i].status, wrong[i].says);
    ck_assert_int_ne(access("no.npy", F_OK), 0);
}
END_TEST

/* What a file says of itself is not taken on trust. */
START_TEST(damaged_metadata_are_refused)
{
    static const struct {
        const char *from, *to, *says;
    } damage[] = {
        { "manifold\":\"sphere", "manifold\":\"sphera", "its manifold: " },
        { "manifold\":\"sphere", "manifold\":\"torus ", "its manifold: " },
        { "manifold\":\"sphere", "manifold\":\"      ", "--manifold takes M" },
        { "sample\":\"3", "sample\":\"4", "net.hidden0.weight" },
        { "sample\":\"3", "sample\":\"1", "" },
        { "source\":\"base", "source\":\"bass", "bass" },
        { "hidden\":\"32", "hidden\":\"33", "net.hidden0.weight" },
        { "manifold\"", "manifolx\"", "its rill.source is base, and it is on no manifold" },
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++)
        refuses(shell("sed 's/\"rill.%s/\"rill.%s/' sphere.st > forged.st; "
                      "rill sample --model forged.st --n 5 --out s.npy",
                      damage[i].from, damage[i].to),
                1, damage[i].says);
}
END_TEST

/* ---- Drawings. */

START_TEST(every_part_is_drawn)
{
    const struct space *s = &spaces[_i];
    must(shell("for part in loss path velocity gradient step sampler; do "
               "rill dot --model %s-cond.st --part $part --out g.dot && "
               "rill dot --model %s-cond.st --part $part --compiled --out c.dot || exit 1; "
               "grep -q geodesic g.dot || case $part in velocity|sampler) ;; *) exit 1; esac; "
               "done",
               s->name, s->name));
}
END_TEST

/* ---- */

int main(void)
{
    enter_folder();
    make_files();
    Suite *suite = suite_create("command_manifold");
    TCase *use = tcase_create("use"), *wrong = tcase_create("refusals");
    tcase_add_loop_test(use, samples_are_on_the_manifold_and_where_the_data_are, 0, SPACES);
    tcase_add_loop_test(use, labels_pick_what_is_drawn, 0, SPACES);
    tcase_add_loop_test(use, trajectories_go_from_noise_to_samples, 0, SPACES);
    tcase_add_loop_test(use, samples_may_start_from_points_of_a_file, 0, SPACES);
    tcase_add_loop_test(use, resuming_is_not_stopping, 0, SPACES);
    tcase_add_loop_test(use, samples_bring_the_density_that_loglik_tells, 0, SPACES);
    tcase_add_loop_test(use, densities_integrate_to_one, 0, 2);
    tcase_add_loop_test(use, every_part_is_drawn, 0, SPACES);
    tcase_add_test(wrong, what_is_of_flat_space_is_refused_by_name);
    tcase_add_test(wrong, damaged_metadata_are_refused);
    tcase_set_timeout(use, 60);
    tcase_set_timeout(wrong, 60);
    suite_add_tcase(suite, use);
    suite_add_tcase(suite, wrong);
    return run_in_folder(suite);
}
