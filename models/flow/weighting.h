/* weighting.h - how much the loss at a time counts. */
#ifndef RILL_MODELS_FLOW_WEIGHTING_H
#define RILL_MODELS_FLOW_WEIGHTING_H

#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_weighting {
    const char *name, *doc;
    /* The factor at t [B,1,..,1], elementwise, on the path of `scheduler`, which is that of the
     * linear path where the path is not affine. */
    rill_tensor *(*at)(rill_tensor *t, const rill_scheduler *scheduler, const void *self);
    const void *self;
    rill_parameters parameters;
} rill_weighting;

/* weightings.def lists them; each is a file in weightings/. */
#define RILL_WEIGHTING(name) extern const rill_weighting rill_weighting_##name;
#include "weightings.def"
#undef RILL_WEIGHTING

/* In the order that --help lists; NULL when i is out of range. */
const rill_weighting *rill_weighting_at(int i);
/* NULL when there is none of that name. */
const rill_weighting *rill_weighting_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
