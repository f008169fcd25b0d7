/* spreading.h (private) - a field and its divergence as one field over longer rows, so that
 * whatever integrates a field integrates both.
 *
 * A row holds the D numbers of a sample and then k integrals: [B,D+k].  The field moves the first
 * by u, and the rest by div u: one number when it is exact, one for each probe otherwise. */
#ifndef RILL_MODELS_FLOW_SPREADING_H
#define RILL_MODELS_FLOW_SPREADING_H

#include "../ode/field.h"
#include "../ode/solver.h"

typedef struct rill_spreading {
    rill_field field;
    rill_shape sample;          /* without the batch */
    rill_tensor *const *probes; /* [probe_count], each [B, ...]; none: exact */
    int64_t probe_count;
} rill_spreading;

/* NULL, or why the integrals would not be those of the samples that the solver makes: steps of one
 * stage forwards go by mean velocities where a field `averages`, and those do not tell how a step
 * spreads samples.  solver: NULL is euler. */
const char *rill_spreading_complaint(int averages, const rill_solver *solver, int ascends);

/* k. */
int64_t rill_spreading_integrals(int64_t probe_count);
/* `self` of the field is the spreading, which has to live while graphs are built. */
rill_tensor *rill_spreading_at(rill_tensor *row, rill_tensor *t, rill_tensor *cond,
                               const void *self);
/* The samples [B, ...] in rows. */
rill_tensor *rill_spreading_samples(const rill_spreading *spreading, rill_tensor *row);

#endif
