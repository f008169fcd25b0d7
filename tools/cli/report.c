/* What a command says when something is wrong. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const cli_args *args, const char *format, va_list list)
{
    fprintf(stderr, "rill%s%s: ", args->command ? " " : "",
            args->command ? args->command->name : "");
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

int cli_fail(const cli_args *args, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(args, format, list);
    va_end(list);
    return CLI_FAILED;
}

int cli_usage(const cli_args *args, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(args, format, list);
    va_end(list);
    fprintf(stderr, "Try: rill%s%s --help\n", args->command ? " " : "",
            args->command ? args->command->name : "");
    return CLI_USAGE;
}

void cli_note(const cli_args *args, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(args, format, list);
    va_end(list);
}

int cli_finish_output(const cli_args *args)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return CLI_DONE;
    if (errno == EPIPE)
        return CLI_DONE;
    return cli_fail(args, "cannot write to the standard output: %s", strerror(errno));
}
