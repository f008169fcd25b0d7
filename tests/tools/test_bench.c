/* rill bench: what it measures is told, as lines, JSON, picture, page and bars; peers take turns.
 *
 * Figures are never compared with anything: only that
 * they are there.  Peers are played by a shell script, so that no Python is needed. */
#include "shell.h"

#include "formats/json.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static void must_be_json(const char *path)
{
    const char *text = text_of(path);
    rill_json json = rill_json_begin(text, strlen(text));
    rill_json_skip(&json);
    rill_json_end(&json);
    ck_assert_msg(json.fault == NULL, "%s: %s", path, json.fault);
}

/* ---- What is refused. */

static const struct refusal {
    const char *line;
    int status;
    const char *says;
} refusals[] = {
    { "rill bench spet", 2, "there is no section 'spet'; did you mean step?" },
    { "rill bench --threads 0", 2, "--threads takes a whole number from 1 to 256" },
    { "rill bench --threads 257", 2, "not '257'" },
    { "rill bench --seconds -1", 2, "--seconds takes a number" },
    { "rill bench --seconds nan", 2, "--seconds takes a number" },
    { "rill bench --python python3", 2, "--python goes with --peers" },
    { "HOME=$PWD RILL_PEERS= rill bench --peers", 1, "tools/bench/peers.sh installs the peers" },
    { "RILL_PEERS=$PWD/none rill bench --peers", 1, "/none/bin/python': No such file" },
    { "rill bench --peers --python true", 1, "'true' has not both jax and torch" },
    { "rill bench compile --only nothing", 1, "nothing has 'nothing' in its name" },
    { "rill bench --from none.json", 1, "cannot read 'none.json'" },
    { "rill bench --from small.json --json ./small.json", 2,
      "--json and --from are the same file" },
    { "rill bench --from junk", 1, "'junk' has no figures" },
    { "rill bench step --from junk", 2, "--from measures nothing" },
    { "rill bench --from junk --peers --python ./peer", 2, "--from measures nothing" },
    { "rill bench --from small.json --json no/such.json", 1, "cannot write 'no/such.json'" },
    { "rill bench --from small.json --readme junk", 1, "'junk' has no lines <!-- rill bench" },
    { "rill bench --from small.json --readme none.md", 1, "cannot read 'none.md'" },
    { "rill bench --from small.json --picture p.gif", 1, "p.gif" },
    { "rill bench limits --seconds 0 --json no/such.json", 1, "cannot write 'no/such.json'" },
    { "rill bench limits --seconds 0 --readme junk", 1, "'junk' has no lines <!-- rill bench" },
};

START_TEST(bad_use_is_refused_in_words)
{
    const struct refusal *r = &refusals[_i];
    int status = shell("%s", r->line);
    ck_assert_msg(status == r->status, "%s: exit status %d, expected %d: %s", r->line, status,
                  r->status, text_of("err"));
    must_say("err", r->says);
    ck_assert_msg(*text_of("out") == '\0', "%s: measured first", r->line);
}
END_TEST

/* ---- What is measured. */

static const struct measured {
    const char *arguments;
    const char *figure; /* part of a line of JSON */
} sections[] = {
    { "limits",
      "\"name\": \"memcpy\", \"by\": \"rill\", \"threads\": 2, \"quantity\": \"bandwidth\"" },
    { "matmul --only 'f64 TN 64x64x64'", "\"quantity\": \"share_of_peak\"" },
    { "elementwise --only floor", "\"quantity\": \"share_of_copy\"" },
    { "step --only toy", "\"threads\": 2, \"quantity\": \"speedup\"" },
    { "objective --only 'toy meanflow'", "\"quantity\": \"plain_steps\"" },
    { "objective --only 'toy dropout'", "\"name\": \"toy dropout\"" },
    { "objective --only 'toy jvp'", "\"quantity\": \"forward_passes\"" },
    { "memory --only toy", "\"quantity\": \"process\"" },
    { "compile --only toy",
      "\"name\": \"toy\", \"by\": \"rill\", \"threads\": 1, \"quantity\": \"time\"" },
    { "compile --only fused", "\"name\": \"a fused step without work\"" },
    { "start --only toy", "\"quantity\": \"time_to_first\"" },
    { "scaling --only 'width 16'", "\"quantity\": \"time_a_sample\"" },
    { "scaling --only 'toy, another busy'", "\"name\": \"toy, another busy\"" },
};

