/* probed.h (private) - probes that stay the same all the way reach a field as its condition.
 *
 * A row of the condition holds the network's own, `own` numbers (a label is one), and then the
 * numbers of each probe: [own + probe_count * width]. */
#ifndef RILL_MODELS_FLOW_PROBED_H
#define RILL_MODELS_FLOW_PROBED_H

#include "divergence.h"
#include "sampler.h"
#include "spreading.h"

typedef struct rill_probed {
    rill_spreading spreading; /* without probes, but with their number >= 1 */
    rill_dtype dtype;
    int labels; /* the network's own condition, as in rill_sampler_options */
    int64_t vector;
    rill_probe_law law;
} rill_probed;

/* Numbers of a condition with its probes. */
int64_t rill_probed_width(const rill_probed *p);

/* The field of the spreading; `self` is the rill_probed. */
rill_tensor *rill_probed_at(rill_tensor *row, rill_tensor *t, rill_tensor *cond, const void *self);

/* Row `row` of the probes of a seed, and condition `index` of the caller's (NULL where there are
 * none), into row `at` of an array.  RILL_BAD_ARGUMENT: a label that a number of the dtype does not
 * hold. */
rill_status rill_probed_fill(const rill_probed *p, uint64_t seed, int64_t row, const void *cond,
                             int64_t index, void *array, int64_t at, rill_message *message);

#endif
