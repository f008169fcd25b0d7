/* rows.h (private) - what samplers have in common: their options, rows of the caller's arrays, and
 * what they ask of a store. */
#ifndef RILL_MODELS_SAMPLING_ROWS_H
#define RILL_MODELS_SAMPLING_ROWS_H

#include "base/share.h"
#include "core/program.h"
#include "models/ode/number.h"
#include "request.h"

#include <pthread.h>

/* RILL_BAD_ARGUMENT unless a batch of the options can be made. */
rill_status rill_check_sampler_options(const rill_sampler_options *options, rill_message *message);
/* Rows of a run, and a batch of them: [batch, sample...]. */
int64_t rill_batch_of(const rill_sampler_options *options);
rill_shape rill_batch_shape(const rill_sampler_options *options);
/* The input "cond" for a batch of conditions, and the bytes of one; NULL and 0 when there are none.
 */
rill_tensor *rill_condition_input(rill_graph *g, const rill_sampler_options *options);
size_t rill_condition_bytes(const rill_sampler_options *options);

/* NULL, or what is wrong with a request for n rows of `width` numbers into `out`, number `first` of
 * their stream and on, of a network that takes conditions (`conditional`) or none. */
const char *rill_rows_complaint(int64_t n, int64_t first, int64_t width, int conditional,
                                const void *cond, const void *out);
/* The same of a request, whose rows go to `out`; it has to have times as well. */
const char *rill_sampling_complaint(const rill_sampling *request, int64_t width, int conditional,
                                    const void *out);
/* Calls `some` for rows first, ..., first + count - 1 of n, a batch at a time, until one fails. */
rill_status rill_rows_each(int64_t n, int64_t batch,
                           rill_status (*some)(void *self, int64_t first, int64_t count),
                           void *self);
typedef rill_status rill_rows_job(void *self, int lane, int64_t first, int64_t count);
/* The same side by side, in lanes (base/share.h): of calls that fail the status is that of the
 * first rows, and *failed is their lane. */
rill_status rill_rows_share(int64_t n, int64_t batch, int lanes, rill_rows_job *some, void *self,
                            int *failed);
/* How many lanes can be put to use. */
int rill_lanes_for(int64_t n, int64_t batch);
/* RILL_INTERRUPTED when it is time. */
rill_status rill_interrupt_ask(const rill_interrupt *interrupt);
/* The same for lanes: one asks at a time, and after a yes nobody asks again. */
typedef struct rill_asking {
    const rill_interrupt *interrupt;
    pthread_mutex_t lock; /* PTHREAD_MUTEX_INITIALIZER */
    rill_status answer;
} rill_asking;
rill_status rill_interrupt_ask_once(rill_asking *asking);

/* Where row `row` of an array is whose rows have `bytes`. */
const void *rill_row_of(const void *array, int64_t row, size_t bytes);
/* Rows of the noise of a seed (models/flow/source.h): the stream "noise" at step 0. */
void rill_noise_rows(rill_dtype dtype, uint64_t seed, int64_t first, int64_t count, int64_t width,
                     void *rows);

/* RILL_NOT_FOUND, naming it, unless the store has each parameter that y depends on: compiling would
 * create what is missing at random, and a sampler of an untrained network is a mistake. */
rill_status rill_require_parameters(rill_tensor *y, const rill_store *store, rill_message *message);
/* *program computes outputs[0..count-1], owned by the caller; RILL_BAD_GRAPH, with *program NULL
 * and what the graph says, or that `what` does not compile. */
rill_status rill_compile_part(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                              const char *what, rill_program **program, rill_message *message);
/* What a sampler returns: a failure is told by the program that failed, which may be NULL, or else
 * by its status. */
rill_status rill_sampler_report(const rill_program *failed, rill_status status,
                                rill_message *message);
/* One number for an input of one number. */
rill_status rill_feed_number(rill_program *program, const rill_tensor *input, double value);

#endif
