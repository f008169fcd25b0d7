#include "time_law.h"

#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"

#include <stddef.h>
#include <string.h>

static const rill_time_law *const laws[] = {
#define RILL_TIME_LAW(name) &rill_time_##name,
#include "times.def"
#undef RILL_TIME_LAW
};

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

/* (i + u)/B in row i. */
static rill_tensor *in_strata(rill_tensor *u)
{
    rill_shape shape = rill_shape_of(u);
    rill_tensor *row = rill_iota(rill_graph_of(u), rill_dtype_of(u), shape, 0);
    return rill_scale(rill_add(row, u), 1.0 / (double)shape.dim[0]);
}

rill_tensor *rill_time_draw(const rill_time_law *law, rill_graph *g, rill_dtype dtype,
                            rill_shape shape, int stratified)
{
    if (!law || !law->quantile)
        return rill_graph_fail(g, "the time law has no quantile function");
    rill_tensor *u = rill_uniform(g, dtype, shape);
    if (stratified && !rill_is_inert(u) && shape.rank > 0)
        u = in_strata(u);
    return law->quantile(u, law->self);
}
