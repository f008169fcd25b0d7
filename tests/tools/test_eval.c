/* What `rill eval` says, held to closed forms, to `rill compare`, and to what its files promise. */
#include "shell.h"

#include "core/rng.h"
#include "models/data/data.h"
#include "tools/eval/loss.h"
#include "tools/eval/measures.h"
#include "tools/plot/plot.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Floors. */

static eval_floor mixture_floor(const char *set)
{
    eval_floor floor = { .kind = EVAL_FLOOR_MIXTURE };
    ck_assert(eval_mixture_of(set, &floor.mixture));
    floor.dim = floor.mixture.dim;
    return floor;
}

static eval_best best_at(const eval_floor *floor, double t, const double *x, int32_t label,
                         double *u)
{
    eval_best best;
    rill_message message = { "" };
    ck_assert_msg(eval_floor_at(floor, rill_mixing_linear(t), x, label, u, &best, &message) ==
                      RILL_OK,
                  "%s", message.text);
    return best;
}

START_TEST(the_table_of_mixtures_is_what_the_sets_are)
{
    enum { N = 40000 };
    static const char *const sets[] = { "8gaussians", "1d-mixture" };
    static double x[2 * N];
    static int32_t labels[N];
    rill_mixture m;
    ck_assert(eval_mixture_of(sets[_i], &m));
    ck_assert(!eval_mixture_of("moons", &m) && !eval_mixture_of(NULL, &m));
    const rill_data_set *set = rill_data_find(sets[_i]);
    ck_assert_int_eq(set->dim, m.dim);
    ck_assert_int_eq(set->classes, m.count);
    ck_assert_int_eq(rill_data_draw(set, 5, 0, 0, N, x, labels, NULL), RILL_OK);
    for (int64_t k = 0; k < m.count; k++) {
        double n = 0, square = 0, off[2] = { 0 };
        for (int i = 0; i < N; i++) {
            n += labels[i] == k;
            for (int64_t j = 0; j < m.dim && labels[i] == k; j++) {
                double from = x[i * m.dim + j] - m.mean[k * m.dim + j];
                off[j] += from;
                square += from * from;
            }
        }
        /* Five standard errors of a share, of a mean, and of a mean square. */
        double values = n * (double)m.dim, w = m.weight[k];
        ck_assert_double_eq_tol(n / N, w, 5 * sqrt(w * (1 - w) / N));
        for (int64_t j = 0; j < m.dim; j++)
            ck_assert_double_eq_tol(off[j] / n, 0, 5 * m.sd[k] / sqrt(n));
        ck_assert_double_eq_tol(square / values / (m.sd[k] * m.sd[k]), 1, 5 * sqrt(2 / values));
    }
}
END_TEST

static const struct row {
    double t, x, u, variance;
} rows[] = { { .25, .5, .451962816, 5.936450495 },
             { .5, .5, 2.652475502, 1.635629579 },
             { .75, -1, -2.806629834, .795580111 } };

START_TEST(the_floor_of_two_modes_is_the_published_one)
{
    eval_floor floor = mixture_floor("1d-mixture");
    double u;
    eval_best best = best_at(&floor, rows[_i].t, &rows[_i].x, -1, &u);
    /* The table has nine decimals. */
    ck_assert_double_eq_tol(u, rows[_i].u, 1e-9);
    ck_assert_double_eq_tol(best.variance, rows[_i].variance, 1e-9);
    ck_assert(best.doubt == 0.0 && best.share == 0.0);
}
END_TEST

/* N(m, s^2) alone, by the formulas for one Gaussian to another. */
START_TEST(a_label_leaves_one_mode)
{
    eval_floor floor = mixture_floor("1d-mixture");
    for (double t = .1; t < 1; t += .2)
        for (int label = 0; label < 2; label++) {
            double x = .4, u, m = label ? 2 : -2, v = (1 - t) * (1 - t) + t * t * .09;
            eval_best best = best_at(&floor, t, &x, label, &u);
            /* A handful of roundings on numbers of order ten. */
            ck_assert_double_eq_tol(u, m + (t * .09 - (1 - t)) / v * (x - t * m), 1e-13);
            ck_assert_double_eq_tol(best.variance, .09 / v, 1e-13);
        }
    double x = 0, u;
    eval_best best;
    ck_assert_int_eq(eval_floor_at(&floor, rill_mixing_linear(.5), &x, 2, &u, &best, NULL),
                     RILL_UNSUPPORTED);
}
END_TEST

