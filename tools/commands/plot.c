/* rill plot - pictures of samples, trajectories, fields, densities, losses, curves and images. */
#include "commands.h"
#include "plot_columns.h"

#include "tools/cli/array.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/place.h"
#include "tools/cli/train_log.h"
#include "tools/cli/train_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL,
    OUT,
    TITLE,
    OVERLAY,
    LINEAR,
    LINEAR_X,
    REFERENCE,
    FLOOR,
    COLUMNS,
    X_LABEL,
    Y_LABEL,
    BINS,
    RANGE,
    LABELS,
    N,
    EXACT,
    STEPS,
    SEED,
    COND,
    OPTION_COUNT
};

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = { .name = "model",
                .kind = CLI_TEXT,
                .file = CLI_READ,
                .metavar = "M",
                .doc = "field and density: of this model, instead of files" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .file = CLI_WRITTEN,
              .metavar = "P.png|P.svg|P.pdf",
              .required = 1,
              .doc = "the picture; the extension says in which format" },
    [TITLE] = { .name = "title", .kind = CLI_TEXT, .metavar = "TEXT", .doc = "above the picture" },
    [OVERLAY] = { .name = "overlay",
                  .kind = CLI_FLAG,
                  .doc = "samples: all files in one frame instead of side by side" },
    [LINEAR] = { .name = "linear",
                 .kind = CLI_FLAG,
                 .doc = "loss and lines: linear axes even where values span decades" },
    [LINEAR_X] = { .name = "linear-x",
                   .kind = CLI_FLAG,
                   .doc = "lines: the axis to the right linear whatever it spans" },
    [REFERENCE] = { .name = "reference",
                    .kind = CLI_FLAG,
                    .doc = "lines: the last file is what the others are held against" },
    [FLOOR] = { .name = "floor",
                .kind = CLI_NUMBER,
                .metavar = "X",
                .low = -1e100,
                .high = 1e100,
                .doc = "loss: a dashed line there, at what no model gets below" },
    [COLUMNS] = { .name = "columns",
                  .kind = CLI_RANGE,
                  .metavar = "I,J",
                  .doc = "samples and density: which numbers of a row are drawn, counted from 1; "
                         "otherwise the first two; one of the others may be words" },
    [X_LABEL] = { .name = "x-label",
                  .kind = CLI_TEXT,
                  .metavar = "TEXT",
                  .doc = "under the axis to the right" },
    [Y_LABEL] = { .name = "y-label",
                  .kind = CLI_TEXT,
                  .metavar = "TEXT",
                  .doc = "along the other" },
    [BINS] = { .name = "bins",
               .kind = CLI_WHOLE,
               .metavar = "K",
               .low = 1,
               .high = 2000,
               .doc = "density of samples, and histograms: bins a side" },
    [RANGE] = { .name = "range",
                .kind = CLI_RANGE,
                .metavar = "LOW,HIGH",
                .doc = "images and density: values at the ends of the scale, white and black of "
                       "images; otherwise what the values span, of images all but 5% at each end" },
    [LABELS] = { .name = "labels",
                 .kind = CLI_TEXT,
                 .file = CLI_READ,
                 .metavar = "L.npy",
                 .doc = "images: the number under each" },
    [N] = { .name = "n",
            .kind = CLI_WHOLE,
            .metavar = "N",
            .standard = "50000",
            .low = 1,
            .high = 10000000,
            .doc = "density of a model: samples drawn" },
    [EXACT] = { .name = "exact",
                .kind = CLI_FLAG,
                .doc = "density of a model: p itself, by rill loglik's way, instead of samples" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .standard = "50",
                .low = 1,
                .high = 100000,
                .doc = "of the solver, when a model is sampled" },
    [SEED] = CLI_SEED_OPTION,
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .file = CLI_READ,
               .metavar = "C",
               .doc = "the label, when a model needs one" },
};

static int failed(const picture *p)
{
    return cli_fail(p->args, "%s", p->message.text);
}

static const char *name_of(picture *p, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    char *copy = p->names[p->count];
    snprintf(copy, sizeof p->names[0], "%.*s", dot ? (int)(dot - name) : 63, name);
    return copy;
}

