/* shell.h - the command as people meet it: lines of shell in a folder of its own, with `rill`
 * standing for the program whose path RILL_COMMAND is. */
#ifndef RILL_TESTS_TOOLS_SHELL_H
#define RILL_TESTS_TOOLS_SHELL_H

#include <check.h>

/* Goes to a new folder, or ends the program. */
void enter_folder(void);

/* Runs lines of shell; output goes to the files `out` and `err`.  Returns the exit status. */
int shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The text of a file, up to a MiB of it, until the next call. */
const char *text_of(const char *path);
/* 1 when `what` is in the file. */
int says(const char *path, const char *what);

void must(int status);
void must_say(const char *path, const char *what);
void expect_same(const char *a, const char *b);
/* The exit status, and part of the message. */
void refuses(int status, int expected, const char *what);

/* Runs the suite, and returns the exit status of a program; the folder of a failure stays. */
int run_in_folder(Suite *suite);

#endif
