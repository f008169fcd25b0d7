/* rill dot - the graph that runs, as a drawing. */
#include "commands.h"
#include "dot_parts.h"

#include "formats/dot.h"
#include "tools/cli/choices.h"
#include "tools/cli/text_file.h"
#include "tools/cli/trainer.h"

#include <stdio.h>

enum {
    MODEL,
    NET,
    PATH,
    HIDDEN,
    LAYERS,
    DIM,
    BATCH,
    PART,
    STEPS,
    SOLVER,
    ZOOM,
    DEPTH,
    COMPILED,
    OUT,
    OPTION_COUNT
};

enum { MOST_OUTPUTS = 4096 };

static cli_choice part_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const dot_part *part = dot_part_at(i);
    return part ? (cli_choice){ part->name, part->doc } : (cli_choice){ 0 };
}

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = { .name = "model",
                .kind = CLI_TEXT,
                .file = CLI_READ,
                .metavar = "M",
                .doc = "a model whose graphs to draw; otherwise those of --net and --path" },
    [NET] = { .name = "net",
              .kind = CLI_CHOICE,
              .metavar = "N",
              .standard = "mlp",
              .choices = cli_net_choices,
              .doc = "the network" },
    [PATH] = { .name = "path",
               .kind = CLI_PATH,
               .metavar = "P",
               .standard = "linear",
               .choices = cli_path_choices,
               .doc = "the path: a name, or a formula such as '(1-t)*x0 + t*x1'" },
    [HIDDEN] = { .name = "hidden",
                 .kind = CLI_WHOLE,
                 .metavar = "H",
                 .standard = "64",
                 .low = 1,
                 .high = 65536,
                 .doc = "the network's width" },
    [LAYERS] = { .name = "layers",
                 .kind = CLI_WHOLE,
                 .metavar = "L",
                 .standard = "2",
                 .low = 1,
                 .high = 1000,
                 .doc = "its hidden layers or blocks" },
    [DIM] = { .name = "dim",
              .kind = CLI_WHOLE,
              .metavar = "D",
              .standard = "2",
              .low = 1,
              .high = 1000000,
              .doc = "numbers of a sample" },
    [BATCH] = { .name = "batch",
                .kind = CLI_WHOLE,
                .metavar = "B",
                .standard = "256",
                .low = 1,
                .high = 1048576,
                .doc = "samples of a batch" },
    [PART] = { .name = "part",
               .kind = CLI_CHOICE,
               .metavar = "PART",
               .standard = "loss",
               .choices = part_choices,
               .doc = "what to draw" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .standard = "2",
                .low = 1,
                .high = DOT_MOST_STEPS,
                .doc = "steps of the sampler" },
    [SOLVER] = { .name = "solver",
                 .kind = CLI_CHOICE,
                 .metavar = "V",
                 .standard = "euler",
                 .choices = cli_solver_choices,
                 .doc = "of the sampler" },
    [ZOOM] = { .name = "zoom",
               .kind = CLI_FLAG,
               .doc = "opens composites: what they are made of is drawn" },
    [DEPTH] = { .name = "depth",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .low = 0,
                .high = 1000,
                .doc = "scopes K deep, or fused steps, are one box each, 1 for the outermost; 0: "
                       "all is open; otherwise 1 for a step as it is written, 0 for all else" },
    [COMPILED] = { .name = "compiled",
                   .kind = CLI_FLAG,
                   .doc = "draws what is left after every pass, with what is fused" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .file = CLI_WRITTEN,
              .metavar = "G.dot",
              .doc = "the drawing; otherwise the standard output" },
};

/* ---- The model: one from a file, or one with nothing but a configuration. */

static int configure(const cli_args *args, cli_model *m)
{
    static const struct {
        int from, to;
    } same[] = { { NET, TRAIN_NET },
                 { PATH, TRAIN_PATH },
                 { HIDDEN, TRAIN_HIDDEN },
                 { LAYERS, TRAIN_LAYERS },
                 { BATCH, TRAIN_BATCH } };
    int ok = 1;
    m->extensions = args->extensions;
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++)
        if (cli_train_options[i].recorded && cli_train_options[i].standard)
            ok = ok && cli_model_set(m, i, cli_train_options[i].standard);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ok = ok && cli_model_set(m, same[i].to, args->value[same[i].from].text);
    m->width = args->value[DIM].whole;
    m->sample = RILL_SHAPE(m->width);
    m->store = rill_store_new(0);
    return ok && m->store ? CLI_DONE : cli_fail(args, "out of memory");
}

