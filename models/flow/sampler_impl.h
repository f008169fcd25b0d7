/* sampler_impl.h (private) - a sampler, and what each thread that serves it has. */
#ifndef RILL_MODELS_FLOW_SAMPLER_IMPL_H
#define RILL_MODELS_FLOW_SAMPLER_IMPL_H

#include "core/program.h"
#include "models/sampling/rows.h"
#include "sampler.h"

/* What one thread needs to run the network: a program and one padded chunk of what it is fed. */
typedef struct rill_lane {
    rill_program *program;
    unsigned char *x_rows, *t_rows, *cond_rows;
    unsigned char *until_rows;
    unsigned char *state; /* [batch, ...] what is integrated, without the padding */
    rill_ode_counts counts;
    rill_message message; /* of what integrates */
} rill_lane;

struct rill_sampler {
    rill_dtype dtype;
    int64_t batch, width; /* rows of a run, numbers of a sample */
    size_t item;          /* bytes of a number */
    size_t condition;     /* bytes of a condition; 0: there is none */
    rill_graph *graph;
    rill_tensor *x, *velocity; /* [batch, ...] */
    rill_tensor *t, *until;    /* [batch,1]; until: NULL unless it averages */
    rill_tensor *cond;         /* NULL: there is none */
    rill_lane *lanes[RILL_MOST_LANES];
    int lane_count;
};

/* As many lanes as can serve n rows at once, at least 1; fewer where there is no memory. */
int rill_sampler_lanes(rill_sampler *s, int64_t n);

/* v at `count` rows, at most a batch, in a lane; arrays begin with these rows. */
rill_status rill_sampler_ask(const rill_sampler *s, int lane, int64_t count, const double *t,
                             const void *x, const void *cond, void *out);

/* `some` for all rows of a request, each call with a lane's state, to integrate in, and its counts
 * and message, for what does; the counts are added up, and a failure is told. */
rill_status rill_sampler_carry(const rill_sampler *s, const rill_sampling *sampling, int lanes,
                               rill_rows_job *some, void *self, rill_message *message);

#endif
