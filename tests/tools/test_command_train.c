/* rill train: what it learns, and that neither threads nor stops change a byte of it. */
#include "command_files.h"
#include "shell.h"

#include "models/data/data.h"
#include "models/flow/objective.h"

#include <stdio.h>
#include <string.h>

START_TEST(a_formula_trains_as_the_path_that_it_writes)
{
    must(shell(TRAIN "--steps 30 --path '(1-t)*x0 + t*x1' --out f.st && " TRAIN
                     "--steps 30 --out l.st"));
    must(shell("rill sample --model f.st --n 20 --out f.npy && rill sample --model l.st --n 20 "
               "--out l.npy && rill compare f.npy l.npy"));
    double w2; /* one derives its velocity, the other has a closed form: a few roundings a step */
    ck_assert_int_eq(sscanf(text_of("out"), "W2 %lf", &w2), 1);
    ck_assert(w2 < 1e-3);
    must(shell("rill info f.st"));
    ck_assert(says("out", "rill.path = (1-t)*x0 + t*x1\n"));
    must(shell("rill dot --model f.st --part path"));
}
END_TEST

/* Columns of mean and deviation as asked; the first line is a comment. */
#define UNITS                                                                                      \
    "awk 'BEGIN { print \"# m, sd\"; for (i = 0; i < 40; i++) printf \"%%g,%%g\\n\", %s + %s * "   \
    "(i %% "                                                                                       \
    "2 ? 1 : -1), i %% 5 - 2 }' > units.csv && rill train --data units.csv --hidden 8 "            \
    "--layers 2 --batch 16 --steps 1 --out u.st %s"

START_TEST(columns_far_from_one_unit_are_told_of)
{
    static const char *const far[][2] = { { "150", "40" }, { "0", "1e-3" }, { "3.5", "1" } };
    for (int i = 0; i < 3; i++) {
        must(shell(UNITS, far[i][0], far[i][1], ""));
        must_say("err", "units.csv: 1 of 2 columns far from mean 0 and sd 1 (column 1 has mean ");
        must_say("err", "--normalize brings");
        must(shell(UNITS, far[i][0], far[i][1], "--quiet"));
        ck_assert_str_eq(text_of("err"), "");
        must(shell(UNITS, far[i][0], far[i][1], "--normalize"));
        ck_assert(!says("err", "columns far"));
    }
    must(shell(UNITS, "2", ".3", ""));
    ck_assert(!says("err", "columns far"));
}
END_TEST

START_TEST(columns_that_are_constant_are_told_of)
{
    must(shell("printf '0,1,7\\n0,2,7\\n1,3,7\\n' > c.csv; rill train --data c.csv --cond column:1 "
               "--normalize --hidden 8 --layers 2 --batch 16 --steps 1 --out u.st"));
    must_say("err", "c.csv: column 3 is 7 in every row");
    ck_assert(!says("err", "column 2"));
}
END_TEST

/* A label that stands before them is no part of a sample, and counts as a column all the same. */
START_TEST(columns_are_told_of_as_the_file_counts_them)
{
    must(shell("printf '0,150\\n1,160\\n' > 1.csv; { printf '\\223NUMPY\\1\\0\\166\\0%%-117s\\n' "
               "\"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}\"; "
               "printf '\\0\\1\\310\\1\\0\\300'; } > 1.npy"));
    for (int i = 0; i < 2; i++) {
        must(shell("rill train --data 1.%s --cond column:1 --hidden 8 --layers 2 --batch 16 "
                   "--steps 1 --out u.st",
                   i ? "npy" : "csv"));
        must_say("err", i ? "(column 2 (counted from 0) has mean 196" : "(column 2 has mean 155");
    }
}
END_TEST

/* Images have pixels that hardly change, and are in one unit all the same. */
START_TEST(sets_that_come_with_rill_are_of_one_unit)
{
    const rill_data_set *set;
    for (int i = 0; (set = rill_data_at(i)); i++) {
        must(shell("rill data %s --n 400 --out set.npy && rill train --data set.npy --hidden 8 "
                   "--layers 2 --batch 16 --steps 1 --out u.st",
                   set->name));
        ck_assert_msg(!says("err", "columns far"), "%s: %s", set->name, text_of("err"));
    }
}
END_TEST

