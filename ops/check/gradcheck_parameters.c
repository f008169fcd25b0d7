/* The check of a network: its loss, by every parameter. */
#include "gradcheck.h"

#include "core/graph_impl.h"
#include "core/store.h"
#include "core/walk.h"
#include "gradcheck_impl.h"

/* A loss, and all that it depends on. */
typedef struct network {
    rill_bench *b;
    rill_tensor *loss;
    rill_variable *inputs, *params; /* of the bench's arena */
    int input_count;
    int64_t param_count;
} network;

static const double *fed_with(const rill_tensor *x, const rill_check_feed *feeds, int n)
{
    for (int i = 0; i < n; i++)
        if (feeds[i].input == x)
            return feeds[i].values;
    return NULL;
}

static rill_variable input_of(rill_bench *b, rill_tensor *x, const double *values)
{
    rill_variable v = { .x = x, .count = rill_count(x) };
    v.value = x->dtype == RILL_I32 ? rill_bench_zeros(b, v.count)
                                   : rill_bench_uniform(b, v.count, -1.0, 1.0);
    for (int64_t i = 0; v.value && values && i < v.count; i++)
        v.value[i] = values[i];
    return v;
}

/* The value is what the store holds once a program that needs the parameter is compiled. */
static rill_variable param_of(rill_bench *b, rill_tensor *x)
{
    rill_variable v = { .x = x, .count = rill_count(x) };
    v.value = rill_bench_zeros(b, v.count);
    if (v.value)
        rill_store_get(rill_graph_store(x->graph), rill_name_of(x), v.value, v.count, NULL);
    return v;
}

static int collect(network *net, const rill_check_feed *feeds, int n)
{
    rill_walk walk;
    rill_bench *b = net->b;
    if (!rill_walk_from(&walk, &net->loss, 1, NULL))
        return 0;
    net->inputs = rill_arena_take(&b->arena, (size_t)walk.count * sizeof *net->inputs);
    net->params = rill_arena_take(&b->arena, (size_t)walk.count * sizeof *net->params);
    for (int64_t i = 0; net->inputs && net->params && i < walk.count; i++) {
        rill_tensor *x = walk.nodes[i];
        if (x->op == &rill_input_op)
            net->inputs[net->input_count++] = input_of(b, x, fed_with(x, feeds, n));
        else if (x->op == &rill_state_op && x->leaf->role == RILL_PARAMETER)
            net->params[net->param_count++] = param_of(b, x);
    }
    rill_walk_free(&walk);
    return net->params && b->status == RILL_OK;
}

/* Some at a time: a subject has room for a few. */
static void check_parameters(network *net, int64_t entries)
{
    double *one = rill_bench_zeros(net->b, 1);
    rill_tensor *gradient[RILL_CHECK_MAX_VARIABLES];
    rill_subject s = {
        .y = { net->loss }, .ny = 1, .with = net->inputs, .with_count = net->input_count
    };
    if (!one)
        return;
    *one = 1.0;
    s.gy[0] =
        rill_bench_variable(net->b, net->loss->graph, "loss", 0, RILL_F64, net->loss->shape, one);
    for (int64_t at = 0; at < net->param_count; at += RILL_CHECK_MAX_VARIABLES) {
        int64_t left = net->param_count - at;
        int n = left < RILL_CHECK_MAX_VARIABLES ? (int)left : RILL_CHECK_MAX_VARIABLES;
        if (!rill_bench_check_order(net->b, RILL_CHECK_FIRST, &s, net->params + at, n, entries,
                                    gradient))
            return;
    }
}

static const char *complaint(const network *net)
{
    for (int64_t i = 0; i < net->param_count; i++)
        if (net->params[i].x->dtype != RILL_F64)
            return "a parameter is not f64: differences need it";
    return net->param_count > 0 ? NULL : "the loss depends on no parameter";
}

rill_status rill_check_parameters(rill_tensor *loss, const rill_check_feed *feeds, int n,
                                  const rill_check_options *options, rill_check_report *report,
                                  rill_message *message)
{
    rill_check_report dropped;
    rill_check_options o = rill_bench_options(options);
    rill_bench b = rill_bench_begin(&o, report ? report : &dropped);
    rill_graph *g = rill_graph_of(loss);
    if (rill_is_inert(loss) || rill_error(g))
        return rill_fail(message, RILL_BAD_GRAPH, "%s: %s", b.name, rill_error(g));
    if (n < 0 || (n > 0 && !feeds) || loss->dtype != RILL_F64 || rill_count(loss) != 1)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "%s: the check needs an f64 loss of one element", b.name);
    network net = { .b = &b, .loss = loss };
    rill_program *p =
        rill_bench_compile(&b, &loss, 1, 0); /* makes the parameters that are not there */
    if (p && !collect(&net, feeds, n))
        b.status = RILL_NO_MEMORY;
    if (p && b.status == RILL_OK) {
        if (complaint(&net))
            rill_bench_fail(&b, RILL_CHECK_BUILD, "%s", complaint(&net));
        else
            check_parameters(&net, o.entries);
    }
    rill_program_free(p);
    return rill_bench_end(&b, message);
}
