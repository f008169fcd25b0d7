/* sampler_impl.h (private) - what a sampler of tokens is made of. */
#ifndef RILL_MODELS_DISCRETE_SAMPLER_IMPL_H
#define RILL_MODELS_DISCRETE_SAMPLER_IMPL_H

#include "core/program.h"
#include "models/sampling/rows.h"
#include "sampler.h"

/* What one thread needs: programs and a padded chunk of what they are fed. */
typedef struct rill_jump_lane {
    rill_program *step, *finish; /* of `next` and of `last` */
    int32_t *x_rows;
    double *uniforms; /* [batch,N] */
    unsigned char *t_rows, *u_rows, *cond_rows;
} rill_jump_lane;

struct rill_jump_sampler {
    rill_dtype dtype;
    int64_t batch, width;  /* rows of a run, tokens of a row */
    int64_t vocab, tokens; /* of the data; of data and source */
    size_t condition;      /* bytes of a condition; 0: there is none */
    double *source;        /* [tokens] probabilities */
    rill_graph *graph;
    rill_tensor *x, *t, *u, *forward, *backward; /* inputs: [batch,N], [batch,1], [batch,N], [], []
                                                  */
    rill_tensor *cond;                           /* conditions or NULL */
    rill_tensor *next, *last;                    /* tokens after a step, and after the last one */
    rill_lanes lanes;                            /* each a rill_jump_lane */
};

#endif
