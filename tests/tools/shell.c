#include "shell.h"

#include "tests/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/rill-command-XXXXXX";

void enter_folder(void)
{
    const char *command = getenv("RILL_COMMAND");
    char *absolute = command ? realpath(command, NULL) : NULL;
    if (!absolute || setenv("RILL_COMMAND", absolute, 1) != 0 || !mkdtemp(folder) ||
        chdir(folder) != 0) {
        fprintf(stderr, "RILL_COMMAND has to be the path of the program\n");
        exit(EXIT_FAILURE);
    }
    free(absolute);
}

int shell(const char *format, ...)
{
    static char script[4096];
    int used =
        snprintf(script, sizeof script, "exec >out 2>err; rill() { \"$RILL_COMMAND\" \"$@\"; }\n");
    va_list list;
    va_start(list, format);
    vsnprintf(script + used, sizeof script - (size_t)used, format, list);
    va_end(list);
    int status = system(script);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *text_of(const char *path)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

int says(const char *path, const char *what)
{
    return strstr(text_of(path), what) != NULL;
}

void must(int status)
{
    ck_assert_msg(status == 0, "exit status %d: %s", status, text_of("err"));
}

void must_say(const char *path, const char *what)
{
    ck_assert_msg(says(path, what), "%s does not say %s: %s", path, what, text_of(path));
}

void expect_same(const char *a, const char *b)
{
    ck_assert_msg(shell("cmp %s %s", a, b) == 0, "%s and %s differ: %s", a, b, text_of("out"));
}

void refuses(int status, int expected, const char *what)
{
    ck_assert_msg(status == expected, "exit status %d: %s", status, text_of("err"));
    must_say("err", what);
}

int run_in_folder(Suite *suite)
{
    int status = run_suite(suite);
    return status == EXIT_SUCCESS && shell("rm -rf %s", folder) != 0 ? EXIT_FAILURE : status;
}
