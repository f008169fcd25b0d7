#include "models/layers/linear.h"
#include "models/nets/net.h"
#include "ops/elementwise.h"
#include "ops/shape.h"
#include "path.h"

#include <stddef.h>
#include <string.h>

/* 1 - t */
static rill_tensor *rest_of(rill_tensor *t)
{
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

static rill_tensor *straight(rill_tensor *x0, rill_tensor *x1, rill_tensor *t)
{
    return rill_add(rill_mul(rest_of(t), x0), rill_mul(t, x1));
}

static rill_tensor *curved_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *bend = rill_scale(rill_mul(t, rest_of(t)), 2.0);
    return rill_add(straight(x0, x1, t), rill_mul(bend, rill_tanh(rill_mul(x0, x1))));
}

static rill_tensor *curved_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                    const void *self)
{
    (void)self;
    rill_tensor *bend_rate = rill_shift(rill_scale(t, -4.0), 2.0);
    return rill_add(rill_sub(x1, x0), rill_mul(bend_rate, rill_tanh(rill_mul(x0, x1))));
}

const rill_path rill_path_curved = { .name = "curved",
                                     .doc = "(1-t) x0 + t x1 + 2 t(1-t) tanh(x0 x1)",
                                     .at = curved_at,
                                     .velocity = curved_velocity };

/* ---- A path that is learned. */

enum { LEARNED_HIDDEN = 64 };

static rill_tensor *learned_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *a = rill_net_rows(x0), *b = rill_net_rows(x1);
    rill_tensor *when = rill_reshape(t, RILL_SHAPE(rill_dim(x0, 0), 1));
    rill_tensor *h = rill_concat_array((rill_tensor *[]){ a, b, when }, 3, -1);
    h = rill_tanh(rill_linear(h, LEARNED_HIDDEN, "hidden0"));
    h = rill_tanh(rill_linear(h, LEARNED_HIDDEN, "hidden1"));
    h = rill_reshape(rill_tanh(rill_linear(h, rill_dim(a, -1), "out")), rill_shape_of(x0));
    return rill_add(straight(x0, x1, t), rill_mul(rill_mul(t, rest_of(t)), h));
}

const rill_path rill_path_learned = { .name = "learned",
                                      .doc =
                                          "(1-t) x0 + t x1 + t(1-t) tanh N(x0, x1, t), N learned",
                                      .at = learned_at };

/* ---- Random paths. */

static rill_tensor *straight_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    return straight(x0, x1, t);
}

static rill_tensor *straight_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                      const void *self)
{
    (void)t, (void)self;
    return rill_sub(x1, x0);
}

static rill_tensor *tube_spread(rill_tensor *t, const void *self)
{
    return rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), *(const double *)self);
}

static rill_tensor *bridge_spread(rill_tensor *t, const void *self)
{
    return rill_scale(rill_sqrt(rill_mul(t, rest_of(t))), *(const double *)self);
}

static const double tube_standard = 0.1, bridge_standard = 1.0;
static const rill_parameter tube_parameters[] = { { "s", "the sd of the noise", 0.1, 0.0,
                                                    1000.0 } };
static const rill_parameter bridge_parameters[] = {
    { "s", "the sd of the noise in the middle, times 2", 1.0, 0.0, 1000.0 }
};

const rill_path rill_path_tube = { .name = "tube",
                                   .doc = "(1-t) x0 + t x1 + s e, e normal noise",
                                   .at = straight_at,
                                   .velocity = straight_velocity,
                                   .spread = tube_spread,
                                   .self = &tube_standard,
                                   .parameters = { tube_parameters, 1 } };

const rill_path rill_path_bridge = { .name = "bridge",
                                     .doc = "(1-t) x0 + t x1 + s sqrt(t(1-t)) e, e normal noise",
                                     .at = straight_at,
                                     .velocity = straight_velocity,
                                     .spread = bridge_spread,
                                     .self = &bridge_standard,
                                     .singular = RILL_SINGULAR_START | RILL_SINGULAR_END,
                                     .parameters = { bridge_parameters, 1 } };

static const rill_path *const paths[] = {
#define RILL_SCHEDULER(scheduler) &rill_path_##scheduler,
#include "schedulers.def"
#undef RILL_SCHEDULER
    &rill_path_curved,
    &rill_path_learned,
    &rill_path_tube,
    &rill_path_bridge,
};

const rill_path *rill_path_built_in(int i)
{
    return i >= 0 && i < (int)(sizeof paths / sizeof *paths) ? paths[i] : NULL;
}

const rill_path *rill_path_find(const char *name)
{
    for (int i = 0; name && rill_path_built_in(i); i++)
        if (strcmp(paths[i]->name, name) == 0)
            return paths[i];
    return NULL;
}
