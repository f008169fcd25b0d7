#include "tokens.h"

#include "jump.h"
#include "ops/index.h"
#include "ops/shape.h"

static rill_tensor *table_of(const rill_discrete *d, rill_graph *g)
{
    return rill_token_source_table(rill_discrete_source(d), g, d->dtype, d->vocab);
}

rill_tensor *rill_source_chance(const rill_discrete *d, rill_tensor *x)
{
    return rill_gather(table_of(d, rill_graph_of(x)), x);
}

rill_tensor *rill_source_draw(const rill_discrete *d, rill_graph *g, rill_shape shape)
{
    const rill_token_source *source = rill_discrete_source(d);
    rill_scope_begin(g, "source");
    rill_tensor *x;
    if (source->draw) {
        x = source->draw(g, shape, d->vocab, source->self);
    } else {
        rill_shape wide = RILL_SHAPE(shape.dim[0], shape.dim[1], d->vocab + source->extra);
        x = rill_draw_tokens(rill_broadcast(table_of(d, g), wide), NULL);
    }
    rill_scope_end(g);
    return x;
}

const char *rill_jump_times_complaint(const double *times, int64_t count)
{
    if (!times || count < 1)
        return "there are no times";
    for (int64_t i = 0; i < count; i++)
        if (!(times[i] >= (i ? times[i - 1] : 0.0) && times[i] <= 1.0))
            return "times have to ascend within [0,1]";
    return NULL;
}
