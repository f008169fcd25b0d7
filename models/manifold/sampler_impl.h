/* sampler_impl.h (private) - what a sampler on a manifold is made of, and rows on their way. */
#ifndef RILL_MODELS_MANIFOLD_SAMPLER_IMPL_H
#define RILL_MODELS_MANIFOLD_SAMPLER_IMPL_H

#include "core/program.h"
#include "models/sampling/rows.h"
#include "sampler.h"

/* What one thread needs. */
typedef struct rill_manifold_lane {
    rill_program *move;                   /* dwdt; and div, in lanes that score */
    rill_program *settle, *begin, *weigh; /* `weigh`: NULL in lanes that do not score */
    unsigned char *x_rows, *cond_rows;
    unsigned char *w_rows; /* [batch,n], and the integral of div [batch] */
} rill_manifold_lane;

struct rill_manifold_sampler {
    const rill_manifold *manifold;
    rill_dtype dtype;
    int64_t batch, width; /* rows of a run, numbers of a point */
    size_t item;          /* bytes of a number */
    size_t condition;     /* bytes of a condition; 0: there is none */
    rill_graph *g;
    rill_tensor *x, *w, *t, *cond;          /* inputs: [batch,n] twice, [], conditions or NULL */
    rill_tensor *y, *u;                     /* exp_x(w), and the field there */
    rill_tensor *dwdt, *div;                /* in normal coordinates; div u [batch,1] */
    rill_tensor *settled, *base, *log_base; /* y as projected; of x: base and log_base */
    rill_lanes sampling, scoring; /* each a rill_manifold_lane; none score until there is a need */
};

/* Makes the rows of a request, and with `log_p` [n], not NULL, their log density: that of the data
 * where times descend, of the samples where they ascend. */
rill_status rill_manifold_carry(rill_manifold_sampler *sampler, const rill_sampling *request,
                                double *log_p, rill_message *message);

#endif
