#include "coupling.h"

#include <stddef.h>
#include <string.h>

const rill_coupling rill_coupling_independent = { .name = "independent",
                                                  .doc = "noise and data drawn apart" };

static const rill_coupling *const couplings[] = { &rill_coupling_independent };

const rill_coupling *rill_coupling_at(int i)
{
    return i >= 0 && i < (int)(sizeof couplings / sizeof *couplings) ? couplings[i] : NULL;
}

const rill_coupling *rill_coupling_find(const char *name)
{
    for (int i = 0; name && rill_coupling_at(i); i++)
        if (strcmp(couplings[i]->name, name) == 0)
            return couplings[i];
    return NULL;
}
