/* size.h (private) - what the built-in networks share: their size, and what they are told beside x.
 */
#ifndef RILL_MODELS_NETS_SIZE_H
#define RILL_MODELS_NETS_SIZE_H

#include "built_in.h"

/* The size with standard values filled in, for samples of `width` numbers. */
rill_net_size rill_net_size_for(const void *size, int64_t width);

/* Time features and condition side by side, [B,C]. */
rill_tensor *rill_net_context(rill_tensor *t, rill_tensor *cond, const rill_net_size *size);

#endif
