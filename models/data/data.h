/* data.h - the built-in data sets: toy distributions in one and two dimensions, and the digits.
 *
 * A toy set is endless: sample i is a pure function of (seed, i), the same whatever is drawn before
 * it, beside it or in what order.  Held-out samples come from other counters of the generator than
 * those to train on, so the two never share a sample.  A finite set (digits) is a table; its sample
 * i is row i, and the seed plays no part. */
#ifndef RILL_MODELS_DATA_DATA_H
#define RILL_MODELS_DATA_DATA_H

#include "../../base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* No built-in set has more numbers in a sample than this. */
#define RILL_DATA_MAX_DIM 64

typedef struct rill_data_set {
    const char *name;
    const char *doc; /* the formula, or where the data come from */
    int64_t dim;     /* numbers in a sample */
    int32_t classes; /* labels are 0..classes-1; 0: samples have no label */

    /* Samples to train on and samples held out; 0 and 0 for an endless set. */
    int64_t train_count, held_out_count;

    /* One of the two, the other NULL; both fill x [dim] and return the label (0 without labels).
     * Endless: a map of the open unit cube, from four independent uniforms on (0,1).
     * Finite: the rows, those held out after those to train on. */
    int32_t (*point)(const double uniform[4], double *x);
    int32_t (*row)(int64_t index, double *x);
} rill_data_set;

/* The sets in the order in which `rill data --help` lists them; NULL when i is not 0..count-1. */
int rill_data_count(void);
const rill_data_set *rill_data_at(int i);
/* The set of that name; NULL when there is none. */
const rill_data_set *rill_data_find(const char *name);

/* Samples first..first+n-1 into x [n,dim], row-major, and their labels into labels [n] (NULL: not
 * wanted; zeros for a set without labels).  held_out: 0 to train on, else held out.  The f32 form
 * gives the same samples, rounded.
 * RILL_BAD_ARGUMENT for a NULL or negative argument, and for samples that a finite set does not
 * have. */
rill_status rill_data_draw(const rill_data_set *set, uint64_t seed, int held_out, int64_t first,
                           int64_t n, double *x, int32_t *labels, rill_message *message);
rill_status rill_data_draw_f32(const rill_data_set *set, uint64_t seed, int held_out, int64_t first,
                               int64_t n, float *x, int32_t *labels, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
