#include "built_in.h"

#include <string.h>

static const rill_net_kind kinds[] = {
    { "mlp", "hidden layers on x, t and the condition", rill_mlp },
    { "resmlp", "residual blocks with layer norm, told t and the condition in each", rill_resmlp },
};

const rill_net_kind *rill_net_at(int i)
{
    return i >= 0 && i < (int)(sizeof kinds / sizeof *kinds) ? &kinds[i] : NULL;
}

const rill_net_kind *rill_net_find(const char *name)
{
    for (int i = 0; name && rill_net_at(i); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

rill_net rill_net_make(const rill_net_kind *kind, const rill_net_size *size)
{
    return (rill_net){ kind ? kind->velocity : NULL, size, kind ? kind->name : NULL };
}
