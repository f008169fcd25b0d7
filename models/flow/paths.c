#include "ops/elementwise.h"
#include "path.h"
#include "scheduler.h"

#include <stddef.h>
#include <string.h>

/* 1 - t */
static rill_tensor *rest_of(rill_tensor *t)
{
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

static rill_tensor *linear_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                    const void *self)
{
    (void)t, (void)self;
    return rill_sub(x1, x0);
}

static rill_tensor *curved_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *straight = rill_add(rill_mul(rest_of(t), x0), rill_mul(t, x1));
    rill_tensor *bend = rill_scale(rill_mul(t, rest_of(t)), 2.0);
    return rill_add(straight, rill_mul(bend, rill_tanh(rill_mul(x0, x1))));
}

static rill_tensor *curved_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                    const void *self)
{
    (void)self;
    rill_tensor *bend_rate = rill_shift(rill_scale(t, -4.0), 2.0);
    return rill_add(rill_sub(x1, x0), rill_mul(bend_rate, rill_tanh(rill_mul(x0, x1))));
}

const rill_path rill_path_linear = { .name = "linear",
                                     .doc = "(1-t) x0 + t x1",
                                     .at = rill_affine_at,
                                     .velocity = linear_velocity,
                                     .self = &rill_scheduler_linear };

const rill_path rill_path_cosine = { .name = "cosine",
                                     .doc = "cos(pi t/2) x0 + sin(pi t/2) x1",
                                     .at = rill_affine_at,
                                     .self = &rill_scheduler_cosine };

const rill_path rill_path_curved = { .name = "curved",
                                     .doc = "(1-t) x0 + t x1 + 2 t(1-t) tanh(x0 x1)",
                                     .at = curved_at,
                                     .velocity = curved_velocity };

static const rill_path *const paths[] = { &rill_path_linear, &rill_path_cosine, &rill_path_curved };

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