/* Three rows in the plane: Bayes' rule written out. */
START_TEST(the_posterior_over_rows_is_bayes_rule)
{
    const double y[] = { 1, 0, -1, .5, .3, -2 };
    const int32_t labels[] = { 0, 1, 1 };
    double room[3];
    eval_floor floor = { EVAL_FLOOR_ROWS, 2, { 0 }, y, labels, 3, room };
    for (int label = -1; label < 2; label++)
        for (double t = .15; t < 1; t += .2) {
            double x[] = { .2, -.3 }, u[2], want[2] = { 0 }, second = 0, weight = 0;
            for (int i = 0; i < 3; i++) {
                double a = (x[0] - t * y[2 * i]) / (1 - t), b = (x[1] - t * y[2 * i + 1]) / (1 - t);
                double w = label < 0 || labels[i] == label ? exp(-(a * a + b * b) / 2) : 0;
                weight += w;
                want[0] += w * (y[2 * i] - a);
                want[1] += w * (y[2 * i + 1] - b);
                second += w * (pow(y[2 * i] - a, 2) + pow(y[2 * i + 1] - b, 2));
            }
            want[0] /= weight, want[1] /= weight;
            eval_best best = best_at(&floor, t, x, label, u);
            /* Roundings, and what a difference of squares of size 100 loses. */
            ck_assert_double_eq_tol(u[0], want[0], 1e-12);
            ck_assert_double_eq_tol(u[1], want[1], 1e-12);
            ck_assert_double_eq_tol(best.variance,
                                    second / weight - want[0] * want[0] - want[1] * want[1], 1e-11);
        }
    double x[] = { 0, 0 }, u[2];
    eval_best best;
    ck_assert_int_eq(eval_floor_at(&floor, rill_mixing_linear(.5), x, 7, u, &best, NULL),
                     RILL_UNSUPPORTED);
}
END_TEST

/* ---- The loss by time. */

enum { BINS = 4, POINTS = 8000, REFERENCES = 300 };

static struct {
    double t[POINTS], y[REFERENCES], room[REFERENCES];
    rill_mixing mixing[POINTS];
    float x[POINTS], target[POINTS], v[POINTS];
} room;

/* Points of straight paths to the two modes, and there the exact field plus `error`. */
static eval_points points_of_modes(uint64_t seed, double error)
{
    eval_floor exact = mixture_floor("1d-mixture");
    uint64_t key = rill_stream_key(seed, "test.noise");
    for (int i = 0; i < POINTS; i++) {
        double x0, x1, t = (i + .5) / POINTS, u;
        rill_stream_normal(key, 0, i, 0, 1, &x0);
        rill_data_draw(rill_data_find("1d-mixture"), seed, 0, i, 1, &x1, NULL, NULL);
        room.t[i] = t;
        room.mixing[i] = rill_mixing_linear(t);
        room.x[i] = (float)((1 - t) * x0 + t * x1);
        room.target[i] = (float)(x1 - x0);
        double x = (double)room.x[i];
        best_at(&exact, t, &x, -1, &u);
        room.v[i] = (float)(u + error);
    }
    return (eval_points){ POINTS, 1, room.t, room.mixing, room.x, room.target, room.v, NULL };
}

static void measure(const eval_points *points, const eval_floor *floor, eval_bin *bins)
{
    ck_assert_int_eq(eval_loss_by_time(points, floor, BINS, bins, NULL), RILL_OK);
}

