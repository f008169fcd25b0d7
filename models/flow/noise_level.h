/* noise_level.h - how much noise a stochastic sampler adds at each time: e(t) of stochastic.h. */
#ifndef RILL_MODELS_FLOW_NOISE_LEVEL_H
#define RILL_MODELS_FLOW_NOISE_LEVEL_H

#include "../../core/graph.h"
#include "../parameter.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_noise_level {
    const char *name, *doc;
    /* e(t) >= 0, elementwise in t, of any shape. */
    rill_tensor *(*at)(rill_tensor *t, const void *self);
    const void *self;
    rill_parameters parameters;
} rill_noise_level;

/* Its values at times[0..count-1], in doubles.  RILL_BAD_ARGUMENT when one is negative or not
 * finite. */
rill_status rill_noise_level_values(const rill_noise_level *level, const double *times,
                                    int64_t count, double *values, rill_message *message);

/* noise_levels.def lists them; each is a file in noise_levels/. */
#define RILL_NOISE_LEVEL(name) extern const rill_noise_level rill_noise_##name;
#include "noise_levels.def"
#undef RILL_NOISE_LEVEL

/* In the order that --help lists; NULL when i is out of range. */
const rill_noise_level *rill_noise_level_at(int i);
/* NULL when there is none of that name. */
const rill_noise_level *rill_noise_level_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
