#include "time_law.h"

#include "ops/elementwise.h"
#include "ops/random.h"

#include <stddef.h>
#include <string.h>

static rill_tensor *draw_uniform(rill_graph *g, rill_dtype dtype, rill_shape shape,
                                 const void *self)
{
    (void)self;
    return rill_uniform(g, dtype, shape);
}

static rill_tensor *draw_beta(rill_graph *g, rill_dtype dtype, rill_shape shape, const void *self)
{
    (void)self;
    rill_tensor *b = rill_beta(g, dtype, shape, 1.5, 1.0);
    return rill_scale(rill_sub(rill_scalar_like(b, 1.0), b), 0.999);
}

const rill_time_law rill_time_uniform = { .name = "uniform",
                                          .doc = "t ~ U(0,1)",
                                          .draw = draw_uniform };
const rill_time_law rill_time_beta = {
    .name = "beta", .doc = "t = .999 (1 - b), b ~ Beta(1.5, 1): more noisy times", .draw = draw_beta
};

static const rill_time_law *const laws[] = { &rill_time_uniform, &rill_time_beta };

const rill_time_law *rill_time_law_at(int i)
{
    return i >= 0 && i < (int)(sizeof laws / sizeof *laws) ? laws[i] : NULL;
}

const rill_time_law *rill_time_law_find(const char *name)
{
    for (int i = 0; name && rill_time_law_at(i); i++)
        if (strcmp(laws[i]->name, name) == 0)
            return laws[i];
    return NULL;
}