START_TEST(an_exact_field_has_no_excess_and_the_loss_of_its_floor)
{
    eval_floor floor = mixture_floor("1d-mixture");
    eval_points points = points_of_modes(1 + (uint64_t)_i, 0);
    eval_bin bins[BINS];
    double known;
    measure(&points, &floor, bins);
    for (int b = 0; b < BINS; b++) {
        ck_assert_int_eq(bins[b].count, POINTS / BINS);
        ck_assert_double_eq(bins[b].low, .25 * b);
        ck_assert_double_lt(bins[b].excess, 1e-12); /* v is a float: 2^-24 of 10, squared */
        ck_assert_double_ge(bins[b].excess, 0);
        ck_assert_double_eq_tol(bins[b].loss, bins[b].floor, 5 * bins[b].loss_error);
    }
    eval_bin all = eval_loss_overall(bins, BINS, &known);
    ck_assert_double_eq(known, 1);
    /* ORACLES: 2.488939; the floor's own error is below that of the loss, of which five. */
    ck_assert_double_eq_tol(all.floor, 2.488939, 5 * all.loss_error);
    ck_assert_double_eq_tol(all.loss, 2.488939, 5 * all.loss_error);
}
END_TEST

START_TEST(an_error_of_the_field_is_the_excess)
{
    eval_floor floor = mixture_floor("1d-mixture");
    eval_points points = points_of_modes(9, .3);
    eval_bin bins[BINS];
    measure(&points, &floor, bins);
    for (int b = 0; b < BINS; b++)
        ck_assert_double_eq_tol(bins[b].excess, .09, 1e-5); /* roundings of floats near 10 */
}
END_TEST

/* Among only 300 samples the velocity estimated is visibly wrong; the doubt that is taken off makes
 * the mean right, to five standard errors and a second order of 1/samples. */
START_TEST(an_estimated_floor_is_near_the_exact_one)
{
    eval_floor exact = mixture_floor("1d-mixture");
    eval_floor floor = { EVAL_FLOOR_SAMPLES, 1, { 0 }, room.y, NULL, REFERENCES, room.room };
    eval_points points = points_of_modes(20, 0);
    eval_bin by_samples[BINS], by_form[BINS];
    double mean_excess = 0, mean_floor = 0, uncorrected = 0, u;
    enum { TIMES = 30 };
    points.t += POINTS / 4, points.x += POINTS / 4; /* of the second quarter of times alone */
    points.v += POINTS / 4, points.target += POINTS / 4, points.mixing += POINTS / 4;
    points.n = POINTS / 4;
    measure(&points, &exact, by_form);
    for (int k = 0; k < TIMES; k++) {
        rill_data_draw(rill_data_find("1d-mixture"), 100 + (uint64_t)k, 0, 0, REFERENCES, room.y,
                       NULL, NULL);
        measure(&points, &floor, by_samples);
        mean_excess += by_samples[1].excess / TIMES;
        mean_floor += by_samples[1].floor / TIMES;
        for (int i = POINTS / 4; i < POINTS / 2; i += 10) {
            double x = (double)room.x[i];
            best_at(&floor, room.t[i], &x, -1, &u);
            uncorrected += pow((double)room.v[i] - u, 2) * 10 / (POINTS / 4) / TIMES;
        }
    }
    ck_assert_double_gt(uncorrected, .005);
    ck_assert_double_lt(fabs(mean_excess), .2 * uncorrected);
    ck_assert_double_eq_tol(mean_floor, by_form[1].floor, .02 * by_form[1].floor);
}
END_TEST

START_TEST(what_is_not_known_is_not_said)
{
    eval_floor none = { .kind = EVAL_FLOOR_UNKNOWN, .dim = 1 };
    eval_floor few = { EVAL_FLOOR_SAMPLES, 1, { 0 }, room.y, NULL, 5, room.room };
    eval_points points = points_of_modes(3, 0);
    eval_bin bins[BINS];
    double known;
    measure(&points, &none, bins);
    ck_assert(isnan(bins[0].floor) && isnan(bins[0].excess) && bins[0].loss > 0);
    eval_bin all = eval_loss_overall(bins, BINS, &known);
    ck_assert(known == 0 && isnan(all.excess) && all.loss > 0);
    rill_data_draw(rill_data_find("1d-mixture"), 4, 0, 0, 5, room.y, NULL, NULL);
    measure(&points, &few, bins); /* five samples say nothing about any time */
    ck_assert(isnan(bins[0].excess) && isnan(bins[BINS - 1].excess));
    points.n = 100; /* of the earliest times alone */
    measure(&points, &none, bins);
    ck_assert(bins[1].count == 0 && isnan(bins[1].loss));
    all = eval_loss_overall(bins, BINS, &known);
    ck_assert_double_eq(all.loss, bins[0].loss);
}
END_TEST

