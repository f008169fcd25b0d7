/* The command with paths of one's own (extended.c): they are held to what a path is. */
#include "command_files.h"
#include "shell.h"

START_TEST(paths_of_ones_own_train)
{
    must(shell(TRAIN "--path right --steps 2 --out right.st && " TRAIN
                     "--path shaken --steps 2 --out shaken.st"));
}
END_TEST

START_TEST(what_is_no_path_is_not_trained)
{
    refuses(shell(TRAIN "--path sum --out a.st"), 2,
            "--path sum: at t = 1 the path is x0 + x1: x0 = ");
    refuses(shell(TRAIN "--path powers --out a.st"), 2,
            "--path powers: the path is not a number at x0 = ");
    refuses(shell(TRAIN "--path number --out a.st"), 2, "--path number: path: number: gives ");
    ck_assert_int_eq(shell("ls a.st"), 2);
}
END_TEST

int main(void)
{
    enter_folder();
    Suite *suite = suite_create("extensions");
    TCase *all = tcase_create("paths");
    tcase_add_test(all, paths_of_ones_own_train);
    tcase_add_test(all, what_is_no_path_is_not_trained);
    tcase_set_timeout(all, 60);
    suite_add_tcase(suite, all);
    return run_in_folder(suite);
}
