/* sampler_impl.h (private) - what a sampler on a manifold is made of, and rows on their way. */
#ifndef RILL_MODELS_MANIFOLD_SAMPLER_IMPL_H
#define RILL_MODELS_MANIFOLD_SAMPLER_IMPL_H

#include "core/program.h"
#include "models/sampling/rows.h"
#include "sampler.h"

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
    /* Programs of dwdt; of dwdt and div, NULL until there is a need; and of the last three. */
    rill_program *velocity, *spreading, *settle, *begin, *weigh;
    const rill_program *failed; /* what went wrong last */
    unsigned char *x_rows, *cond_rows;
    unsigned char *w_rows; /* [batch,n], and the integral of div [batch] */
    double *log_p;         /* [batch], as far as it is known on the way */
};

/* Makes the rows of a request, and with `log_p` [n], not NULL, their log density: that of the data
 * where times descend, of the samples where they ascend.  What is scored needs `spreading` and
 * `weigh`. */
rill_status rill_manifold_carry(rill_manifold_sampler *sampler, const rill_sampling *request,
                                double *log_p, rill_message *message);

#endif