START_TEST(every_section_tells_what_it_measured)
{
    must(shell("rill bench %s --threads 2 --seconds 0 --json s.json", sections[_i].arguments));
    ck_assert_str_eq(text_of("err"), "");
    must_be_json("s.json");
    must_say("s.json", sections[_i].figure);
    must_say("s.json", "\"instruction set\": \"");
    ck_assert(strlen(text_of("out")) > 0);
}
END_TEST

/* With AVX2 alone and without, the peak is that of the set in force. */
START_TEST(the_instruction_set_is_told)
{
    must(shell("RILL_ISA=baseline rill bench limits --threads 1 --seconds 0 --json i.json"));
    must_say("i.json", "\"instruction set\": \"baseline\"");
}
END_TEST

START_TEST(an_earlier_report_is_read_back_whole)
{
    must(shell("rill bench limits step --only toy --threads 1 --seconds 0 --json a.json && "
               "rill bench --from a.json --json b.json && cmp a.json b.json"));
}
END_TEST

/* ---- Others beside it. */

START_TEST(peers_take_turns_and_are_compared)
{
    must(shell("rill bench step --only toy --threads 1 --seconds 0 --peers --python ./peer --json "
               "p.json"));
    must_say("p.json", "\"jax\": \"7.1\"");
    must_say("p.json",
             "\"by\": \"torch.compile\", \"threads\": 1, \"quantity\": \"time\", \"unit\": "
             "\"s\", \"value\": 5");
    must_say("p.json", "\"quantity\": \"times_as_fast\"");
    must(shell("rill bench --from p.json --bars"));
    must_say("out", "bar 1  reached  step toy, 1 thread");
}
END_TEST

/* One that fails to start and one that stops in between leave the rest to be measured. */
START_TEST(a_peer_that_fails_is_left_out)
{
    must(shell("rill bench step --only toy --threads 1 --seconds 0 --peers --python ./weak --json "
               "w.json"));
    must_say("err", "torch did not get ready: it is left out");
    must_say("err", "torch.compile gave no answer: it is left out");
    must_say("w.json", "\"by\": \"jax\"");
    ck_assert_ptr_null(strstr(text_of("w.json"), "\"by\": \"torch"));
}
END_TEST

/* ---- What becomes of it. */

START_TEST(bars_are_judged)
{
    must(shell("rill bench --from small.json --bars"));
    must_say("out", "bar 6  reached  compile toy, 1 thread: 1.00 ms; at most 5.00 ms");
    must_say("out", "bar 1  reached  step wide, 1 thread, 80% of FMA peak");
    ck_assert_int_eq(shell("sed 's/0.001/0.1/' small.json > slow.json; rill bench --from slow.json "
                           "--bars"),
                     1);
    must_say("out", "bar 6  MISSED   compile toy, 1 thread: 100 ms");
}
END_TEST

START_TEST(the_section_of_a_page_is_replaced_and_nothing_else)
{
    must(shell(
        "printf 'before\\n<!-- rill bench: begin -->\\nold\\n<!-- rill bench: end -->\\nafter' "
        "> page.md && rill bench --from small.json --readme page.md && cp page.md once.md && "
        "rill bench --from small.json --readme page.md && cmp page.md once.md"));
    const char *page = text_of("page.md");
    ck_assert(strncmp(page, "before\n<!-- rill bench: begin -->\n", 34) == 0);
    ck_assert_ptr_nonnull(strstr(page, "<!-- rill bench: end -->\nafter"));
    ck_assert_ptr_nonnull(strstr(page, "Some Processor"));
    ck_assert_ptr_nonnull(strstr(page, "| 80% |"));
    ck_assert_ptr_null(strstr(page, "old"));
}
END_TEST

