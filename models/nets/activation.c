#include "activation.h"

#include "ops/elementwise.h"

#include <stddef.h>
#include <string.h>

static const rill_activation activations[] = {
    { "silu", "x / (1 + exp(-x))", rill_silu },
    { "gelu", "x Phi(x)", rill_gelu },
    { "relu", "max(x, 0)", rill_relu },
    { "selu", "1.0507 x, below 0 1.7581 (exp(x) - 1)", rill_selu },
    { "tanh", "tanh(x)", rill_tanh },
    { "softplus", "log(1 + exp(x))", rill_softplus },
};

const rill_activation *rill_activation_at(int i)
{
    return i >= 0 && i < (int)(sizeof activations / sizeof *activations) ? &activations[i] : NULL;
}

const rill_activation *rill_activation_find(const char *name)
{
    for (int i = 0; name && rill_activation_at(i); i++)
        if (strcmp(activations[i].name, name) == 0)
            return &activations[i];
    return NULL;
}
