/* rill gradcheck - derivatives and kernels, of ops and of whole networks, against differences. */
#include "commands.h"

#include "core/store.h"
#include "models/flow/flow.h"
#include "ops/check/gradcheck.h"
#include "tools/cli/choices.h"
#include "tools/cli/near.h"
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

static int unknown(const cli_args *args, const char *name)
{
    cli_near near = cli_near_begin(name);
    for (int i = 0; rill_op_at(i); i++)
        cli_near_offer(&near, rill_op_at(i)->name);
    for (int i = 0; cli_net_at(args->extensions, i); i++)
        cli_near_offer(&near, cli_net_at(args->extensions, i)->name);
    if (near.best)
        return cli_fail(args, "there is no op or network '%.60s'; did you mean %s?", name,
                        near.best);
    return cli_fail(args, "there is no op or network '%.60s'", name);
}

static int run_gradcheck(const cli_args *args)
{
    const char *name = args->operand[0];
    uint64_t seed = (uint64_t)args->value[SEED].whole;
    int found = 0, status = CLI_DONE;
    for (int i = 0; rill_op_at(i); i++)
        if (!name || strcmp(rill_op_at(i)->name, name) == 0) {
            found = 1;
            status |= check_op(rill_op_at(i), seed);
        }
    for (int i = 0; cli_net_at(args->extensions, i); i++)
        if (!name || strcmp(cli_net_at(args->extensions, i)->name, name) == 0) {
            found = 1;
            status |= check_net(cli_net_at(args->extensions, i), seed);
        }
    if (!found)
        return unknown(args, name);
    return status == CLI_DONE ? CLI_DONE : cli_fail(args, "a check failed");
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
