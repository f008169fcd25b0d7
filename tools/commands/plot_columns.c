#include "plot_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* In place: each row is read before it is written over. */
static void keep_two(plot_array *array, double *values, int64_t first, int64_t second)
{
    for (int64_t i = 0; i < array->dim[0]; i++) {
        const double *row = values + i * array->dim[1];
        double x = row[first - 1], y = row[second - 1];
        values[2 * i] = x;
        values[2 * i + 1] = y;
    }
    array->dim[1] = 2;
}

/* "x₁₂" */
static void name_axis(char *out, int64_t column)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)column);
    *out++ = 'x';
    for (const char *digit = digits; *digit; digit++, out += 3)
        memcpy(out, (char[]){ '\xe2', '\x82', (char)('\x80' + (*digit - '0')) }, 3);
    *out = '\0';
}

static void name_axes(picture *p, int64_t first, int64_t second)
{
    name_axis(p->axes[0], first);
    name_axis(p->axes[1], second);
    p->how.x_label = p->how.x_label ? p->how.x_label : p->axes[0];
    p->how.y_label = p->how.y_label ? p->how.y_label : p->axes[1];
}

static int pick(picture *p, int i, const cli_value *wanted)
{
    plot_array *array = &p->arrays[i];
    if (!wanted->text && (array->rank != 2 || array->dim[1] < 3))
        return CLI_DONE;
    int64_t first = wanted->text ? (int64_t)wanted->number : 1;
    int64_t second = wanted->text ? (int64_t)wanted->high : 2;
    if (array->rank != 2 || array->dim[1] < second)
        return cli_fail(p->args, "--columns %s: '%s' has %lld numbers in a row", wanted->text,
                        array->label, array->rank == 2 ? (long long)array->dim[1] : 1LL);
    if (!wanted->text)
        cli_note(p->args, "%s: columns 1 and 2 of %lld are drawn; --columns takes others",
                 array->label, (long long)array->dim[1]);
    keep_two(array, p->owned[i], first, second);
    name_axes(p, first, second);
    return CLI_DONE;
}

int plot_pick_columns(picture *p, const cli_value *wanted)
{
    int status = CLI_DONE;
    if (!wanted->text && strcmp(p->kind->name, "samples") != 0)
        return status;
    if (wanted->text && (wanted->number < 1 || wanted->number != floor(wanted->number) ||
                         wanted->high > 1e6 || wanted->high != floor(wanted->high)))
        return cli_usage(p->args, "--columns takes two columns counted from 1, 1,3 say, not '%s'",
                         wanted->text);
    for (int i = 0; i < p->count && status == CLI_DONE; i++)
        status = pick(p, i, wanted);
    return status;
}