/* ---- Finite samples. */

/* Between two samples of n of one distribution the square of the energy distance, a V-statistic,
 * is 2 E|X-X'| / n in the mean: E|X-X'| = 2/sqrt(pi) for the standard normal. */
START_TEST(the_floor_of_the_energy_distance_is_known)
{
    enum { N = 40, PAIRS = 2000 };
    double x[2 * N], sum = 0, squares = 0;
    uint64_t key = rill_stream_key(77, "test.energy");
    for (int k = 0; k < PAIRS; k++) {
        rill_distance d;
        rill_stream_normal(key, 0, k, 0, 2 * N, x);
        rill_points a = { x, N, 1 }, b = { x + N, N, 1 };
        ck_assert_int_eq(rill_energy_distance(&a, &b, 0, &d, NULL), RILL_OK);
        sum += d.value * d.value / PAIRS;
        squares += pow(d.value, 4) / PAIRS;
    }
    double error = sqrt((squares - sum * sum) / PAIRS);
    ck_assert_double_eq_tol(sum, 2 * (2 / sqrt(M_PI)) / N, 4 * error);
}
END_TEST

/* ---- The command. */

#define QUICK                                                                                      \
    " --n 60 --draws 1 --bins 4 --points 20 --references 200 --steps 5 --step-counts 1,3 "         \
    "--tolerances .01 "

static void make_models(void)
{
    must(shell(
        "set -e; printf '1,2\\n3,4\\n5,6\\n1,1\\n' > good.csv;"
        "rill train --data moons --hidden 8 --layers 2 --batch 16 --steps 40 --quiet --out m.st;"
        "rill train --data 8gaussians --cond labels --hidden 8 --layers 2 --batch 16 --steps 9 "
        "--quiet --out c.st"));
}

START_TEST(distances_are_those_of_compare)
{
    must(shell(
        "set -e; rill eval --model m.st --seed 3" QUICK "| sed /-floor/d > eval.txt;"
        "rill sample --model m.st --seed 3 --n 60 --steps 5 --out s.npy;"
        "rill data moons --held-out --seed 3 --n 60 --out d.npy;"
        "for m in W1 W2 energy MMD; do rill compare s.npy d.npy --metric $m; done > compare.txt;"
        "tail -n 4 eval.txt | cmp - compare.txt"));
}
END_TEST

START_TEST(the_table_of_numbers_has_its_columns)
{
    must(shell("rill eval --model m.st --csv e.csv" QUICK));
    const char *text = text_of("e.csv");
    const char *header = "table,name,solver,steps,tolerance,evaluations,t,value,error,floor\n";
    ck_assert(strncmp(text, header, strlen(header)) == 0);
    int lines = 0, commas = 0;
    for (const char *c = text; *c; c++) {
        commas += *c == ',';
        lines += *c == '\n';
    }
    ck_assert_int_eq(commas, 9 * lines);
    eval_measure m;
    char wanted[64];
    for (int i = 0; eval_measure_at(i, &m); i++) {
        snprintf(wanted, sizeof wanted, "summary,%s,", m.name);
        ck_assert_msg(strstr(text, wanted) != NULL, "no line %s", wanted);
        snprintf(wanted, sizeof wanted, "steps,%s,heun,3,,6,,", m.name);
        ck_assert_msg(!m.of_samples || strstr(text, wanted), "no line %s", wanted);
        snprintf(wanted, sizeof wanted, "steps,%s,dopri5,,0.01,", m.name);
        ck_assert_msg(!m.of_samples || strstr(text, wanted), "no line %s", wanted);
    }
    ck_assert(strstr(text, "time,loss,,,,,0.125,") != NULL);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_bytes)
{
    must(shell("set -e; rill eval --model m.st --csv a.csv --threads 1" QUICK ";"
               "rill eval --model m.st --csv b.csv --threads 2" QUICK "; cmp a.csv b.csv;"
               "rill eval --model m.st --csv c.csv --seed 1" QUICK "; ! cmp -s a.csv c.csv"));
}
END_TEST

