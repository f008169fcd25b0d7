#include "condition.h"

#include "column.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static rill_status read_label(const cli_model *model, long long label, cli_condition *condition,
                              rill_message *message)
{
    if (!model->classes)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond: the model takes a file of vectors of %lld numbers, not a label",
                         (long long)model->vector);
    if (label < 0 || label >= model->classes)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond takes a label from 0 to %lld or a file of labels, not %lld",
                         (long long)model->classes - 1, label);
    condition->label = (int32_t)label;
    return RILL_OK;
}

static rill_status take_vectors(const cli_model *model, const char *path, cli_array *array,
                                cli_condition *condition, rill_message *message)
{
    if (cli_array_width(array) != model->vector)
        return rill_fail(message, RILL_MISMATCH, "'%.200s' has %lld columns; the model takes %lld",
                         path, (long long)cli_array_width(array), (long long)model->vector);
    condition->vector = model->vector;
    condition->vectors = cli_array_floats(array);
    return condition->vectors ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
}

static rill_status take_array(const cli_model *model, const char *path, cli_array *array,
                              cli_condition *condition, rill_message *message)
{
    condition->rows = cli_array_rows(array);
    if (!model->classes)
        return take_vectors(model, path, array, condition, message);
    int64_t classes = array->words.count ? array->words.count : model->classes;
    condition->labels = cli_array_labels(path, array, classes - 1, message);
    if (!condition->labels)
        return RILL_MISMATCH;
    return cli_words_translate(path, &array->words, &model->words, condition->labels,
                               condition->rows, message);
}

static rill_status read_file(const cli_model *model, const char *path, cli_condition *condition,
                             rill_message *message)
{
    char known[300];
    cli_array array;
    rill_status status = cli_array_load_finite(path, &array, message);
    if (status == RILL_NOT_FOUND && model->words.count)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond: there is no label or file '%.60s'; the model knows%s", path,
                         cli_words_list(&model->words, known, sizeof known));
    if (status != RILL_OK)
        return status;
    status = take_array(model, path, &array, condition, message);
    cli_array_free(&array);
    return status;
}

rill_status cli_condition_take(cli_condition *condition, const cli_model *model, const char *path,
                               cli_array *rows, rill_message *message)
{
    cli_array column;
    if (!condition->column || condition->rows)
        return RILL_OK;
    if (!model->classes && model->vector != 1)
        return rill_fail(message, RILL_MISMATCH,
                         "--cond column:%lld is one number a row; the model takes vectors of %lld",
                         (long long)condition->column, (long long)model->vector);
    rill_status status = cli_column_take(path, condition->column, rows, &column, message);
    if (status == RILL_OK)
        status = take_array(model, path, &column, condition, message);
    cli_array_free(&column);
    return status;
}

static rill_status read_any(const cli_model *model, const char *text, cli_condition *condition,
                            rill_message *message)
{
    char known[300];
    *condition = (cli_condition){ .none = !model->classes && !model->vector };
    if (condition->none && text)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond: the model was trained without conditions");
    if (condition->none)
        return RILL_OK;
    if (!text && model->classes)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond is needed: the model was trained with labels 0 to %lld%s",
                         (long long)model->classes - 1,
                         cli_words_list(&model->words, known, sizeof known));
    if (!text)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond is needed: the model was trained with vectors of %lld numbers",
                         (long long)model->vector);
    int64_t named = cli_words_find(&model->words, text);
    if (named >= 0)
        return read_label(model, named, condition, message);
    condition->column = cli_column_of(text);
    if (condition->column)
        return RILL_OK;
    char *end;
    errno = 0;
    long long label = strtoll(text, &end, 10);
    if (end != text && !*end && !errno)
        return read_label(model, label, condition, message);
    return read_file(model, text, condition, message);
}

static int takes_guidance(const cli_args *args)
{
    for (int i = 0; i < cli_option_count(args->command); i++)
        if (strcmp(cli_option_at(args->command, i)->name, "guidance") == 0)
            return 1;
    return 0;
}

/* What to do instead of a condition that is missing, if anything. */
static const char *without_condition(const cli_args *args, const cli_model *model)
{
    int learned = !model->manifold && model->setting[TRAIN_DROPOUT].number > 0;
    if (!learned || !takes_guidance(args))
        return "";
    return "; with any of them and --guidance 0, samples are as without a condition";
}

int cli_condition_open(const cli_args *args, const cli_model *model, const char *text,
                       cli_condition *condition)
{
    rill_message message;
    rill_status status = read_any(model, text, condition, &message);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(args, "%s%s", message.text, text ? "" : without_condition(args, model));
    return status == RILL_OK ? CLI_DONE : cli_fail(args, "%s", message.text);
}

int cli_condition_check(const cli_args *args, const cli_condition *condition, int64_t n)
{
    if (condition->column && !condition->rows)
        return cli_usage(args, "--cond column:%lld is of rows that are read, and there are none",
                         (long long)condition->column);
    if (!condition->rows || condition->rows == n)
        return CLI_DONE;
    return cli_usage(args, "--cond has %lld rows, expected %lld", (long long)condition->rows,
                     (long long)n);
}

const void *cli_condition_rows(const cli_condition *condition, int64_t first, int64_t n, void *room)
{
    if (condition->none)
        return NULL;
    if (condition->vectors)
        return condition->vectors + first * condition->vector;
    if (condition->labels)
        return condition->labels + first;
    for (int64_t i = 0; i < n; i++)
        ((int32_t *)room)[i] = condition->label;
    return room;
}

void cli_condition_free(cli_condition *condition)
{
    free(condition->labels);
    free(condition->vectors);
    *condition = (cli_condition){ 0 };
}
