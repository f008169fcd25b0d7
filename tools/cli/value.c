/* One value of an option: read, refused, or described in words. */
#include "cli.h"
#include "near.h"
#include "parameters.h"
#include "path.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int within(const cli_option *option, double number)
{
    return number >= option->low && number <= option->high;
}

static int parse_text(const cli_option *option, const rill_extensions *extensions, cli_value *value,
                      mistake *wrong)
{
    (void)option, (void)extensions, (void)wrong;
    return value->text[0] != '\0';
}

static int parse_whole(const cli_option *option, const rill_extensions *extensions,
                       cli_value *value, mistake *wrong)
{
    (void)extensions, (void)wrong;
    char *end;
    errno = 0;
    value->whole = strtoll(value->text, &end, 10);
    value->number = (double)value->whole;
    return end != value->text && !*end && !errno && within(option, value->number);
}

static int parse_number(const cli_option *option, const rill_extensions *extensions,
                        cli_value *value, mistake *wrong)
{
    (void)extensions, (void)wrong;
    char *end;
    value->number = strtod(value->text, &end);
    return end != value->text && !*end && within(option, value->number);
}

static int parse_choice(const cli_option *option, const rill_extensions *extensions,
                        cli_value *value, mistake *wrong)
{
    cli_choice choice;
    rill_message reason;
    size_t length = cli_name_length(value->text);
    for (int i = 0; (choice = option->choices(extensions, i)).name; i++) {
        if (strlen(choice.name) != length || strncmp(choice.name, value->text, length) != 0)
            continue;
        value->whole = i;
        value->name = choice.name;
        value->parameters = choice.parameters;
        if (cli_parse_parameters(value->text, &choice.parameters, value->parameter, &reason))
            return 1;
        rill_fail(&wrong->reason, RILL_BAD_ARGUMENT, "--%s %s: %s", option->name, choice.name,
                  reason.text);
        return 0;
    }
    return 0;
}

static int parse_numbers(const cli_option *option, const rill_extensions *extensions,
                         cli_value *value, mistake *wrong)
{
    (void)extensions;
    rill_message reason;
    value->parameters = *option->numbers;
    if (cli_parse_numbers(value->text, option->numbers, value->parameter, &reason))
        return 1;
    rill_fail(&wrong->reason, RILL_BAD_ARGUMENT, "--%s: %s", option->name, reason.text);
    return 0;
}

static int parse_path(const cli_option *option, const rill_extensions *extensions, cli_value *value,
                      mistake *wrong)
{
    cli_path path;
    int good = cli_path_open(extensions, value->text, &path, wrong);
    if (good && !path.formula) {
        value->name = path.path->name;
        value->parameters = path.parameters;
        memcpy(value->parameter, path.parameter, sizeof value->parameter);
    }
    cli_path_close(&path);
    rill_message reason = wrong->reason;
    if (*reason.text)
        rill_fail(&wrong->reason, RILL_BAD_ARGUMENT, "--%s: %.400s", option->name, reason.text);
    return good;
}

static int parse_flag(const cli_option *option, const rill_extensions *extensions, cli_value *value,
                      mistake *wrong)
{
    (void)option, (void)extensions, (void)wrong;
    value->whole = strcmp(value->text, "yes") == 0;
    return value->whole || strcmp(value->text, "no") == 0;
}

static int parse_range(const cli_option *option, const rill_extensions *extensions,
                       cli_value *value, mistake *wrong)
{
    (void)option, (void)extensions, (void)wrong;
    char *comma, *end;
    value->number = strtod(value->text, &comma);
    if (comma == value->text || *comma != ',')
        return 0;
    value->high = strtod(comma + 1, &end);
    return end != comma + 1 && !*end && isfinite(value->number) && isfinite(value->high) &&
           value->number < value->high;
}

/* 0 when the text is no such value; the usual words follow where nothing is said of it. */
typedef int parse_function(const cli_option *option, const rill_extensions *extensions,
                           cli_value *value, mistake *wrong);

static parse_function *const parsers[CLI_KIND_COUNT] = {
    [CLI_FLAG] = parse_flag,     [CLI_TEXT] = parse_text,       [CLI_WHOLE] = parse_whole,
    [CLI_NUMBER] = parse_number, [CLI_CHOICE] = parse_choice,   [CLI_RANGE] = parse_range,
    [CLI_PATH] = parse_path,     [CLI_NUMBERS] = parse_numbers,
};

static void refuse_value(const cli_option *option, const rill_extensions *extensions,
                         const char *text, rill_message *reason)
{
    char takes[400], hint[64] = "";
    if (option->kind == CLI_CHOICE || option->kind == CLI_PATH) {
        const char *near = cli_nearest(text, option->choices, extensions);
        if (near)
            snprintf(hint, sizeof hint, "; did you mean %s?", near);
    }
    cli_describe_value(option, extensions, takes, sizeof takes);
    rill_fail(reason, RILL_BAD_ARGUMENT, "--%s takes %s, not '%.60s'%s", option->name, takes, text,
              hint);
}

int cli_parse_value(const cli_option *option, const rill_extensions *extensions, const char *text,
                    cli_value *value, mistake *wrong)
{
    mistake dropped;
    wrong = wrong ? wrong : &dropped;
    *wrong = (mistake){ 0 };
    *value = (cli_value){ .text = text, .given = value->given }; /* nothing of what stood there */
    /* strtod and strtoll skip blanks, which nobody means but in a formula. */
    int begins = text[0] && (option->kind == CLI_PATH || !strchr(" \t\n\v\f\r", text[0]));
    if (begins && parsers[option->kind](option, extensions, value, wrong))
        return 1;
    if (!*wrong->reason.text)
        refuse_value(option, extensions, text, &wrong->reason);
    return 0;
}

/* ---- What values an option takes, in words. */

static void describe_choices(const cli_option *option, const rill_extensions *extensions,
                             char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "one of ");
    for (int i = 0; option->choices(extensions, i).name && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
                                 option->choices(extensions, i).name);
    if (option->kind == CLI_PATH && used < size)
        snprintf(text + used, size - used, ", or a formula of x0, x1 and t");
}

void cli_describe_value(const cli_option *option, const rill_extensions *extensions, char *text,
                        size_t size)
{
    if (option->kind == CLI_CHOICE || option->kind == CLI_PATH)
        describe_choices(option, extensions, text, size);
    else if (option->kind == CLI_WHOLE)
        snprintf(text, size, "a whole number from %.0f to %.0f", option->low, option->high);
    else if (option->kind == CLI_NUMBER)
        snprintf(text, size, "a number from %g to %g", option->low, option->high);
    else if (option->kind == CLI_NUMBERS)
        cli_describe_parameters(option->numbers, text, size);
    else if (option->kind == CLI_RANGE)
        snprintf(text, size, "two numbers %s, the first the less", option->metavar);
    else
        snprintf(text, size, "%s", option->metavar ? option->metavar : "no value");
}