START_TEST(conditions_come_with_the_data)
{
    must(shell("set -e; rill eval --model c.st" QUICK ";"
               "rill data 8gaussians --n 200 --out d.npy --labels l.npy;"
               "rill eval --model c.st --data d.npy --cond l.npy --metric excess" QUICK));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "excess "));
}
END_TEST

/* ---- The page. */

enum { MOST_DEPTH = 64, MOST_IDS = 4096, LONGEST = 40 };

/* What is opened is closed, in turn. */
static void expect_balanced(const char *page)
{
    char open[MOST_DEPTH][LONGEST];
    int depth = 0;
    for (const char *c = strchr(page, '<'); c; c = strchr(c + 1, '<')) {
        const char *end = strchr(c, '>');
        char name[LONGEST] = "";
        ck_assert_ptr_nonnull(end);
        if (c[1] == '!')
            continue;
        ck_assert_int_eq(sscanf(c + 1 + (c[1] == '/'), "%39[a-zA-Z0-9]", name), 1);
        if (c[1] == '/') {
            ck_assert_msg(depth > 0 && !strcmp(open[depth - 1], name), "</%s> closes %s", name,
                          depth > 0 ? open[depth - 1] : "nothing");
            depth--;
        } else if (end[-1] != '/') {
            ck_assert_int_lt(depth, MOST_DEPTH);
            strcpy(open[depth++], name);
        }
    }
    ck_assert_int_eq(depth, 0);
}

