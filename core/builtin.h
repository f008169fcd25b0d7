/* builtin.h (private) - what core asks of the layer that provides the ops, without knowing any of
 * them. */
#ifndef RILL_CORE_BUILTIN_H
#define RILL_CORE_BUILTIN_H

#include "op.h"

/* The ops that are there from the start. */
extern const rill_op *const rill_builtin_ops[];
extern const int rill_builtin_op_count;

/* The two constructors that the engine itself needs. */
typedef struct rill_algebra {
    rill_tensor *(*add)(rill_tensor *a, rill_tensor *b);
    /* x summed over the axes, or stretched along those, in which its shape differs from `shape`. */
    rill_tensor *(*fit)(rill_tensor *x, rill_shape shape);
} rill_algebra;
extern const rill_algebra rill_builtin_algebra;

/* A map with two results, either of which may be one of the inputs. */
typedef void rill_pair_map(void *first, void *second, const void *const *in, const void *attrs,
                           int64_t n);

/* `count` numbers of a row of a stream from number `first` on: core/rng.h. */
typedef void rill_stream_fn(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                            double *out);

/* Fast kernels of one machine.  What a table lacks (NULL) runs as the op's reference kernel. */
typedef struct rill_backend {
    const char *name;    /* "avx512" */
    const char *refusal; /* why it is not the one asked for; NULL when it is */
    rill_map *(*map)(const rill_op *op, rill_dtype dtype);
    /* Two elementwise ops of the same inputs in one sweep. */
    rill_pair_map *(*pair)(const rill_op *first, const rill_op *second, rill_dtype dtype);
    const rill_kernel *(*kernel)(const rill_op *op, rill_dtype dtype); /* dtype of the output */
    rill_stream_fn *normals; /* those of rill_stream_normal(); `first` is a multiple of 4 */
} rill_backend;
/* The table for this processor, chosen once. */
const rill_backend *rill_builtin_backend(void);

#endif
