/* rill ops - the registry, as it is. */
#include "commands.h"

#include "core/grad.h"
#include "core/op.h"
#include "tools/cli/choices.h"
#include "tools/cli/constructors.h"
#include "tools/cli/expression.h"

#include <stdio.h>
#include <string.h>

static const struct trait {
    uint32_t bit;
    const char *name;
} traits[] = {
    { RILL_ELEMENTWISE, "elementwise" },
    { RILL_LINEAR, "linear" },
    { RILL_VIEW, "view" },
    { RILL_REDUCE, "reduction" },
    { RILL_RANDOM, "random" },
    { RILL_OPAQUE, "opaque" },
    { RILL_ORDERED, "effect" },
    { RILL_CONSTANT_LOCALLY, "locally constant" },
    { RILL_NOT_DIFFERENTIABLE, "not differentiable" },
    { RILL_COMMIT, "commits" },
    { RILL_GUARD, "guards" },
    { RILL_LEAF, "leaf" },
};

static void traits_of(const rill_op *op, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < sizeof traits / sizeof *traits && used < size; i++)
        if (op->traits & traits[i].bit)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     traits[i].name);
}

/* ---- The derivative, as the rule builds it. */

enum { MOST_INPUTS = 4 };

static rill_tensor *build_sample(rill_graph *g, const rill_op *op, const rill_sample *sample,
                                 rill_tensor **in)
{
    static const char *const names[MOST_INPUTS] = { "a", "b", "c", "d" };
    for (int i = 0; i < sample->count; i++)
        in[i] = rill_input(g, names[i], sample->dtype[i], sample->shape[i]);
    return rill_apply_in(g, op, in, sample->count, sample->attrs);
}

static void print_derivative(rill_graph *g, rill_tensor *y, rill_tensor *const *in, int n)
{
    rill_tensor *gy = rill_input(g, "gy", rill_dtype_of(y), rill_shape_of(y));
    for (int i = 0; i < n; i++) {
        rill_tensor *gx;
        if (!rill_dtype_is_float(rill_dtype_of(in[i])))
            continue;
        rill_vjp(y, gy, &in[i], 1, &gx);
        printf("  d%s = ", rill_name_of(in[i]));
        if (rill_is_inert(gx))
            printf("(%s)", rill_error(g));
        else
            cli_expression_print(stdout, gx, y);
        putchar('\n');
    }
}

/* The sample with most elements shows most: others are empty, or all ones. */
static const rill_sample *telling_sample(const rill_op *op)
{
    const rill_sample *best = NULL;
    int64_t most = -1;
    for (int i = 0; i < op->sample_count; i++) {
        int64_t count = 1;
        for (int j = 0; j < op->samples[i].count; j++)
            count += rill_shape_count(&op->samples[i].shape[j]);
        if (op->samples[i].count <= MOST_INPUTS && count > most) {
            best = &op->samples[i];
            most = count;
        }
    }
    return best;
}

/* Whether there is a derivative that is not plainly zero. */
static int has_rule(const rill_op *op)
{
    return !(op->traits & (RILL_NOT_DIFFERENTIABLE | RILL_CONSTANT_LOCALLY | RILL_LEAF));
}

/* One line for each input; with `shapes`, first one with what they were derived for. */
static void print_rule(const rill_op *op, int shapes)
{
    rill_tensor *in[MOST_INPUTS];
    char shape[RILL_SHAPE_TEXT];
    const rill_sample *sample = has_rule(op) ? telling_sample(op) : NULL;
    if (!sample)
        return;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *y = build_sample(g, op, sample, in);
    for (int i = 0; shapes && i < sample->count; i++)
        printf("%s %c %s%s", i ? "," : "derivative, given gy, for", 'a' + i,
               rill_shape_print(&sample->shape[i], shape, sizeof shape),
               i + 1 < sample->count ? "" : ":\n");
    print_derivative(g, y, in, sample->count);
    rill_graph_free(g);
}

static void print_line(const rill_op *op)
{
    char text[160];
    traits_of(op, text, sizeof text);
    printf("%-18s %-46s %s\n", op->name, op->doc ? op->doc : "", text);
    print_rule(op, 0);
}

static void print_op(const rill_op *op)
{
    char text[160];
    traits_of(op, text, sizeof text);
    const char *parameters = cli_constructor_parameters(op);
    printf("%s\n%s\n", op->name, op->doc ? op->doc : "");
    if (parameters)
        printf("rill_tensor *rill_%s(%s);\n", op->name, parameters);
    if (*text)
        printf("traits: %s\n", text);
    for (int i = 0; i < op->attr_count; i++)
        if (op->attrs[i].kind != RILL_ATTR_KEY)
            printf("attribute: %s\n", op->attrs[i].name);
    if (op->expand)
        printf("written in more basic ops as well\n");
    print_rule(op, 1);
}

/* By its name, or that of the function that makes it. */
static const rill_op *find_op(const char *name)
{
    const rill_op *op = rill_op_find(name);
    return op || strncmp(name, "rill_", 5) != 0 ? op : rill_op_find(name + 5);
}

static int run_ops(const cli_args *args)
{
    const char *name = args->operand[0];
    const rill_op *op = name ? find_op(name) : NULL;
    if (name && !op)
        return cli_unknown(args, "op", name, cli_op_choices);
    if (op)
        print_op(op);
    for (int i = 0; !name && rill_op_at(i); i++)
        print_line(rill_op_at(i));
    return CLI_DONE;
}

const cli_command cli_ops_command = {
    .name = "ops",
    .operands = "[NAME]",
    .doc = "lists the ops: name, formula, traits, and the derivative by each input as its rule "
           "builds it",
    .most_operands = 1,
    .run = run_ops,
};