/* Whatever could be fetched is in the page: an id of its own, or the data themselves. */
static void expect_self_contained(const char *page)
{
    static const char *const marks[] = { "href=\"", "src=\"", "url(" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (const char *c = page; (c = strstr(c, marks[i]));) {
            c += strlen(marks[i]);
            ck_assert_msg(*c == '#' || !strncmp(c, "data:", 5), "fetches %.30s", c);
        }
    ck_assert(!strstr(page, "@import") && !strstr(page, "<script") && !strstr(page, "<link"));
    for (const char *c = page; (c = strstr(c, "http")); c++) /* names of what SVG is, not places */
        ck_assert_msg(!strncmp(c - 2, "=\"http://www.w3.org/", 20), "goes to %.30s", c);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Names between `mark` and a quote or a bracket; how many. */
static int names_after(const char *page, const char *mark, char names[MOST_IDS][LONGEST])
{
    int count = 0;
    for (const char *c = page; (c = strstr(c, mark)); count++) {
        c += strlen(mark);
        ck_assert_int_lt(count, MOST_IDS);
        ck_assert_int_eq(sscanf(c, "%39[^\")]", names[count]), 1);
    }
    qsort(names, (size_t)count, LONGEST, by_name);
    return count;
}

/* Pictures beside each other do not take each other's letters. */
static void expect_ids_apart(const char *page)
{
    static char ids[MOST_IDS][LONGEST], used[MOST_IDS][LONGEST];
    int count = names_after(page, " id=\"", ids), uses = names_after(page, "=\"#", used);
    ck_assert_int_gt(count, 100);
    for (int i = 1; i < count; i++)
        ck_assert_msg(strcmp(ids[i - 1], ids[i]) != 0, "the id %s stands twice", ids[i]);
    for (int i = 0; i < uses; i++)
        ck_assert_msg(bsearch(used[i], ids, (size_t)count, LONGEST, by_name) != NULL,
                      "there is no id %s", used[i]);
}

START_TEST(the_page_is_whole_and_needs_nothing_else)
{
    must(shell("rill eval --model m.st --out page.html" QUICK));
    ck_assert_str_eq(text_of("out"), "");
    const char *page = text_of("page.html");
    ck_assert(strncmp(page, "<!DOCTYPE html>", 15) == 0);
    expect_balanced(page);
    expect_self_contained(page);
    if (plot_available())
        expect_ids_apart(page);
    eval_measure m;
    char wanted[64];
    for (int i = 0; eval_measure_at(i, &m); i++) {
        snprintf(wanted, sizeof wanted, "<tr><td>%s</td><td class=\"n\">", m.name);
        ck_assert_msg(strstr(page, wanted) != NULL, "the page lacks %s", m.name);
    }
    must(shell("set -e; rill eval --model m.st --out again.html" QUICK
               "; cmp page.html again.html"));
}
END_TEST

START_TEST(names_in_the_page_are_text)
{
    must(shell(
        "set -e; rill data moons --n 300 --out '<b>&.npy'; rill train --data '<b>&.npy' --hidden 8 "
        "--layers 2 --batch 16 --steps 5 --normalize --quiet --out odd.st;"
        "rill eval --model odd.st --out page.html" QUICK));
    const char *page = text_of("page.html");
    expect_balanced(page);
    ck_assert(strstr(page, "<b>") == NULL && strstr(page, "&lt;b&gt;&amp;.npy") != NULL);
}
END_TEST

START_TEST(pictures_are_files_of_their_own)
{
    if (!plot_available())
        return;
    must(shell("rill eval --model m.st --pictures p" QUICK));
    must(shell("for f in loss excess W1 W2 energy MMD samples ways; do test -s p-$f.svg; done"));
}
END_TEST

START_TEST(images_and_wide_samples_are_judged)
{
    must(shell(
        "set -e; rill train --data digits --hidden 16 --layers 1 --batch 16 --steps 5 --quiet "
        "--out "
        "d.st; rill eval --model d.st --out digits.html --n 200 --draws 2 --bins 2 --points 9 "
        "--steps 2 --step-counts 1"));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "297 rows"));
    expect_balanced(text_of("digits.html"));
    must(
        shell("set -e; printf '1,2,3\\n3,4,5\\n2,2,1\\n0,1,1\\n5,3,2\\n4,4,0\\n' > three.csv;"
              "rill train --data three.csv --hidden 8 --layers 1 --batch 4 --steps 5 --quiet --out "
              "three.st; rill eval --model three.st --out three.html" QUICK));
    expect_self_contained(text_of("three.html"));
}
END_TEST

START_TEST(what_makes_no_sense_is_left_out_and_said)
{
    must(shell(
        "set -e; rill train --data moons --source 8gaussians --hidden 8 --layers 1 --batch 16 "
        "--steps 5 --quiet --out from.st; rill eval --model from.st" QUICK));
    ck_assert_ptr_null(strstr(text_of("out"), "NLL"));
    ck_assert_ptr_null(strstr(text_of("out"), "excess"));
    ck_assert_ptr_nonnull(
        strstr(text_of("err"), "no NLL: the model has no log p: it starts from data"));
    ck_assert_int_eq(shell("rill eval --model from.st --metric NLL" QUICK), 1);
    must(shell("set -e; rill train --data good.csv --x0 good.csv --hidden 8 --layers 1 --batch 4 "
               "--steps 5 "
               "--quiet --out pairs.st; rill eval --model pairs.st --data moons" QUICK));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "no loss: the model was trained on pairs"));
    must(shell("set -e; rill train --data moons --objective cnf:4 --hidden 8 --layers 1 --batch 16 "
               "--steps 2 "
               "--quiet --out cnf.st; rill eval --model cnf.st" QUICK));
    ck_assert_ptr_nonnull(strstr(text_of("err"), "no loss: the objective cnf follows no path"));
    must(shell(
        "set -e; rill train --data moons --path curved --hidden 8 --layers 1 --batch 16 --steps 5 "
        "--quiet --out bent.st; rill eval --model bent.st --csv bent.csv" QUICK));
    ck_assert_ptr_nonnull(strstr(text_of("bent.csv"), "time,loss,"));
    ck_assert_ptr_null(strstr(text_of("bent.csv"), "excess"));
}
END_TEST

