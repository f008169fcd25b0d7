/* rows.h (private) - what samplers have in common: their options, lanes for threads, rows of the
 * caller's arrays, and what they ask of a store. */
#ifndef RILL_MODELS_SAMPLING_ROWS_H
#define RILL_MODELS_SAMPLING_ROWS_H

#include "base/share.h"
#include "core/program.h"
#include "models/ode/number.h"
#include "request.h"

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

/* What the threads that work for a sampler have, each a lane (base/share.h): programs of its own,
 * and a padded batch of what they are fed. */
typedef struct rill_lanes {
    int64_t batch; /* rows that a lane has in hand at once */
    size_t size;   /* bytes of a lane, which are zero before `fill` */
    rill_status (*fill)(const void *sampler, void *lane, rill_message *message);
    void (*empty)(void *lane); /* also where `fill` failed */
    const void *sampler;
    void *lane[RILL_MOST_LANES];
    int count;
} rill_lanes;
/* The first lane, unless it is there, by which what fails in all of them is told. */
rill_status rill_lanes_begin(rill_lanes *lanes, rill_message *message);
void rill_lanes_free(rill_lanes *lanes);

/* Rows first, ..., first + count - 1 of a request, at most a batch, in a lane. */
typedef struct rill_asking rill_asking;
typedef struct rill_rows {
    void *lane;
    int64_t first, count;
    rill_message *message; /* of a failure; "" before */
    rill_asking *asking;
} rill_rows;
/* Makes some rows.  A failure has the message of what failed first, or that of its status. */
typedef rill_status rill_rows_job(void *self, const rill_rows *rows);
/* Has `some` make all n rows, side by side in as many lanes as there are threads for, or memory. Of
 * calls that fail status and message are those of the first rows. */
rill_status rill_rows_share(rill_lanes *lanes, int64_t n, const rill_interrupt *interrupt,
                            rill_rows_job *some, void *self, rill_message *message);
/* RILL_INTERRUPTED, with its message, when it is time; after a yes nobody is asked again. */
rill_status rill_rows_ask(const rill_rows *rows);

/* Where row `row` of an array is whose rows have `bytes`. */
const void *rill_row_of(const void *array, int64_t row, size_t bytes);
/* Rows from their place in an array of the caller's, and to it; nothing where that is NULL. */
void rill_rows_take(void *rows, const void *array, int64_t first, int64_t count, size_t bytes);
void rill_rows_give(void *array, int64_t first, int64_t count, size_t bytes, const void *rows);
/* Rows where a request has them start: its own, or the noise of its seed (models/flow/source.h),
 * the stream "noise" at step 0. */
void rill_start_rows(const rill_sampling *request, rill_dtype dtype, int64_t first, int64_t count,
                     int64_t width, void *rows);
/* Adds to what a request counts, NULL where it does not; from any lane. */
void rill_count_work(rill_ode_counts *sum, const rill_ode_counts *some);

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
/* The first `count` rows of a batch for an input [batch, ...].  The others, at least one being
 * there, become as the first, so that none fails where no row of the caller's does.  Nothing where
 * the input is NULL. */
rill_status rill_feed_rows(rill_program *program, const rill_tensor *input, void *rows,
                           int64_t count);
/* One number for an input of one number. */
rill_status rill_feed_number(rill_program *program, const rill_tensor *input, double value);

#endif
