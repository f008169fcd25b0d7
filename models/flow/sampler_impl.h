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

/* Rows [first, first + count) of a request on their way, at most a batch, in a lane. */
typedef struct rill_chunk {
    const rill_sampler *sampler;
    const rill_sampling *sampling;
    const void *self; /* of who has them carried */
    rill_asking *asking;
    int number; /* of the lane */
    rill_lane *lane;
    int64_t first, count;
    size_t row; /* bytes */
} rill_chunk;

/* Of a chunk, as rill_ode has them: the velocity there (RILL_INTERRUPTED when it is time), and what
 * writes the trajectory, if that is asked for. */
rill_status rill_chunk_velocity(void *chunk, const double *t, const void *x, void *dxdt);
rill_status rill_chunk_observe(void *chunk, int64_t row, int64_t index, const void *x);

/* Carries all rows of a request from where they start to where its arrays are filled, by the
 * callbacks of `how`, which are given a chunk; counts are added up, and a failure is told. */
rill_status rill_sampler_carry(const rill_sampler *s, const rill_sampling *sampling, int lanes,
                               const rill_ode *how, const void *self, rill_message *message);

#endif