/* Pairs are made ahead, on as many threads as there are, and stay the same. */
START_TEST(couplings_do_not_depend_on_threads_nor_on_stops)
{
#define PAIRED TRAIN "--cond labels --coupling conditional-ot:5 --lr-schedule constant "
    must(shell(PAIRED "--steps 40 --threads 1 --out p1.st && " PAIRED
                      "--steps 40 --threads 3 --out p3.st && " PAIRED
                      "--steps 15 --threads 2 --out p2.st && "
                      "rill train --resume p2.st --steps 40 --threads 4 --quiet"));
    must(shell("for m in 1 2 3; do rill sample --model p$m.st --cond 1 --n 9 --out p$m.npy; done"));
    expect_same("p1.npy", "p2.npy");
    expect_same("p1.npy", "p3.npy");
    must(shell(TRAIN "--coupling ot --steps 5 --out o.st && " TRAIN "--steps 5 --out i.st"));
    ck_assert_int_ne(shell("cmp o.st i.st"), 0);
}
END_TEST

/* Of each objective a model alone is enough to sample in one step, whatever the solver. */
START_TEST(every_objective_trains_and_samples)
{
    const rill_objective *objective;
    for (int i = 0; (objective = rill_objective_at(i)); i++) {
        const char *path = objective->needs & RILL_NEEDS_NOISE ? "--path bridge" : "";
        must(shell(TRAIN "--objective %s %s --steps 30 --out o.st && rill sample --model "
                         "o.st --n 50 --steps 1 --out a.npy && rill sample --model o.st --n 50 "
                         "--solver heun --steps 2 --out b.npy",
                   objective->name, path));
        must(shell("rill train --help | grep -qw '^ *%s'", objective->name));
        ck_assert_msg(shell("cmp a.npy b.npy") == 1, "%s", objective->name);
    }
}
END_TEST

START_TEST(flows_may_learn_by_likelihood)
{
    must(shell(
        TRAIN
        "--cond labels --normalize --objective cnf:3 --lr .01 --steps 200 --out like.st --log "
        "like.csv && rill sample --model like.st --cond 1 --n 5 --out like.npy"));
    double first, second;
    must(shell("sed -n '2p;$p' like.csv"));
    ck_assert_int_eq(sscanf(text_of("out"), "10,%lf 200,%lf", &first, &second), 2);
    /* What noise is to data of variance 1, 2.84 nats, and what shape takes off that. */
    ck_assert(first > 2.3 && first < 3.3 && second < first - .3);
}
END_TEST

/* Where every row starts from itself there is nothing to learn; of rows paired otherwise no field
 * can tell more than the half. */
START_TEST(pairs_stay_together)
{
#define PAIRS "rill train --data pairs.npy --seed 3 --lr .01 --steps 400 " SMALL
    must(shell("rill data 8gaussians --n 300 --out pairs.npy --labels pair-labels.npy && " PAIRS
               "--x0 pairs.npy --cond pair-labels.npy --out p.st --log p.csv && " PAIRS
               "--source pairs.npy --out q.st --log q.csv"));
    must(shell("tail -n 1 p.csv; tail -n 1 q.csv"));
    double paired, apart;
    ck_assert_int_eq(sscanf(text_of("out"), "400,%lf 400,%lf", &paired, &apart), 2);
    ck_assert_double_lt(paired, .02);
    ck_assert_double_gt(apart, .5);
}
END_TEST

START_TEST(pairs_that_are_not_of_the_source_are_spoken_of)
{
    static const struct {
        const char *flags;
        int told;
    } runs[] = { { "--x0 starts.csv", 1 },
                 { "--x0 starts.csv --source starts.csv", 0 },
                 { "--x0 starts.csv --source gaussian", 0 },
                 { "", 0 } };
    must(shell("printf '1,2\\n3,4\\n5,6\\n' > rows.csv; cp rows.csv starts.csv; "
               "rill train --data rows.csv %s " SMALL "--steps 2 --out f.st",
               runs[_i].flags));
    ck_assert_int_eq(says("err", "samples will start from noise"), runs[_i].told);
}
END_TEST

/* Whether it is the data, where they start, or the labels: training goes on from what it was. */
START_TEST(files_that_changed_are_no_longer_those_trained_on)
{
    static const struct {
        const char *flags, *file;
    } read[] = { { "", "rows.csv" },
                 { "--cond marks.csv ", "marks.csv" },
                 { "--x0 starts.csv ", "starts.csv" },
                 { "--source starts.csv ", "starts.csv" } };
    must(shell("printf '1,2\\n3,4\\n5,6\\n' > rows.csv; cp rows.csv starts.csv; "
               "printf '0\\n1\\n1\\n' > marks.csv; "
               "rill train --data rows.csv %s" SMALL "--steps 3 --out f.st && "
               "rill train --resume f.st --steps 4 --quiet",
               read[_i].flags));
    refuses(shell("sed 's/1/2/' %s > other.csv; mv other.csv %s; "
                  "rill train --resume f.st --steps 6",
                  read[_i].file, read[_i].file),
            1, "is not what the model was trained on: it has changed");
}
END_TEST

