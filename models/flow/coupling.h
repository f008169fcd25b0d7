/* coupling.h - which x0 goes with which x1.
 *
 * A coupling looks at the rows of a batch on the host, before a step is fed, and says which of them
 * make pairs.  Each has the source's and the data's distribution left as they are (but for the
 * unbalanced one, which is meant not to), so that the flow is another one between the same two.
 * Pooladian et al., "Multisample flow matching", 2023; Tong et al., "Improving and generalizing
 * flow-based generative models with minibatch optimal transport", 2024. */
#ifndef RILL_MODELS_FLOW_COUPLING_H
#define RILL_MODELS_FLOW_COUPLING_H

#include "../../base/status.h"
#include "../parameter.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is to be paired.  The condition of row i belongs to x1[i]; where a coupling wants one for
 * x0[i] too, it is the same. */
typedef struct rill_coupling_batch {
    int64_t rows, width;   /* at least 1 */
    const float *x0, *x1;  /* [rows, width] */
    const int32_t *labels; /* [rows]; NULL: none */
    const float *vectors;  /* [rows, vector]; NULL: none */
    int64_t vector;
    uint64_t seed; /* what a coupling draws depends on (seed, step) */
    int64_t step;
} rill_coupling_batch;

typedef struct rill_coupling {
    const char *name, *doc;
    /* Memory for batches of so many rows, used again from batch to batch; NULL without memory. */
    void *(*room_new)(int64_t rows);
    void (*room_free)(void *room);
    /* Pair i is x0[from0[i]] with x1[from1[i]].  `pair` and both above may be NULL: row i with row
     * i. */
    rill_status (*pair)(const rill_coupling_batch *batch, void *room, int64_t *from0,
                        int64_t *from1, const void *self, rill_message *message);
    const void *self;
    int by_condition; /* does nothing without conditions */
    rill_parameters parameters;
} rill_coupling;

/* couplings.def lists them; each is a file in couplings/, which says where it comes from. */
#define RILL_COUPLING(name) extern const rill_coupling rill_coupling_##name;
#include "couplings.def"
#undef RILL_COUPLING

/* In the order that --help lists; NULL when i is out of range. */
const rill_coupling *rill_coupling_at(int i);
/* NULL when there is none of that name. */
const rill_coupling *rill_coupling_find(const char *name);

/* ---- Pairing batches. */

/* A coupling with memory for batches of `rows`; one thread uses it at a time. */
typedef struct rill_pairing rill_pairing;

/* NULL is independent.  NULL on failure, with the message; the coupling has to outlive it. */
rill_pairing *rill_pairing_new(const rill_coupling *coupling, int64_t rows, rill_message *message);
void rill_pairing_free(rill_pairing *pairing);

/* Fills from0 and from1 [rows] with numbers of rows.  RILL_BAD_ARGUMENT for a batch of other rows
 * or without x0 or x1, and what the coupling finds wrong: numbers that are not finite. */
rill_status rill_pairing_find(rill_pairing *pairing, const rill_coupling_batch *batch,
                              int64_t *from0, int64_t *from1, rill_message *message);

/* Row i of `to` is row from[i] of `rows`, n rows of so many bytes; the two do not overlap. */
void rill_take_rows(void *to, const void *rows, const int64_t *from, int64_t n, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
