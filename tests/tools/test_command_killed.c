/* A signal that comes while a file is written: RILL_COMMAND is the command of killed.c. */
#include "command_files.h"
#include "shell.h"

static const char *const writers[] = {
    "velocity --model model.st --x good.csv --t .5 --out late.npy",
    "loglik --model model.st --data good.csv --steps 1 --solver euler --out late.npy",
    "plot samples good.csv --out late.svg",
    "dot --model model.st --out late.dot",
    "eval --model model.st --metric loss --points 2 --csv late.csv",
    "eval --model model.st --metric loss --points 2 --out late.html",
    "eval --model model.st --metric loss --points 2 --pictures late",
    "sample --model model.st --n 5 --out late.npy",
    "sample --model model.st --n 5 --out late.csv --trajectory late.npy",
    "sample --model tokens.st --n 5 --out late.npy",
    "data moons --n 5 --out late.npy --labels late.csv",
    "train --data good.csv --steps 2 --quiet --out late.st",
    "train --data good.csv --steps 2 --quiet --out late.st --log late.csv --profile late",
    "reflow --model model.st --pairs 5 --steps 2 --quiet --out late.st",
    "check-path linear --picture late.svg",
    "bench --from small.json --json late.json",
    "bench --from small.json --picture late.svg",
    "bench --from small.json --readme late.md",
};

static void make_more(void)
{
    make_files();
    must(shell("rill bench step --only toy --threads 1 --seconds 0 --json small.json"));
}

/* There is all of the file or none: the signal has its effect, and no temporary file stays. */
START_TEST(a_signal_waits_for_the_file)
{
    must(shell("rm -f late*; printf '<!-- rill bench: begin -->\\n<!-- rill bench: end -->\\n' > "
               "late.md"));
    int status = shell("RILL_KILLED=1 rill %s", writers[_i]);
    if (status == 1 && says("err", "without cairo"))
        return;
    ck_assert_msg(status == 130 || status == 143, "%s: exit status %d: %s", writers[_i], status,
                  text_of("err"));
    ck_assert_msg(shell("ls -A | grep -e '^\\.rill-'") != 0, "%s: left a temporary file",
                  writers[_i]);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("command_killed");
    TCase *all = tcase_create("killed");
    tcase_add_unchecked_fixture(all, make_more, NULL);
    tcase_add_loop_test(all, a_signal_waits_for_the_file, 0,
                        (int)(sizeof writers / sizeof *writers));
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
