#include "kappa.h"

#include "core/grad.h"
#include "models/flow/path.h"
#include "ops/elementwise.h"

#include <stddef.h>
#include <string.h>

static const rill_kappa *const kappas[] = {
#define RILL_KAPPA(name) &rill_kappa_##name,
#include "kappas.def"
#undef RILL_KAPPA
};

const rill_kappa *rill_kappa_built_in(int i)
{
    return i >= 0 && i < (int)(sizeof kappas / sizeof *kappas) ? kappas[i] : NULL;
}

const rill_kappa *rill_kappa_find(const char *name)
{
    for (int i = 0; name && rill_kappa_built_in(i); i++)
        if (strcmp(kappas[i]->name, name) == 0)
            return kappas[i];
    return NULL;
}

/* Times do not mix, so that one tangent of ones gives all derivatives.  Where kappa starts flat,
 * rounding may leave one just below 0, and there is no jump with a negative probability. */
static rill_tensor *rate(const rill_kappa *k, rill_tensor *t)
{
    rill_tensor *ones = rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), 1.0);
    return rill_relu(rill_jvp(k->kappa(t, k->self), t, ones));
}

rill_kappa_point rill_kappa_at(const rill_kappa *k, rill_tensor *t)
{
    if (!k || !k->kappa || !k->rest) {
        rill_tensor *none =
            rill_graph_fail(rill_graph_of(t), "kappa: one of its functions is missing");
        return (rill_kappa_point){ none, none, none, none };
    }
    rill_tensor *inside = rill_singular_clip(t, RILL_SINGULAR_END);
    rill_tensor *speed = rate(k, inside);
    return (rill_kappa_point){ .kappa = k->kappa(t, k->self),
                               .rest = k->rest(t, k->self),
                               .rate = speed,
                               .hazard = rill_div(speed, k->rest(inside, k->self)) };
}
