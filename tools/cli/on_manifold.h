/* on_manifold.h - models on a manifold, which rill train makes with --manifold. */
#ifndef RILL_TOOLS_CLI_ON_MANIFOLD_H
#define RILL_TOOLS_CLI_ON_MANIFOLD_H

#include "model.h"

/* How far a point of a file may be off, in the distance of R^n: f32 is rounded. */
#define CLI_OFF_MANIFOLD 1e-5

/* RILL_MISMATCH, naming the first row of x [rows,n] that is not on the manifold. */
rill_status cli_check_on_manifold(const char *path, const rill_manifold *m, const double *x,
                                  int64_t rows, int64_t n, rill_message *message);

/* The batch without the roundings of its file, and with starts where it has none. */
rill_flow_batch cli_manifold_batch(const rill_manifold *m, rill_flow_batch batch);

#endif
