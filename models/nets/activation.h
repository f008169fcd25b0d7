/* activation.h - what bends between the layers of a network, by name. */
#ifndef RILL_MODELS_NETS_ACTIVATION_H
#define RILL_MODELS_NETS_ACTIVATION_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_activation {
    const char *name, *doc;
    rill_tensor *(*apply)(rill_tensor *x); /* elementwise */
} rill_activation;

/* In the order that --help lists; NULL when i is out of range.  The first is what networks take
 * unless told otherwise. */
const rill_activation *rill_activation_at(int i);
/* NULL when there is none of that name. */
const rill_activation *rill_activation_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
