/* What a command says when something is wrong. */
#include "cli.h"
#include "near.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void cli_print_clean(FILE *out, const char *text)
{
    for (; *text; text++)
        putc((unsigned char)*text < ' ' || *text == 127 ? '?' : *text, out);
}

static void say(const cli_args *args, const char *format, va_list list)
{
    char text[2 * sizeof(rill_message)];
    vsnprintf(text, sizeof text, format, list);
    fprintf(stderr, "rill%s%s: ", args->command ? " " : "",
            args->command ? args->command->name : "");
    cli_print_clean(stderr, text);
    putc('\n', stderr);
}

/* Where help is. */
static int say_usage(const cli_args *args)
{
    fprintf(stderr, "Try: rill%s%s --help\n", args->command ? " " : "",
            args->command ? args->command->name : "");
    return CLI_USAGE;
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
    return say_usage(args);
}

/* The excerpt is a line of its own: it holds no control characters, newlines among them. */
int cli_mistake(const cli_args *args, const mistake *wrong)
{
    if (!*wrong->excerpt)
        return cli_usage(args, "%s", wrong->reason.text);
    cli_note(args, "%s in", wrong->reason.text);
    fprintf(stderr, "  %s\n  %*s^%s%s\n", wrong->excerpt, wrong->column, "",
            *wrong->hint ? " " : "", wrong->hint);
    return say_usage(args);
}

int cli_unknown(const cli_args *args, const char *what, const char *name, cli_choices *choices)
{
    const char *near = cli_nearest(name, choices, args->extensions);
    return cli_usage(args, "there is no %s '%.60s'%s%s%s", what, name,
                     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
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
