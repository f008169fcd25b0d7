/* The command with paths of one's own, of which most are none. */
#include <rill/rill.h>

#include <stddef.h>

static rill_tensor *rest_of(rill_tensor *t)
{
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

static rill_tensor *straight_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    return rill_add(rill_mul(rest_of(t), x0), rill_mul(t, x1));
}

/* Of both ends the noise stays. */
static rill_tensor *one_spread(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), 1.0);
}

static rill_tensor *sum_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    return rill_add(x0, rill_mul(t, x1));
}

/* NaN where x0 or x1 is negative, but for the ends. */
static rill_tensor *powers_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    return rill_mul(rill_pow(x0, rest_of(t)), rill_pow(x1, t));
}

static rill_tensor *number_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)x0, (void)x1, (void)self;
    return t;
}

int main(int argc, char **argv)
{
    static const rill_path paths[] = {
        { .name = "right", .at = straight_at },
        { .name = "shaken", .at = straight_at, .spread = one_spread },
        { .name = "sum", .at = sum_at },
        { .name = "powers", .at = powers_at },
        { .name = "number", .at = number_at },
    };
    rill_extensions mine = { .paths = paths, .path_count = sizeof paths / sizeof *paths };
    return rill_main(argc, argv, &mine);
}