/* Any two columns could be drawn as a loss: as text they have to say that they are one. */
static rill_status check_log(const picture *p, const char *path, rill_message *message)
{
    if (!cli_is_csv(path) || strcmp(p->kind->name, "loss") != 0)
        return RILL_OK;
    return cli_log_check(path, message);
}

/* Labels in words are no matter where they are not in a column that is drawn. */
static rill_status load(picture *p, const char *path, cli_array *array)
{
    const cli_value *wanted = &p->args->value[COLUMNS];
    double first = wanted->text ? wanted->number : 1, second = wanted->text ? wanted->high : 2;
    rill_status status = cli_array_load(path, array, &p->message);
    if (status != RILL_BAD_FORMAT || (!wanted->text && strcmp(p->kind->name, "samples") != 0))
        return status;
    int64_t k = cli_array_label_column(path);
    if (k == 0 || (double)k == first || (double)k == second)
        return status;
    status = cli_array_load_labelled(path, k, array, &p->message);
    cli_words_free(&array->words);
    return status;
}

static int add_file(picture *p, const char *path)
{
    cli_array array;
    if (check_log(p, path, &p->message) != RILL_OK || load(p, path, &array) != RILL_OK)
        return failed(p);
    if (array.shape.rank > PLOT_MAX_RANK) {
        char shape[RILL_SHAPE_TEXT];
        rill_shape_print(&array.shape, shape, sizeof shape);
        cli_array_free(&array);
        return cli_fail(p->args, "'%.200s' has shape %s; %s takes %s", path, shape, p->kind->name,
                        p->kind->shapes);
    }
    plot_array *to = &p->arrays[p->count];
    *to =
        (plot_array){ .label = name_of(p, path), .values = array.values, .rank = array.shape.rank };
    for (int i = 0; i < array.shape.rank; i++)
        to->dim[i] = array.shape.dim[i];
    p->owned[p->count++] = array.values;
    return CLI_DONE;
}

static int add_files(picture *p)
{
    const cli_args *args = p->args;
    int status = CLI_DONE;
    for (int i = 1; i < args->operand_count && status == CLI_DONE; i++)
        status = add_file(p, args->operand[i]);
    if (status == CLI_DONE && args->value[LABELS].text)
        status = add_file(p, args->value[LABELS].text);
    return status;
}

/* Two columns are rows of samples, rather than a grid of densities. */
static void guess_bins(picture *p)
{
    if (strcmp(p->kind->name, "density") == 0 && p->how.bins == 0 && p->arrays[0].rank == 2 &&
        p->arrays[0].dim[1] == 2)
        p->how.bins = PICTURE_BINS;
}

static int draw(picture *p)
{
    p->message.text[0] = '\0';
    cli_interrupt_watch();
    rill_status status =
        p->kind->draw(p->arrays, p->count, &p->how, p->args->value[OUT].text, &p->message);
    cli_interrupt_pass_on();
    if (status != RILL_OK)
        return failed(p);
    if (p->message.text[0])
        cli_note(p->args, "%s", p->message.text);
    return CLI_DONE;
}

/* ---- The command line. */

static cli_choice kind_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    return (cli_choice){ plot_kinds[i].name, plot_kinds[i].doc };
}

/* Options that are of no use to every kind, or only with --model. */
static const struct use {
    int option;
    const char *kinds[7]; /* NULL after the last */
    int with_model;
} uses[] = {
    { MODEL, { "field", "density" }, 0 },
    { OVERLAY, { "samples" }, 0 },
    { LINEAR, { "loss", "lines" }, 0 },
    { LINEAR_X, { "lines" }, 0 },
    { REFERENCE, { "lines" }, 0 },
    { FLOOR, { "loss" }, 0 },
    { COLUMNS, { "samples", "density" }, 0 },
    { X_LABEL, { "samples", "trajectories", "field", "density", "loss", "lines" }, 0 },
    { Y_LABEL, { "samples", "trajectories", "field", "density", "loss", "lines" }, 0 },
    { BINS, { "samples", "density" }, 0 },
    { RANGE, { "images", "density" }, 0 },
    { LABELS, { "images" }, 0 },
    { N, { "density" }, 1 },
    { EXACT, { "density" }, 1 },
    { STEPS, { "field", "density" }, 1 },
    { SEED, { "field", "density" }, 1 },
    { COND, { "field", "density" }, 1 },
};