static int open_model(const cli_args *args, cli_model *m)
{
    rill_message message;
    static const int ours[] = { NET, PATH, HIDDEN, LAYERS, DIM };
    if (!args->value[MODEL].text)
        return configure(args, m);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (args->value[ours[i]].given)
            return cli_usage(args, "--%s and --model are both given; the model knows it",
                             options[ours[i]].name);
    if (cli_model_load_any(args->value[MODEL].text, args->extensions, m, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    return CLI_DONE;
}

/* ---- Drawing. */

static rill_status draw_compiled(rill_graph *g, rill_tensor *const *outputs, int64_t n,
                                 const rill_dot_options *how, char **text, size_t *size,
                                 rill_message *message)
{
    rill_program *program = rill_compile_outputs(g, outputs, n, NULL);
    if (!program)
        return rill_fail(message, RILL_BAD_GRAPH, "%s",
                         rill_error(g) ? rill_error(g) : "the graph does not compile");
    rill_status status = rill_program_dot(program, how, text, size, message);
    rill_program_free(program);
    return status;
}

static int write_text(const cli_args *args, const char *text, size_t size)
{
    if (args->value[OUT].text)
        return cli_text_write(args, args->value[OUT].text, text, size);
    fwrite(text, 1, size, stdout);
    return CLI_DONE;
}

static int draw(const cli_args *args, dot_drawing *d)
{
    static rill_tensor *outputs[MOST_OUTPUTS];
    const dot_part *part = dot_part_at((int)args->value[PART].whole);
    rill_message message;
    char title[200], *text = NULL;
    size_t size = 0;
    const char *net = d->model->setting[TRAIN_NET].text, *path = d->model->setting[TRAIN_PATH].text;
    if (!path) /* tokens, or a manifold */
        path = d->model->manifold ? d->flow.path->name : d->model->setting[TRAIN_KAPPA].text;
    snprintf(title, sizeof title, "%s: %s%s%s%s", part->name, part->net ? net : "",
             part->net && part->path ? ", " : "", part->path ? path : "",
             part->path ? " path" : "");
    int64_t n = part->build(d, outputs, MOST_OUTPUTS);
    /* What is fused is what a compiled drawing is there to show. */
    int depth = args->value[COMPILED].given ? 0 : part->depth;
    if (args->value[DEPTH].given)
        depth = (int)args->value[DEPTH].whole;
    rill_dot_options how = { .title = title,
                             .zoom = args->value[ZOOM].given,
                             .depth = depth,
                             .names = d->names.name,
                             .name_count = (int64_t)d->names.count };
    rill_status status = args->value[COMPILED].given
                             ? draw_compiled(d->graph, outputs, n, &how, &text, &size, &message)
                             : rill_dot(outputs, n, &how, &text, &size, &message);
    if (status != RILL_OK)
        return cli_fail(args, "%s", message.text);
    int result = write_text(args, text, size);
    rill_dot_free(text);
    return result;
}

static int run_dot(const cli_args *args)
{
    cli_model model = { 0 };
    int status = open_model(args, &model);
    if (status == CLI_DONE) {
        rill_graph *g = rill_graph_new(model.store);
        int64_t batch = args->value[BATCH].given || !args->value[MODEL].text
                            ? args->value[BATCH].whole
                            : model.setting[TRAIN_BATCH].whole;
        dot_drawing d = { .model = &model,
                          .graph = g,
                          .batch = batch,
                          .solver = rill_solver_find(args->value[SOLVER].text),
                          .steps = args->value[STEPS].whole };
        if (cli_model_has_tokens(&model))
            d.tokens = cli_model_discrete(&model);
        else
            d.flow = cli_model_flow(&model);
        d.inputs.x1 = cli_batch_input(g, "x1", &model, batch);
        d.inputs.cond = cli_condition_input(g, &model, batch);
        status = draw(args, &d);
        dot_names_free(&d.names);
        rill_graph_free(g);
    }
    cli_model_free(&model);
    return status;
}

const cli_command cli_dot_command = {
    .name = "dot",
    .operands = "",
    .doc = "draws a graph in the DOT language of Graphviz: rill dot | dot -Tsvg > g.svg",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_dot,
};
