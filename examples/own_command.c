/* The `rill` command with a path and a network of your own: they appear in train, sample, dot,
 * check-path, gradcheck and --help as if they had always been there.
 *
 *     own_command check-path arc
 *     own_command train --data moons --path arc --net wavy --out m.safetensors
 *     own_command dot --path arc --net wavy | dot -Tsvg > loss.svg
 *     own_command train --data moons --cond labels --dropout .2 --net wavy --out c.safetensors
 *     own_command gradcheck wavy
 *
 * Once rill is installed: cc own_command.c -o mine $(pkg-config --cflags --libs rill_command) */
#include <rill/rill.h>

#include <math.h>

static rill_tensor *arc_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *angle = rill_scale(t, M_PI_2);
    return rill_add(rill_mul(rill_cos(angle), x0), rill_mul(rill_sin(angle), x1));
}

static rill_tensor *wavy(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    rill_tensor *rows = rill_net_rows(x);
    rill_net_size size = rill_net_size_for(self, rill_dim(rows, -1)); /* --hidden, --layers */
    /* Time, and the label or vector of --cond; net.h says what cond is, for another use of it. */
    rill_tensor *h = rill_concat(rows, rill_net_context(t, cond, &size), -1);
    for (int64_t i = 0; i < size.layers; i++)
        h = rill_sin(rill_linear(h, size.hidden, "hidden%d", (int)i));
    return rill_reshape(rill_linear(h, rill_dim(rows, -1), "out"), rill_shape_of(x));
}

static const rill_path arc = { .name = "arc", .doc = "a quarter of an ellipse", .at = arc_at };
static const rill_net_kind net = { "wavy", "sines all the way", wavy };

int main(int argc, char **argv)
{
    rill_extensions mine = { .nets = &net, .net_count = 1, .paths = &arc, .path_count = 1 };
    return rill_main(argc, argv, &mine);
}
