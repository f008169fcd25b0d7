#include "optimizer.h"

#include <stddef.h>
#include <string.h>

static rill_tensor *by_sgd(rill_tensor *loss, rill_adam_options o)
{
    return rill_sgd(loss, (rill_sgd_options){ .lr = o.lr,
                                              .momentum = o.beta1 > 0.0 ? o.beta1 : 0.9,
                                              .weight_decay = o.weight_decay,
                                              .clip = o.clip,
                                              .ema = o.ema,
                                              .schedule = o.schedule });
}

static const rill_optimizer optimizers[] = {
    { "adam", "Kingma, Ba, 2015; weight decay is added to the gradient", rill_adam },
    { "adamw", "Adam, with the decay taken off the weight itself", rill_adamw },
    { "sgd", "the gradient with momentum .9", by_sgd },
};

const rill_optimizer *rill_optimizer_at(int i)
{
    return i >= 0 && i < (int)(sizeof optimizers / sizeof *optimizers) ? &optimizers[i] : NULL;
}

const rill_optimizer *rill_optimizer_find(const char *name)
{
    for (int i = 0; name && rill_optimizer_at(i); i++)
        if (strcmp(optimizers[i].name, name) == 0)
            return &optimizers[i];
    return NULL;
}