/* Without cairo a picture is refused in words.  Fontconfig keeps what it has read, which leak
 * checkers take for lost. */
START_TEST(a_picture_is_drawn)
{
    int status =
        shell("export ASAN_OPTIONS=detect_leaks=0; rill bench --from small.json --picture p.svg");
    if (status != 0)
        must_say("err", "cairo");
    else
        must_say("p.svg", "<svg");
}
END_TEST

/* Lengths and times that no measuring gives have no place on its axes, which are logarithmic. */
START_TEST(a_picture_of_any_figures_comes_to_an_end)
{
    must(shell("for n in -3 0 1 2 1e300; do for v in -1 1e-320 1e-3 2e-3 1e308; do "
               "sed -n \"/compile/s/compile/scaling/;s/toy/width $n/;s/0.001/$v/;/scaling/p\" "
               "small.json; done; done > wild.json"));
    int status =
        shell("export ASAN_OPTIONS=detect_leaks=0; rill bench --from wild.json --picture w.svg");
    if (status != 0)
        must_say("err", "cairo");
    else
        must_say("w.svg", "<svg");
}
END_TEST

static const char *const files[][2] = {
    { "junk", "nothing of use\n" },
    { "small.json",
      "{\n  \"facts\": {\n    \"processor\": \"Some Processor\"\n  },\n  \"figures\": [\n"
      "    {\"section\": \"compile\", \"name\": \"toy\", \"by\": \"rill\", \"threads\": 1, "
      "\"quantity\": \"time\", \"unit\": \"s\", \"value\": 0.001},\n"
      "    {\"section\": \"step\", \"name\": \"wide\", \"by\": \"rill\", \"threads\": 1, "
      "\"quantity\": \"time\", \"unit\": \"s\", \"value\": 0.09},\n"
      "    {\"section\": \"step\", \"name\": \"wide\", \"by\": \"rill\", \"threads\": 1, "
      "\"quantity\": \"share_of_peak\", \"unit\": \"\", \"value\": 0.8}\n  ]\n}\n" },
    /* Called as `python -c SCRIPT [NAME TASK ...]`: without a name it tells versions. */
    { "peer", "#!/bin/sh\n[ $# -gt 2 ] || { echo python 3; echo jax 7.1; echo torch 8.2; exit; }\n"
              "echo ready\nwhile read -r seconds; do echo 5 1000000; done\n" },
    { "weak", "#!/bin/sh\n[ $# -gt 2 ] || { echo python 3; echo jax 7.1; echo torch 8.2; exit; }\n"
              "[ \"$3\" != torch ] || exit 1\necho ready\n"
              "while read -r seconds; do [ \"$3\" = jax ] || exit 1; echo 5 1000000; done\n" },
};

static void make_files(void)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *file = fopen(files[i][0], "w");
        ck_assert_ptr_nonnull(file);
        fputs(files[i][1], file);
        ck_assert_int_eq(fclose(file), 0);
    }
    must(shell("chmod +x peer weak"));
}

static Suite *bench_suite(void)
{
    Suite *suite = suite_create("bench");
    TCase *cases = tcase_create("bench");
    tcase_add_unchecked_fixture(cases, make_files, NULL);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, bad_use_is_refused_in_words, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(cases, every_section_tells_what_it_measured, 0,
                        sizeof sections / sizeof *sections);
    tcase_add_test(cases, the_instruction_set_is_told);
    tcase_add_test(cases, an_earlier_report_is_read_back_whole);
    tcase_add_test(cases, peers_take_turns_and_are_compared);
    tcase_add_test(cases, a_peer_that_fails_is_left_out);
    tcase_add_test(cases, bars_are_judged);
    tcase_add_test(cases, the_section_of_a_page_is_replaced_and_nothing_else);
    tcase_add_test(cases, a_picture_is_drawn);
    tcase_add_test(cases, a_picture_of_any_figures_comes_to_an_end);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    enter_folder();
    return run_in_folder(bench_suite());
}
