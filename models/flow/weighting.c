#include "weighting.h"

#include <stddef.h>
#include <string.h>

static const rill_weighting *const weightings[] = {
#define RILL_WEIGHTING(name) &rill_weighting_##name,
#include "weightings.def"
#undef RILL_WEIGHTING
};

const rill_weighting *rill_weighting_at(int i)
{
    return i >= 0 && i < (int)(sizeof weightings / sizeof *weightings) ? weightings[i] : NULL;
}

const rill_weighting *rill_weighting_find(const char *name)
{
    for (int i = 0; name && rill_weighting_at(i); i++)
        if (strcmp(weightings[i]->name, name) == 0)
            return weightings[i];
    return NULL;
}