static double number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    ck_assert_msg(at != NULL, "no %s in %s", name, text);
    return strtod(at + strlen(name), NULL);
}

/* Of the same rows, in the units of the data. */
START_TEST(the_likelihood_is_that_of_loglik)
{
    must(shell(
        "set -e; rill train --data moons --normalize --hidden 8 --layers 2 --batch 16 --steps 40 "
        "--quiet --out n.st; rill eval --model n.st --metric NLL --seed 4 --n 60 --draws 1"));
    double nll = number_after(text_of("out"), "NLL ");
    must(shell("set -e; rill data moons --held-out --seed 4 --n 60 --out d.npy;"
               "rill loglik --model n.st --data d.npy --out l.npy"));
    /* Nine digits are printed. */
    ck_assert_double_eq_tol(number_after(text_of("out"), "nats "), -nll, 1e-8 * (1 + fabs(nll)));
}
END_TEST

/* Cross-entropy is at least entropy. */
START_TEST(the_likelihood_is_held_to_the_entropy)
{
    double nll, entropy;
    must(shell(
        "set -e; rill train --data 1d-mixture --hidden 32 --layers 2 --steps 600 --batch 128 --lr "
        ".01 --quiet --out line.st;"
        "rill eval --model line.st --metric NLL --n 1000 --draws 1"));
    ck_assert_int_eq(sscanf(text_of("out"), "NLL %lf NLL-floor %lf", &nll, &entropy), 2);
    /* log 2 + log(.3 sqrt(2 pi e)), the modes being apart; four errors of a thousand rows, each of
     * variance 1/2. */
    ck_assert_double_eq_tol(entropy, log(2) + log(.3 * sqrt(2 * M_PI * M_E)), 4 * sqrt(.5 / 1000));
    ck_assert(nll > entropy && nll < entropy + .5);
}
END_TEST

static const struct refusal {
    const char *line;
    int status;
    const char *says;
} refusals[] = {
    { "rill eval", 2, "--model M is needed" },
    { "rill eval --model none.st", 1, "cannot read 'none.st'" },
    { "rill eval --model m.st --data nowhere", 2, "there is no data set or file 'nowhere'" },
    { "rill eval --model m.st --data 1d-mixture", 1, "has 1 numbers a row" },
    { "rill eval --model m.st --metric FID", 2, "--metric takes one of all, loss, excess" },
    { "rill eval --model m.st --n 1", 2, "--n takes a whole number from 2" },
    { "rill eval --model m.st --draws 0", 2, "--draws takes" },
    { "rill eval --model m.st --n 1000000 --draws 1000", 2, "--n times --draws is 1000000000" },
    { "rill eval --model m.st --bins 1000 --points 100000", 2, "--bins times --points is" },
    { "rill eval --model m.st --step-counts 1,,2", 2, "--step-counts takes up to 16" },
    { "rill eval --model m.st --step-counts 0", 2, "not '0'" },
    { "rill eval --model m.st --step-counts 1.5", 2, "--step-counts takes up to 16 whole numbers" },
    { "rill eval --model m.st --tolerances 1e-9", 2, "--tolerances takes up to 16 numbers" },
    { "rill eval --model m.st --tolerances .1,nan", 2, "not '.1,nan'" },
    { "rill eval --model m.st --tol 1e-3", 2, "--tol: euler does not estimate its error" },
    { "rill eval --model m.st --step-counts 1,2x", 2, "not '1,2x'" },
    { "rill eval --model m.st --cond labels", 2, "trained without conditions" },
    { "printf '1,2\\n3,4\\n' > two.csv; rill eval --model c.st --data two.csv", 2,
      "--cond is needed: a label for each row" },
    { "printf '1,2\\n3,4\\n' > two.csv; rill eval --model m.st --data two.csv", 1,
      "2 rows, too few" },
    { "printf '1,2\\n3,nan\\n' > nan.csv; rill eval --model m.st --data nan.csv", 1, "is nan" },
    { "printf '1,2\\n3,4\\n' > two.csv; printf '8\\n9\\n' > l.csv; rill eval --model c.st --data "
      "two.csv --cond l.csv",
      1, "the data have the label 9" },
    { "rill eval --model m.st --csv no/such.csv" QUICK, 1, "cannot write 'no/such.csv'" },
    { "rill eval --model m.st --out no/such.html" QUICK, 1, "cannot write 'no/such.html'" },
    { "rill eval --model m.st --out a --csv a", 2, "the same file" },
    { "rill eval --model m.st --csv m.st", 2, "--csv and --model are the same file" },
    { "printf '1,2\\n' > d.csv; rill eval --model m.st --data d.csv --csv d.csv", 2,
      "--csv and --data are the same file" },
    { "printf '1,2\\n3,4\\n' > own.csv; rill train --data own.csv --steps 2 --quiet --out own.st; "
      "rill eval --model own.st --csv own.csv",
      2, "--csv and the --data of the model are the same file" },
    { "cp m.st p-loss.svg; rill eval --model p-loss.svg --pictures p" QUICK, 2,
      "--pictures and --model are the same file" },
    { "rill eval --model m.st --pictures no/such" QUICK, 1, "cannot" },
    { "rill eval --model m.st --csv /dev/full" QUICK, 1, "No space left" },
    { "rill eval --model m.st" QUICK "> /dev/full", 1, "cannot write to the standard output" },
};

