/* What rill train learns from: the data, where samples start, and the units of both. */
#include "train_run.h"

#include "tools/cli/array.h"
#include "tools/cli/choices.h"
#include "tools/cli/column.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/start.h"
#include "tools/cli/tokens.h"

#include <stdlib.h>
#include <string.h>

/* `name` was given for --data or --source and could not be opened.  A word that names no file was
 * meant as a built-in set. */
static int wrong_data(train_run *r, const char *name, rill_status status,
                      const rill_message *message)
{
    if (status == RILL_NOT_FOUND && !strpbrk(name, "./"))
        return cli_unknown(r->args, "data set or file", name, cli_data_choices);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(r->args, "%s", message->text);
    return train_failed(r, message);
}

/* Words where there is no other label were meant as one, perhaps. */
static int wrong_rows(train_run *r, rill_status status, const rill_message *message)
{
    const cli_value *s = r->model.setting;
    const char *data = s[TRAIN_DATA].text, *cond = s[TRAIN_COND].text;
    int64_t k =
        status == RILL_BAD_FORMAT && !cli_column_of(cond) ? cli_array_label_column(data) : 0;
    if (k)
        return cli_fail(r->args, "%s; --cond column:%lld takes its words for labels", message->text,
                        (long long)k);
    return wrong_data(r, data, status, message);
}

/* A missing value may pass for a word. */
static void say_words(const train_run *r)
{
    char list[300];
    const cli_words *words = &r->model.words;
    if (words->count > 0 && !r->flag[TRAIN_QUIET].given)
        cli_note(r->args, "%lld labels%s", (long long)words->count,
                 cli_words_list(words, list, sizeof list));
}

/* Facts of the data become the model's; those of a resumed model have to be the same. */
static int adopt_data(train_run *r)
{
    cli_model *m = &r->model;
    const cli_source *d = &r->data;
    if (m->store) {
        if (m->rows == d->rows && m->checksum == d->checksum && m->width == d->width &&
            m->classes == d->classes && m->vector == d->vector)
            return CLI_DONE;
        return cli_fail(r->args, "%s is not what the model was trained on: it has changed",
                        m->setting[TRAIN_DATA].text);
    }
    m->sample = d->sample;
    m->width = d->width;
    m->classes = d->classes;
    m->vector = d->vector;
    m->rows = d->rows;
    m->checksum = d->checksum;
    m->words = d->words;
    r->data.words = (cli_words){ NULL }; /* the model's now */
    say_words(r);
    m->store = rill_store_new((uint64_t)m->setting[TRAIN_SEED].whole);
    return m->store ? CLI_DONE : cli_fail(r->args, "out of memory");
}

/* Width and depth that were not given depend on the data; from here on they are recorded. */
static int settle_size(train_run *r)
{
    int small = r->model.width <= 8, status = CLI_DONE;
    if (!r->model.setting[TRAIN_HIDDEN].text)
        status = train_set(r, TRAIN_HIDDEN, small ? "64" : "256");
    if (status == CLI_DONE && !r->model.setting[TRAIN_LAYERS].text)
        status = train_set(r, TRAIN_LAYERS, small ? "3" : "4");
    return status;
}

static double *copied(const double *values, int64_t count)
{
    double *copy = malloc((size_t)count * sizeof *copy);
    if (copy)
        memcpy(copy, values, (size_t)count * sizeof *copy);
    return copy;
}

/* Data, and the data that samples start from, are brought to the network's units by one transform;
 * noise is in those units. */
static int settle_transform(train_run *r)
{
    rill_message message;
    cli_model *m = &r->model;
    int start_too = r->has_start && cli_start_has_units(m);
    if (!m->setting[TRAIN_NORMALIZE].whole)
        return CLI_DONE;
    if (!m->mean && (cli_source_moments(&r->data, (uint64_t)m->setting[TRAIN_SEED].whole, &m->mean,
                                        &m->scale, &message) != RILL_OK ||
                     cli_model_keep_transform(m, &message) != RILL_OK))
        return train_failed(r, &message);
    cli_source_normalize(&r->data, copied(m->mean, m->width), copied(m->scale, m->width));
    if (start_too)
        cli_source_normalize(&r->start, copied(m->mean, m->width), copied(m->scale, m->width));
    int complete =
        r->data.mean && r->data.scale && (!start_too || (r->start.mean && r->start.scale));
    return complete ? CLI_DONE : cli_fail(r->args, "out of memory");
}