START_TEST(first_and_last_loss_are_said)
{
    must(shell("rill train --data moons --hidden 8 --layers 2 --batch 16 --steps 3 --out f.st"));
    double first = -1.0, last = -1.0, seconds = -1.0;
    int end = 0;
    ck_assert_int_eq(sscanf(text_of("err"),
                            "step 1/3 loss %lf\nstep 3/3 loss %lf (mean of 3) after %lf s\n%n",
                            &first, &last, &seconds, &end),
                     3);
    ck_assert_double_gt(first, 0.0);
    ck_assert_double_gt(last, 0.0);
    ck_assert_double_ge(seconds, 0.0);
    ck_assert_int_eq(text_of("err")[end], '\0');
    must(shell("rill train --data moons " SMALL "--steps 3 --out f.st"));
    ck_assert_str_eq(text_of("err"), "");
}
END_TEST

/* Of the last hundred steps, as the log has them by tens; of those that a run took, where it goes
 * on. */
START_TEST(the_last_loss_is_a_mean)
{
    double said, logged;
    must(shell("t() { rill train --log mean.csv \"$@\" 2>&1 | sed -n 's/.*loss \\(.*\\) (mean of "
               "\\(.*\\)).*/\\1 \\2/p'; }; "
               "t --data moons --hidden 8 --layers 2 --batch 16 --steps 150 --out mean.st && "
               "tail -n 10 mean.csv | awk -F, '{ s += $2 } END { print s / NR }' && "
               "t --resume mean.st --steps 170 && "
               "tail -n 2 mean.csv | awk -F, '{ s += $2 } END { print s / NR }'"));
    const char *out = text_of("out");
    int end = 0;
    ck_assert_int_eq(sscanf(out, "%lf 100 %lf %n", &said, &logged, &end), 2);
    ck_assert_double_eq_tol(said, logged, 1e-3 * logged); /* four digits said */
    ck_assert_int_eq(sscanf(out + end, "%lf 20 %lf", &said, &logged), 2);
    ck_assert_double_eq_tol(said, logged, 1e-3 * logged);
}
END_TEST

/* Events of a thread nest, and none is of negative length. */
#define CHECK_TRACE                                                                                \
    "python3 -c \"import json\n"                                                                   \
    "events = json.load(open('where.json'))['traceEvents']\n"                                      \
    "spans = [e for e in events if e['ph'] == 'X']\n"                                              \
    "assert sum(e['name'] == 'run' for e in spans) == 16\n"                                        \
    "assert {e['tid'] for e in spans} <= {0, 1}\n"                                                 \
    "for t in (0, 1):\n"                                                                           \
    "    open_until = []\n"                                                                        \
    "    for e in sorted((e for e in spans if e['tid'] == t), key=lambda e: (e['ts'], "            \
    "-e['dur'])):\n"                                                                               \
    "        assert e['dur'] >= 0 and e['ts'] >= 0\n"                                              \
    "        end = e['ts'] + e['dur']\n"                                                           \
    "        while open_until and open_until[-1] <= e['ts'] + .0015: open_until.pop()\n"           \
    "        assert not open_until or end <= open_until[-1] + .0015\n"                             \
    "        open_until.append(end)\n\""

START_TEST(a_profile_is_a_table_a_trace_and_a_drawing)
{
    must(shell(TRAIN "--out watched.st --steps 30 --threads 2 --profile where && " TRAIN
                     "--out alone.st --steps 30 --threads 2"));
    expect_same("watched.st", "alone.st");
    must(shell(TRAIN "--out watched.st --steps 30 --threads 2 --profile where"));
    const char *table = text_of("out");
    ck_assert_ptr_nonnull(strstr(table, "limit  step"));
    ck_assert_ptr_nonnull(strstr(table, "29 runs of"));
    ck_assert_ptr_nonnull(strstr(table, "on 2 threads"));
    must(shell("grep -q '^digraph' where.dot && grep -q 'hidden1' where.dot"));
    must(shell(CHECK_TRACE));
    must(shell(TRAIN "--out watched.st --steps 1 --profile where"));
    ck_assert_ptr_nonnull(strstr(text_of("out"), "nothing to profile"));
}
END_TEST