START_TEST(bad_use_is_refused_in_words)
{
    const struct refusal *r = &refusals[_i];
    int status = shell("%s", r->line);
    const char *err = text_of("err");
    ck_assert_msg(status == r->status, "%s: exit status %d: %s", r->line, status, err);
    ck_assert_msg(strstr(err, r->says) != NULL, "%s: says %s", r->line, err);
    ck_assert_msg(shell("ls -A | grep -q '^\\.rill-'") != 0, "%s: left a temporary file", r->line);
}
END_TEST

static TCase *command(void)
{
    TCase *tests = tcase_create("command");
    tcase_add_unchecked_fixture(tests, make_models, NULL);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, distances_are_those_of_compare);
    tcase_add_test(tests, the_table_of_numbers_has_its_columns);
    tcase_add_test(tests, the_same_seed_gives_the_same_bytes);
    tcase_add_test(tests, conditions_come_with_the_data);
    tcase_add_test(tests, the_page_is_whole_and_needs_nothing_else);
    tcase_add_test(tests, names_in_the_page_are_text);
    tcase_add_test(tests, pictures_are_files_of_their_own);
    tcase_add_test(tests, images_and_wide_samples_are_judged);
    tcase_add_test(tests, what_makes_no_sense_is_left_out_and_said);
    tcase_add_test(tests, the_likelihood_is_held_to_the_entropy);
    tcase_add_test(tests, the_likelihood_is_that_of_loglik);
    tcase_add_loop_test(tests, bad_use_is_refused_in_words, 0, sizeof refusals / sizeof *refusals);
    return tests;
}

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("eval");
    TCase *floors = tcase_create("floors");
    tcase_add_loop_test(floors, the_table_of_mixtures_is_what_the_sets_are, 0, 2);
    tcase_add_loop_test(floors, the_floor_of_two_modes_is_the_published_one, 0, 3);
    tcase_add_test(floors, a_label_leaves_one_mode);
    tcase_add_test(floors, the_posterior_over_rows_is_bayes_rule);
    tcase_add_test(floors, the_floor_of_the_energy_distance_is_known);
    suite_add_tcase(suite, floors);
    TCase *loss = tcase_create("loss by time");
    tcase_add_loop_test(loss, an_exact_field_has_no_excess_and_the_loss_of_its_floor, 0, 3);
    tcase_add_test(loss, an_error_of_the_field_is_the_excess);
    tcase_add_test(loss, an_estimated_floor_is_near_the_exact_one);
    tcase_add_test(loss, what_is_not_known_is_not_said);
    suite_add_tcase(suite, loss);
    suite_add_tcase(suite, command());
    return run_in_folder(suite);
}
