/* size.h - what networks of the built-in kind share, and one's own may: their size, and one vector
 * of all that they are told beside x. */
#ifndef RILL_MODELS_NETS_SIZE_H
#define RILL_MODELS_NETS_SIZE_H

#include "built_in.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `size`, a rill_net_size or NULL, with standard values where it has 0, for samples of `width`
 * numbers. */
rill_net_size rill_net_size_for(const void *size, int64_t width);

/* Time features and condition side by side, [B,C], for a network to concatenate or to add: t [B,1]
 * or [B,n]; cond NULL, labels i32 [B] or vectors [B,...], as net.h has them.  A label becomes the
 * row cond + 1 of the parameter "label.table" [classes + 1, hidden/4], rounded up: row 0 stands for
 * none.  `size` is complete, as rill_net_size_for() makes it; of it count hidden, features and
 * classes.  Labels where it has no classes are an error of the graph. */
rill_tensor *rill_net_context(rill_tensor *t, rill_tensor *cond, const rill_net_size *size);

#ifdef __cplusplus
}
#endif
#endif
