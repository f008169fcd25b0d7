/* sampler_impl.h (private) - a sampler, and the rows that it has under way. */
#ifndef RILL_MODELS_FLOW_SAMPLER_IMPL_H
#define RILL_MODELS_FLOW_SAMPLER_IMPL_H

#include "core/program.h"
#include "models/sampling/rows.h"
#include "sampler.h"
#include "source.h"

/* What one thread needs to run the network: programs and one padded chunk of what they are fed. */
typedef struct rill_lane {
    rill_program *program, *weigh; /* of the velocity; of the density, NULL where there is none */
    unsigned char *x_rows, *t_rows, *cond_rows;
    unsigned char *until_rows;
    unsigned char *state; /* [batch, ...] what is integrated */
    unsigned char *noise; /* [batch, ...] for those who add some */
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
    rill_tensor *density;      /* [batch] of x; NULL: there is none */
    rill_lanes lanes;          /* each a rill_lane */
};

/* As rill_sampler_new, with the log of a density of rows that chunks can be asked for, or NULL. */
rill_sampler *rill_sampler_make(rill_store *store, rill_field field, const rill_source *density,
                                const rill_sampler_options *options, rill_message *message);

/* Some rows of a request on their way. */
typedef struct rill_chunk rill_chunk;

/* How rows are carried. */
typedef struct rill_carrier {
    rill_ode ode; /* its callbacks, which are given a rill_chunk */
    /* Optional, with NULL as the request says: fill cond_rows of the lane, fill its state where the
     * rows start, and give what it is in the end. */
    rill_status (*condition)(const rill_chunk *c);
    rill_status (*start)(const rill_chunk *c);
    rill_status (*end)(const rill_chunk *c);
} rill_carrier;

struct rill_chunk {
    const rill_sampler *sampler;
    const rill_sampling *sampling;
    const rill_carrier *how;
    const void *self; /* of who has them carried */
    const rill_rows *rows;
    rill_lane *lane;
    size_t row; /* bytes */
};

/* Of a chunk, as rill_ode has them: the velocity there (RILL_INTERRUPTED when it is time), and what
 * writes the trajectory, if that is asked for. */
rill_status rill_chunk_velocity(void *chunk, const double *t, const void *x, void *dxdt);
rill_status rill_chunk_observe(void *chunk, int64_t row, int64_t index, const void *x);
/* The log of the density of each row as it is now, [count]. */
rill_status rill_chunk_weigh(const rill_chunk *c, double *log_density);

/* Carries all rows of a request from where they start to where its arrays are filled; counts are
 * added up, and a failure is told. */
rill_status rill_sampler_carry(rill_sampler *s, const rill_sampling *sampling,
                               const rill_carrier *how, const void *self, rill_message *message);

#endif
