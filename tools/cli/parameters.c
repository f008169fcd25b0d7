#include "parameters.h"

#include "number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t cli_name_length(const char *text)
{
    return strcspn(text, ":");
}

/* The number of the parameter named at `text`, up to '='; -1: none is. */
static int named(const char *text, size_t length, const rill_parameters *p)
{
    for (int i = 0; i < p->count; i++)
        if (strlen(p->at[i].name) == length && strncmp(p->at[i].name, text, length) == 0)
            return i;
    return -1;
}

static int wrong_count(int count, const char *text, size_t length, rill_message *reason)
{
    char takes[32] = "no numbers";
    if (count > 0)
        snprintf(takes, sizeof takes, "%d number%s", count, count == 1 ? "" : "s");
    rill_fail(reason, RILL_BAD_ARGUMENT, "it takes %s, not '%.*s'", takes, (int)length, text);
    return 0;
}

/* One of the list: [NAME=]NUMBER, `length` letters at `text`, number `place` of them. */
static int parse_one(const char *text, size_t length, int place, const rill_parameters *p,
                     double *value, int *given, rill_message *reason)
{
    const char *equals = memchr(text, '=', length);
    size_t of_name = equals ? (size_t)(equals - text) : 0;
    int i = equals ? named(text, of_name, p) : place;
    if (i < 0 || i >= p->count)
        return wrong_count(p->count, text, length, reason);
    char *end;
    const char *number = equals ? equals + 1 : text;
    const rill_parameter *of = &p->at[i];
    value[i] = strtod(number, &end);
    if (end == number || end != text + length || !(value[i] >= of->low && value[i] <= of->high))
        return rill_fail(reason, RILL_BAD_ARGUMENT, "%s is a number from %g to %g, not '%.*s'",
                         of->name, of->low, of->high, (int)(text + length - number), number),
               0;
    if (given[i]++)
        return rill_fail(reason, RILL_BAD_ARGUMENT, "%s is given twice", of->name), 0;
    return 1;
}

int cli_parse_numbers(const char *text, const rill_parameters *p, double value[RILL_MAX_PARAMETERS],
                      rill_message *reason)
{
    int given[RILL_MAX_PARAMETERS] = { 0 };
    for (int i = 0; i < p->count; i++)
        value[i] = p->at[i].standard;
    for (int place = 0; text; place++) {
        size_t length = strcspn(text, ",");
        if (!parse_one(text, length, place, p, value, given, reason))
            return 0;
        text = text[length] ? text + length + 1 : NULL;
    }
    return 1;
}

int cli_parse_parameters(const char *text, const rill_parameters *p,
                         double value[RILL_MAX_PARAMETERS], rill_message *reason)
{
    const char *colon = strchr(text, ':');
    return cli_parse_numbers(colon ? colon + 1 : NULL, p, value, reason);
}

void cli_print_choice(const char *name, const rill_parameters *p, const double *value, char *text,
                      size_t size)
{
    int standard = 1;
    char number[32];
    size_t used = (size_t)snprintf(text, size, "%s", name);
    for (int i = 0; i < p->count; i++)
        standard &= value[i] == p->at[i].standard;
    for (int i = 0; i < p->count && !standard && used < size; i++) {
        cli_print_number(value[i], number);
        used += (size_t)snprintf(text + used, size - used, "%c%s", i ? ',' : ':', number);
    }
}

void cli_describe_parameters(const rill_parameters *p, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (int i = 0; i < p->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s: %s, %g to %g, otherwise %g",
                                 i ? "; " : "", p->at[i].name, p->at[i].doc, p->at[i].low,
                                 p->at[i].high, p->at[i].standard);
}
