/* identities.h (private) - algebra that makes an elementwise op cheaper or takes it away. */
#ifndef RILL_OPS_IDENTITIES_H
#define RILL_OPS_IDENTITIES_H

#include "../core/op.h"

/* The `simplify` of every elementwise op: an equal tensor, or NULL. */
rill_tensor *rill_simplify_elementwise(rill_tensor *y);

#endif