static int is_for(const struct use *use, const plot_kind *kind)
{
    int i = 0;
    while (use->kinds[i] && strcmp(use->kinds[i], kind->name) != 0)
        i++;
    return use->kinds[i] != NULL;
}

/* "samples, loss and lines" */
static void print_kinds(const struct use *use, char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; use->kinds[i]; i++) {
        const char *before = i == 0 ? "" : use->kinds[i + 1] ? ", " : " and ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", before, use->kinds[i]);
    }
}

static int takes_model(const plot_kind *kind)
{
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (uses[i].option == MODEL)
            return is_for(&uses[i], kind);
    return 0;
}

static int check_uses(const cli_args *args, const plot_kind *kind)
{
    char kinds[128];
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        const char *name = options[uses[i].option].name;
        if (!args->value[uses[i].option].given)
            continue;
        print_kinds(&uses[i], kinds, sizeof kinds);
        if (!is_for(&uses[i], kind))
            return cli_usage(args, "--%s goes with %s, not with %s", name, kinds, kind->name);
        if (uses[i].with_model && !args->value[MODEL].given)
            return cli_usage(args, "--%s goes with --model, and none is given", name);
    }
    return CLI_DONE;
}

static int check_sources(const cli_args *args, const plot_kind *kind)
{
    const cli_value *value = args->value;
    int files = args->operand_count - 1 + value[LABELS].given;
    if (files > PLOT_MAX_ARRAYS)
        return cli_usage(args, "%d files are given, at most %d are drawn", files, PLOT_MAX_ARRAYS);
    if (value[MODEL].given && value[COLUMNS].given)
        return cli_usage(args, "--columns goes with files, not with --model");
    if (value[MODEL].given && files > 0)
        return cli_usage(args, "expected files or --model, not both");
    if (!value[MODEL].given && args->operand_count < 2)
        return cli_usage(args, "%s: expected files (.npy or .csv): %s%s", kind->name, kind->shapes,
                         takes_model(kind) ? "; or --model" : "");
    return CLI_DONE;
}

static int fill(picture *p)
{
    const cli_value *value = p->args->value;
    const model_source model = { .path = value[MODEL].text,
                                 .cond = value[COND].text,
                                 .seed = (uint64_t)value[SEED].whole,
                                 .samples = value[N].whole,
                                 .steps = value[STEPS].whole,
                                 .exact = value[EXACT].given };
    if (model.path)
        return picture_of_model(p, &model);
    int status = add_files(p);
    if (status == CLI_DONE)
        status = plot_pick_columns(p, &value[COLUMNS]);
    if (status == CLI_DONE)
        guess_bins(p);
    return status;
}

static int run_plot(const cli_args *args)
{
    const cli_value *value = args->value;
    picture p = { .args = args,
                  .kind = plot_find(args->operand[0]),
                  .how = { .title = value[TITLE].text,
                           .overlay = value[OVERLAY].given,
                           .linear = value[LINEAR].given,
                           .linear_x = value[LINEAR_X].given,
                           .reference = value[REFERENCE].given,
                           .floor = value[FLOOR].given ? &value[FLOOR].number : NULL,
                           .x_label = value[X_LABEL].text,
                           .y_label = value[Y_LABEL].text,
                           .low = value[RANGE].number,
                           .high = value[RANGE].high,
                           .bins = value[BINS].whole } };
    if (!p.kind)
        return cli_unknown(args, "picture", args->operand[0], kind_choices);
    int status = check_uses(args, p.kind);
    if (status == CLI_DONE)
        status = check_sources(args, p.kind);
    if (status == CLI_DONE)
        status = fill(&p);
    if (status == CLI_DONE)
        status = draw(&p);
    for (int i = 0; i < p.count; i++)
        free(p.owned[i]);
    return status;
}

const cli_command cli_plot_command = {
    .name = "plot",
    .operands = "KIND [FILE...]",
    .doc = "draws a picture of files, or a field or density of a --model",
    .least_operands = 1,
    .most_operands = CLI_MAX_OPERANDS,
    .operand_choices = kind_choices,
    .operands_are_files = 1,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_plot,
};
