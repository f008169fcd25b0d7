/* derive.h (private) - what reverse and forward mode share. */
#ifndef RILL_CORE_DERIVE_H
#define RILL_CORE_DERIVE_H

#include "graph_impl.h"

/* The gradient with respect to input i of y, fitted to the input's shape; NULL when it is zero.  By
 * the op's rule, or through its expansion.  Errors are in the graph. */
rill_tensor *rill_rule_vjp(rill_tensor *y, rill_tensor *gy, int i);

/* A gradient within the rule of one node: of z, made from x, `node` and the inputs of `node`,
 * looking below none of these, so that a rule costs what it builds and not what stands below it. */
rill_tensor *rill_vjp_within(const rill_tensor *node, rill_tensor *z, rill_tensor *gz,
                             rill_tensor *x);
/* Fills `cut` with x, node and its inputs; 0 without memory. */
int rill_rule_boundary(rill_table *cut, const rill_tensor *node, const rill_tensor *x);

/* x summed or stretched to `shape`; NULL stays NULL. */
rill_tensor *rill_fit(rill_tensor *x, rill_shape shape);
/* a + b where either may be NULL. */
rill_tensor *rill_accumulate(rill_tensor *a, rill_tensor *b);

/* 1 when derivatives pass from input i to y. */
int rill_passes(const rill_tensor *y, int i);

#endif
