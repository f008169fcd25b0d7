#include "rows.h"

#include <stdio.h>

rill_shape cli_rows_shape(const cli_model *model, int64_t times, int64_t n)
{
    rill_shape shape = { 0 };
    if (times > 0)
        shape.dim[shape.rank++] = times;
    shape.dim[shape.rank++] = n;
    for (int i = 0; i < model->sample.rank; i++)
        shape.dim[shape.rank++] = model->sample.dim[i];
    return shape;
}

int cli_rows_load(const cli_args *args, const cli_model *model, cli_condition *condition,
                  const char *path, const char *what, cli_array *array)
{
    rill_message message;
    rill_status status = cli_array_load_labelled(path, condition->column, array, &message);
    if (status == RILL_OK)
        status = cli_condition_take(condition, model, path, array, &message);
    if (status != RILL_OK) {
        cli_array_free(array);
        return cli_fail(args, "%s", message.text);
    }
    int64_t width = cli_array_width(array);
    if (width == model->width)
        return CLI_DONE;
    char beside[40] = "";
    if (array->taken)
        snprintf(beside, sizeof beside, " beside column %lld", (long long)array->taken);
    cli_array_free(array);
    return cli_fail(args, "'%.200s' has %lld %s a row%s; a sample of the model has %lld", path,
                    (long long)width, what, beside, (long long)model->width);
}
