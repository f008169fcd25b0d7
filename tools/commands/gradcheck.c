/* rill gradcheck - derivatives and kernels, of ops and of whole networks, against differences. */
#include "commands.h"

#include "core/store.h"
#include "models/flow/flow.h"
#include "ops/check/gradcheck.h"
#include "tools/cli/choices.h"
#include "tools/cli/train_options.h"

#include <stdio.h>
#include <string.h>

enum { SEED, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [SEED] = CLI_SEED_OPTION,
};

/* "ok" and the largest relative error of first and second order, or what failed. */
static int print_result(const char *kind, const char *name, rill_status status,
                        const rill_check_report *report, const rill_message *message)
{
    printf("%-4s %-20s ", kind, name);
    if (status != RILL_OK)
        printf("FAILED  %s", message->text);
    else
        printf("ok");
    for (int order = RILL_CHECK_FIRST; status == RILL_OK && order <= RILL_CHECK_SECOND; order++)
        if (report->compared[order] > 0)
            printf("  %s within %.1e", rill_check_name((rill_check)order), report->worst[order]);
    putchar('\n');
    return status == RILL_OK ? CLI_DONE : CLI_FAILED;
}

static int check_op(const rill_op *op, uint64_t seed)
{
    rill_check_report report = { 0 };
    rill_message message = { "" };
    rill_status status = rill_check_op(op, seed, &report, &message);
    return print_result("op", op->name, status, &report, &message);
}

/* The flow loss of a small network in f64: 5 samples of 3 numbers. */
static rill_tensor *build_loss(rill_graph *g, const rill_net_kind *kind, const rill_net_size *size)
{
    enum { B = 5, D = 3 };
    rill_flow flow = { .net = rill_net_make(kind, size) };
    rill_flow_batch batch = {
        .x0 = rill_input(g, "x0", RILL_F64, RILL_SHAPE(B, D)),
        .x1 = rill_input(g, "x1", RILL_F64, RILL_SHAPE(B, D)),
        .t = rill_input(g, "t", RILL_F64, RILL_SHAPE(B)),
        .cond = rill_input(g, "cond", RILL_I32, RILL_SHAPE(B)),
    };
    return rill_flow_loss(&flow, batch);
}

static int check_net(const rill_net_kind *kind, uint64_t seed)
{
    rill_check_report report = { 0 };
    rill_message message = { "" };
    rill_net_size size = { .hidden = 8, .layers = 2, .classes = 3 };
    rill_store *store = rill_store_new(seed);
    rill_graph *g = rill_graph_new(store);
    rill_check_options how = { .name = kind->name, .seed = seed, .store = store };
    rill_status status =
        rill_check_parameters(build_loss(g, kind, &size), NULL, 0, &how, &report, &message);
    rill_graph_free(g);
    rill_store_free(store);
    return print_result("net", kind->name, status, &report, &message);
}

/* Ops, then networks. */
static cli_choice name_choices(const rill_extensions *extensions, int i)
{
    int ops = 0;
    if (rill_op_at(i))
        return cli_op_choices(extensions, i);
    while (rill_op_at(ops))
        ops++;
    return cli_net_choices(extensions, i - ops);
}

static int is_asked_for(const cli_args *args, const char *name)
{
    return !args->operand[0] || strcmp(args->operand[0], name) == 0;
}

static int run_gradcheck(const cli_args *args)
{
    const rill_op *op;
    const rill_net_kind *net;
    uint64_t seed = (uint64_t)args->value[SEED].whole;
    int checked = 0, failed = 0;
    for (int i = 0; (op = rill_op_at(i)); i++)
        if (is_asked_for(args, op->name))
            checked++, failed += check_op(op, seed) != CLI_DONE;
    for (int i = 0; (net = cli_net_at(args->extensions, i)); i++)
        if (is_asked_for(args, net->name))
            checked++, failed += check_net(net, seed) != CLI_DONE;
    if (!checked)
        return cli_unknown(args, "op or network", args->operand[0], name_choices);
    return failed ? cli_fail(args, "%d of %d failed", failed, checked) : CLI_DONE;
}

const cli_command cli_gradcheck_command = {
    .name = "gradcheck",
    .operands = "[NAME]",
    .doc = "checks an op's or network's derivatives and kernels; without a name, of all of them",
    .most_operands = 1,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_gradcheck,
};
