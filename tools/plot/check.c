/* What every kind asks of its input before it draws. */
#include "sheet.h"

#include <stdio.h>

int64_t plot_rows(const plot_array *array)
{
    return array->dim[0];
}

int64_t plot_columns(const plot_array *array)
{
    int64_t columns = 1;
    for (int i = 1; i < array->rank; i++)
        columns *= array->dim[i];
    return columns;
}

int plot_usable_point(const double *point)
{
    return plot_usable(point[0]) && plot_usable(point[1]);
}

int64_t plot_points_ranges(const plot_array *arrays, int count, plot_range *x, plot_range *y)
{
    int64_t usable = 0;
    *x = *y = plot_nothing;
    for (int i = 0; i < count; i++)
        for (int64_t j = 0; j < plot_rows(&arrays[i]); j++) {
            const double *point = arrays[i].values + j * plot_columns(&arrays[i]);
            if (!plot_usable_point(point))
                continue;
            *x = plot_range_add(*x, point[0]);
            *y = plot_range_add(*y, point[1]);
            usable++;
        }
    return usable;
}

static void describe_shape(const plot_array *array, char *out, size_t size)
{
    int used = snprintf(out, size, "[");
    for (int i = 0; i < array->rank && i < PLOT_MAX_RANK; i++)
        used += snprintf(out + used, size - (size_t)used, "%s%lld", i ? "," : "",
                         (long long)array->dim[i]);
    snprintf(out + used, size - (size_t)used, "]");
}

/* 0 when a dimension is negative or the array has more elements than memory could hold. */
static int sane(const plot_array *array)
{
    int64_t room = INT64_MAX / (int64_t)sizeof(double);
    if (array->rank < 1 || array->rank > PLOT_MAX_RANK)
        return 0;
    for (int i = 0; i < array->rank; i++) {
        if (array->dim[i] < 0)
            return 0;
        room = array->dim[i] ? room / array->dim[i] : room;
    }
    return room > 0;
}

static int64_t usable_count(const plot_array *array)
{
    int64_t usable = 0, all = plot_rows(array) * plot_columns(array);
    for (int64_t i = 0; i < all; i++)
        usable += plot_usable(array->values[i]);
    return usable;
}

static rill_status check_array(const plot_accepts *accepts, const plot_array *array, int i,
                               rill_message *message)
{
    char name[160], shape[96];
    snprintf(name, sizeof name, "%s: %.100s", accepts->kind, array->label ? array->label : "array");
    if (!array->label)
        snprintf(name, sizeof name, "%s: array %d", accepts->kind, i + 1);
    if (!sane(array))
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s has rank %d or a size that no array has",
                         name, array->rank);
    describe_shape(array, shape, sizeof shape);
    if (plot_rows(array) == 0 || plot_columns(array) == 0)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s is empty: %s", name, shape);
    if (!array->values)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s has no values", name);
    if (!accepts->fits(array))
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s has shape %s; wanted %s", name, shape,
                         accepts->shapes);
    if (!usable_count(array))
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s has no finite value", name);
    return RILL_OK;
}

rill_status plot_check(const plot_accepts *accepts, const plot_array *arrays, int count,
                       const char *path, rill_message *message)
{
    rill_status status = canvas_check(path, message);
    if (status)
        return status;
    if (!arrays || count < 1 || count > accepts->most)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s: takes 1 to %d arrays; %d given",
                         accepts->kind, accepts->most, arrays ? count : 0);
    for (int i = 0; i < count && !status; i++)
        status = check_array(accepts, &arrays[i], i, message);
    return status;
}

int64_t plot_stride(int64_t count, int64_t most)
{
    return (count + most - 1) / most;
}