START_TEST(threads_change_no_byte)
{
    for (int t = 1; t <= 3; t++)
        must(shell(
            "rill train --data digits --cond labels --hidden 40 --layers 2 --batch 200 --quiet "
            "--steps 6 --threads %d --out t%d.st && "
            "rill sample --model t%d.st --cond 7 --n 300 --threads %d --out t%d.npy",
            t, t, t, t, t));
    expect_same("t1.st", "t2.st");
    expect_same("t1.st", "t3.st");
    expect_same("t1.npy", "t2.npy");
    expect_same("t1.npy", "t3.npy");
}
END_TEST

/* With a constant rate a shorter run is the beginning of a longer one. */
START_TEST(resuming_is_not_stopping)
{
#define RUN TRAIN "--lr-schedule constant "
    must(shell(RUN "--steps 40 --out r40.st --log r40.csv && " RUN
                   "--steps 23 --out r.st --log r.csv && "
                   "rill sample --model r.st --n 10 --out r.npy && "
                   "rill train --resume r.st --steps 40 --log r.csv --quiet"));
    expect_same("r40.st", "r.st");
    expect_same("r40.csv", "r.csv");
}
END_TEST

/* Stopped by a signal somewhere between checkpoints, in a run whose rate falls over all steps. */
#define LONG TRAIN "--steps 3000 --log %s.csv --out %s.st "
#define STOP(signal)                                                                               \
    "--save-every 40 & pid=$!; "                                                                   \
    "while [ ! -s k.st ] && kill -0 $pid; do sleep .01; done; kill -" signal " $pid; wait $pid"

static const char *run_long(const char *name)
{
    static char line[400];
    snprintf(line, sizeof line, LONG, name, name);
    return line +
           strlen("rill "); /* the program itself is to get the signal, not a shell around it */
}

static int stop_by(const char *signal)
{
    char script[1024];
    snprintf(script, sizeof script, "rm -f k.st k.csv; \"$RILL_COMMAND\" %s" STOP("%s"),
             run_long("k"), signal);
    return shell("%s", script);
}

static void resume_and_compare(void)
{
    must(shell("\"$RILL_COMMAND\" %s", run_long("whole")));
    must(shell("rill train --resume k.st --log k.csv --quiet"));
    expect_same("whole.st", "k.st");
    expect_same("whole.csv", "k.csv");
}

START_TEST(killed_training_goes_on_from_its_checkpoint)
{
    stop_by("KILL");
    resume_and_compare();
}
END_TEST

START_TEST(interrupted_training_saves)
{
    static const char *const signals[] = { "INT", "TERM" };
    int status = stop_by(signals[_i]);
    if (status != 0) { /* 0: it had finished before */
        ck_assert_int_eq(status, 130);
        ck_assert_ptr_nonnull(strstr(text_of("err"), "--resume k.st goes on"));
    }
    resume_and_compare();
}
END_TEST

/* Files that are opened when a standard stream is closed do not take its place. */
START_TEST(messages_go_to_no_file)
{
    char script[1024];
    snprintf(script, sizeof script,
             "rm -f k.st k.csv; exec 2>&-; \"$RILL_COMMAND\" %s" STOP("INT") "; cat k.csv",
             run_long("k"));
    must(shell("%s", script));
    ck_assert_ptr_null(strstr(text_of("out"), "rill"));
}
END_TEST

/* One file, whose labels come last or first, and two. */
START_TEST(labels_may_be_a_column_of_the_data)
{
    must(shell("rill data moons --n 64 --out x.csv --labels l.csv && paste -d, x.csv l.csv > 3.csv "
               "&& paste -d, l.csv x.csv > 1.csv && rill train --data x.csv --cond l.csv " SMALL
               "--lr-schedule constant --steps 5 --out two.st"));
    for (int k = 1; k <= 3; k += 2) {
        must(shell("rill train --data %d.csv --cond column:%d " SMALL
                   "--lr-schedule constant --steps 3 --out one.st && "
                   "rill train --resume one.st --steps 5 --quiet",
                   k, k));
        must(shell("both() { rill $1 --model one.st $2 %d.csv --cond column:%d $3 && mv out.npy "
                   "one.npy && rill $1 --model two.st $2 x.csv --cond l.csv $3 && "
                   "cmp one.npy out.npy; }; both 'loglik --steps 4' --data '--out out.npy' && "
                   "both 'velocity --t .5' --x '--out out.npy' && "
                   "both 'sample --backward --steps 4' --x0 '--out out.npy' && "
                   "both 'eval --metric loss --points 4' --data '--csv out.npy'",
                   k, k));
    }
    must(shell("rill eval --model one.st --metric loss --points 4"));
}
END_TEST

