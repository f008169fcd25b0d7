#include "schedule.h"

#include "ops/cast.h"
#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

static const rill_decay_kind kinds[] = {
    { "constant", "the same rate throughout", NULL },
    { "cosine", "half a cosine, down to 0 at the last step", rill_decay_cosine },
};

const rill_decay_kind *rill_decay_at(int i)
{
    return i >= 0 && i < (int)(sizeof kinds / sizeof *kinds) ? &kinds[i] : NULL;
}

const rill_decay_kind *rill_decay_find(const char *name)
{
    for (int i = 0; name && rill_decay_at(i); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

rill_tensor *rill_decay_cosine(rill_tensor *progress)
{
    return rill_scale(rill_shift(rill_cos(rill_scale(progress, M_PI)), 1.0), 0.5);
}

rill_tensor *rill_schedule_factor(const rill_schedule *schedule, rill_tensor *n)
{
    rill_graph *g = rill_graph_of(n);
    rill_schedule s = schedule ? *schedule : (rill_schedule){ 0 };
    if (s.warmup < 0 || (s.decay && s.steps <= s.warmup))
        return rill_graph_fail(g, "schedule: %lld steps with %lld of warm-up", (long long)s.steps,
                               (long long)s.warmup);
    rill_tensor *done = rill_cast(n, RILL_F64);
    rill_tensor *factor = rill_full(g, RILL_F64, RILL_SCALAR, 1.0);
    if (s.decay) {
        double length = (double)(s.steps - s.warmup);
        rill_tensor *since = s.warmup ? rill_shift(done, -(double)s.warmup) : done;
        factor = s.decay(rill_clip(rill_scale(since, 1.0 / length), 0.0, 1.0));
    }
    if (s.warmup == 0)
        return factor;
    rill_tensor *rise = rill_scale(rill_shift(done, 1.0), 1.0 / (double)s.warmup);
    return rill_mul(factor, rill_min(rise, rill_scalar_like(rise, 1.0)));
}
