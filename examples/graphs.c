/* The DOT drawing of everything: a path and its derived velocity, a network, the loss, its
 * gradient, a whole training step and an unrolled sampler.
 *
 * graphs [DIR] writes them into DIR (here otherwise); `dot -Tsvg loss.dot -o loss.svg` lays one
 * out. */
#include <rill/rill.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { B = 256, D = 2, MOST = 32 };

static const rill_net_size size = { .hidden = 64, .layers = 2 };
static const rill_flow flow = { .net = { .velocity = rill_mlp, .self = &size, .name = "mlp" } };

static rill_tensor *loss_of(rill_graph *g)
{
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(B, D));
    return rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
}

/* Each fills outputs[] and returns how many there are. */
static int64_t path(rill_graph *g, rill_tensor **outputs)
{
    rill_tensor *x0 = rill_input(g, "x0", RILL_F32, RILL_SHAPE(B, D));
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(B, D));
    rill_tensor *t = rill_input(g, "t", RILL_F32, RILL_SHAPE(B, 1));
    rill_path_point point = rill_path_point_at(&rill_path_cosine, x0, x1, t);
    outputs[0] = point.x;
    outputs[1] = point.velocity;
    return 2;
}

static int64_t velocity(rill_graph *g, rill_tensor **outputs)
{
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(B, D));
    outputs[0] = rill_flow_velocity(&flow, x, rill_input(g, "t", RILL_F32, RILL_SHAPE(B, 1)), NULL);
    return 1;
}

static int64_t loss(rill_graph *g, rill_tensor **outputs)
{
    outputs[0] = loss_of(g);
    return 1;
}

static int64_t gradient(rill_graph *g, rill_tensor **outputs)
{
    rill_tensor *params[MOST];
    outputs[0] = loss_of(g);
    int64_t n = rill_depends_on(outputs, 1, RILL_PARAMETER, params, MOST - 1);
    rill_grad(outputs[0], params, n, outputs + 1);
    return n + 1;
}

static int64_t step(rill_graph *g, rill_tensor **outputs)
{
    outputs[0] = loss_of(g);
    outputs[1] = rill_adam(outputs[0], (rill_adam_options){ .lr = 1e-3, .ema = 0.999 });
    return 2;
}

static int64_t sampler(rill_graph *g, rill_tensor **outputs)
{
    const double times[] = { 0.0, 0.5, 1.0 };
    rill_tensor *x0 = rill_input(g, "x0", RILL_F32, RILL_SHAPE(B, D));
    outputs[0] =
        rill_ode_unroll(rill_flow_field(&flow), rill_solver_find("heun"), times, 3, x0, NULL);
    return 1;
}

static const struct drawing {
    const char *name;
    int64_t (*build)(rill_graph *g, rill_tensor **outputs);
} drawings[] = { { "path", path },         { "velocity", velocity }, { "loss", loss },
                 { "gradient", gradient }, { "step", step },         { "sampler", sampler } };

static int write_text(const char *file, const char *text, rill_message *message)
{
    rill_file_writer *writer = rill_file_create(file, message);
    rill_file_write(writer, text, strlen(text));
    return rill_file_commit(writer, message) == RILL_OK;
}

static int draw(const struct drawing *d, const char *directory)
{
    char file[4096], *text = NULL;
    rill_message message = { "" };
    rill_tensor *outputs[MOST];
    rill_store *store = rill_store_new(0);
    rill_graph *g = rill_graph_new(store);
    int64_t n = d->build(g, outputs);
    snprintf(file, sizeof file, "%s/%s.dot", directory, d->name);
    rill_dot_options how = { .title = d->name };
    int ok = rill_dot(outputs, n, &how, &text, NULL, &message) == RILL_OK &&
             write_text(file, text, &message);
    printf("%s  %s\n", file, ok ? "written" : message.text);
    rill_dot_free(text);
    rill_graph_free(g);
    rill_store_free(store);
    return ok;
}

int main(int argc, char **argv)
{
    int ok = 1;
    for (size_t i = 0; i < sizeof drawings / sizeof *drawings; i++)
        ok = draw(&drawings[i], argc > 1 ? argv[1] : ".") && ok;
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