/* b, a and c are 1, 0 and 2, wherever they stand, and a file may have only some of them. */
START_TEST(labels_may_be_words)
{
    must(shell("rill data moons --n 60 --out x.csv && awk -F, -v OFS=, "
               "'{ n = NR * 7 %% 3; w = substr(\"abc\", n + 1, 1); print $0, n > \"n.csv\"; "
               "print $0, w > \"w.csv\"; if (n) { print n, $0 > \"n2.csv\"; print w, $0 > "
               "\"w2.csv\" } }' x.csv"));
    must(shell("for f in n w; do rill train --data $f.csv --cond column:3 " SMALL
               "--steps 5 --out $f.st && rill train --resume $f.st --steps 9 --quiet || exit 1; "
               "done; rill info w.st | grep -A2 'rill.label.000 = a'"));
    must_say("out", "rill.label.001 = b\nrill.label.002 = c\n");
    must(shell("for k in 0a 1b 2c; do rill sample --model n.st --n 9 --out n.npy --cond ${k%%?} && "
               "rill sample --model w.st --n 9 --out w.npy --cond ${k#?} && cmp n.npy w.npy && "
               "rill sample --model w.st --n 9 --out w.npy --cond ${k%%?} && cmp n.npy w.npy || "
               "exit 1; done"));
    must(shell("for f in n w; do rill loglik --model $f.st --steps 4 --data ${f}2.csv --cond "
               "column:1 --out l$f.npy && rill velocity --model $f.st --t .5 --x ${f}2.csv --cond "
               "column:1 --out v$f.npy && rill eval --model $f.st --metric loss --points 4 --data "
               "${f}2.csv --cond column:1 --csv e$f.csv || exit 1; done; "
               "cmp ln.npy lw.npy && cmp vn.npy vw.npy && cmp en.csv ew.csv"));
    must(shell("sed s/b/bb/ w.csv > other.csv && cp other.csv w.csv; "
               "! rill train --resume w.st --steps 20"));
    must_say("err", "w.csv is not what the model was trained on");
}
END_TEST

/* A rate so absurd that weights overflow; the checkpoint before that stays as it was. */
START_TEST(training_stops_at_what_is_not_finite)
{
    must(shell(TRAIN
               "--lr-schedule constant --lr 1e30 --steps 1 --out bad.st && cp bad.st before.st"));
    ck_assert_int_eq(shell("rill train --resume bad.st --steps 50 --quiet"), 1);
    ck_assert_ptr_nonnull(strstr(text_of("err"), "step 2: "));
    expect_same("bad.st", "before.st");
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command_train");
    TCase *all = tcase_create("use");
    tcase_add_unchecked_fixture(all, make_files, NULL);
    tcase_add_test(all, a_formula_trains_as_the_path_that_it_writes);
    tcase_add_test(all, columns_far_from_one_unit_are_told_of);
    tcase_add_test(all, columns_are_told_of_as_the_file_counts_them);
    tcase_add_test(all, columns_that_are_constant_are_told_of);
    tcase_add_test(all, sets_that_come_with_rill_are_of_one_unit);
    tcase_add_test(all, couplings_do_not_depend_on_threads_nor_on_stops);
    tcase_add_test(all, every_objective_trains_and_samples);
    tcase_add_test(all, flows_may_learn_by_likelihood);
    tcase_add_test(all, pairs_stay_together);
    tcase_add_loop_test(all, pairs_that_are_not_of_the_source_are_spoken_of, 0, 4);
    tcase_add_loop_test(all, files_that_changed_are_no_longer_those_trained_on, 0, 4);
    tcase_add_test(all, labels_may_be_a_column_of_the_data);
    tcase_add_test(all, labels_may_be_words);
    tcase_add_test(all, first_and_last_loss_are_said);
    tcase_add_test(all, the_last_loss_is_a_mean);
    tcase_add_test(all, a_profile_is_a_table_a_trace_and_a_drawing);
    tcase_add_test(all, threads_change_no_byte);
    tcase_add_test(all, resuming_is_not_stopping);
    tcase_add_test(all, killed_training_goes_on_from_its_checkpoint);
    tcase_add_loop_test(all, interrupted_training_saves, 0, 2);
    tcase_add_test(all, messages_go_to_no_file);
    tcase_add_test(all, training_stops_at_what_is_not_finite);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
