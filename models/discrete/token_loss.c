#include "discrete.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

#include <string.h>

static rill_tensor *cross_entropy(const rill_discrete_parts *p)
{
    return rill_neg(rill_mean(p->log_data, RILL_AXES(-1), 0));
}

static rill_tensor *generalised_kl(const rill_discrete_parts *p)
{
    rill_dtype dtype = rill_dtype_of(p->stays);
    rill_tensor *same = rill_cast(rill_eq(p->x, p->x1), dtype);
    rill_tensor *differs = rill_sub(rill_scalar_like(same, 1.0), same);
    rill_tensor *cost = rill_sub(rill_sub(same, p->stays), rill_mul(differs, p->log_data));
    return rill_sum(rill_mul(p->hazard, cost), RILL_AXES(-1), 0);
}

const rill_token_loss rill_loss_cross_entropy = { "cross-entropy", "-log p(x1) of each token",
                                                  cross_entropy };
const rill_token_loss rill_loss_generalised_kl = {
    "generalised-kl", "of the learned jumps from those of the path: bounds -log p(x1) of a row",
    generalised_kl
};

static const rill_token_loss *const losses[] = { &rill_loss_cross_entropy,
                                                 &rill_loss_generalised_kl };

const rill_token_loss *rill_token_loss_at(int i)
{
    return i >= 0 && i < (int)(sizeof losses / sizeof *losses) ? losses[i] : NULL;
}

const rill_token_loss *rill_token_loss_find(const char *name)
{
    for (int i = 0; name && rill_token_loss_at(i); i++)
        if (strcmp(losses[i]->name, name) == 0)
            return losses[i];
    return NULL;
}