/* What was opened as the start has to go with the data. */
static int check_start(train_run *r, const char *option)
{
    if (r->start.width != r->data.width)
        return cli_fail(r->args, "--%s has %lld numbers a sample, the data %lld", option,
                        (long long)r->start.width, (long long)r->data.width);
    if (!r->model.setting[TRAIN_X0].text || (r->data.rows && r->start.rows == r->data.rows))
        return CLI_DONE;
    if (!r->data.rows)
        return cli_usage(r->args, "--x0 makes pairs with the rows of a data file; %s is endless",
                         r->model.setting[TRAIN_DATA].text);
    return cli_fail(r->args, "--x0 has %lld rows, the data %lld", (long long)r->start.rows,
                    (long long)r->data.rows);
}

/* As the data, the start of a resumed model has to be what it was. */
static int adopt_start(train_run *r, const char *path)
{
    cli_model *m = &r->model;
    if (m->done == 0)
        m->start_checksum = r->start.checksum;
    if (!m->start_checksum || m->start_checksum == r->start.checksum)
        return CLI_DONE;
    return cli_fail(r->args, "%s is not what the model was trained on: it has changed", path);
}

/* Pairs are for training alone: what they start from is not what samples do, unless it is said. */
static void say_where_samples_start(const train_run *r)
{
    if (r->flag[TRAIN_X0].given && !r->flag[TRAIN_SOURCE].given && !r->flag[TRAIN_RESUME].given)
        cli_note(r->args, "--x0 is where training starts; samples will start from noise, unless "
                          "--source says from what");
}

static int open_start(train_run *r)
{
    rill_message message;
    const cli_value *s = r->model.setting;
    int option = s[TRAIN_X0].text ? TRAIN_X0 : TRAIN_SOURCE;
    if (option == TRAIN_SOURCE && !cli_start_has_units(&r->model))
        return CLI_DONE;
    rill_status status = cli_source_open(s[option].text, NULL, &r->start, &message);
    if (status != RILL_OK)
        return wrong_data(r, s[option].text, status, &message);
    r->has_start = 1;
    int wrong = check_start(r, cli_train_options[option].name);
    if (wrong == CLI_DONE)
        say_where_samples_start(r);
    return wrong == CLI_DONE ? adopt_start(r, s[option].text) : wrong;
}

static int check_tokens(train_run *r)
{
    rill_message message;
    const cli_source *d = &r->data;
    const cli_value *s = r->model.setting;
    if (!d->table || rill_data_find(s[TRAIN_DATA].text))
        return cli_usage(r->args, "--vocab takes a file of tokens; %s has points",
                         s[TRAIN_DATA].text);
    rill_status status = cli_check_tokens(s[TRAIN_DATA].text, d->table, d->rows, d->width, d->taken,
                                          0, s[TRAIN_VOCAB].whole - 1, &message);
    return status == RILL_OK ? CLI_DONE : train_failed(r, &message);
}

static int check_points(train_run *r, int option, const cli_source *d)
{
    rill_message message;
    const char *path = r->model.setting[option].text;
    if (!d->table || rill_data_find(path))
        return cli_usage(r->args, "--manifold takes files of points on it; %s is a built-in set",
                         path);
    if (r->model.sample.rank != 1)
        return cli_fail(r->args, "--manifold takes rows of numbers; '%.200s' has %d dimensions",
                        path, r->model.sample.rank + 1);
    rill_status status =
        cli_check_on_manifold(path, r->model.manifold, d->table, d->rows, d->width, &message);
    return status == RILL_OK ? CLI_DONE : train_failed(r, &message);
}

static int check_on_manifold(train_run *r)
{
    int status = check_points(r, TRAIN_DATA, &r->data);
    return status == CLI_DONE && r->has_start ? check_points(r, TRAIN_SOURCE, &r->start) : status;
}

int train_open_data(train_run *r)
{
    rill_message message;
    const cli_value *s = r->model.setting;
    rill_status opened =
        cli_source_open(s[TRAIN_DATA].text, s[TRAIN_COND].text, &r->data, &message);
    if (opened != RILL_OK)
        return wrong_rows(r, opened, &message);
    int status = adopt_data(r);
    if (status == CLI_DONE)
        status = settle_size(r);
    if (status == CLI_DONE && cli_model_has_tokens(&r->model))
        return check_tokens(r);
    if (status == CLI_DONE)
        status = open_start(r);
    if (status != CLI_DONE)
        return status;
    if (r->model.manifold)
        return check_on_manifold(r);
    status = train_say_units(r);
    return status == CLI_DONE ? settle_transform(r) : status;
}
