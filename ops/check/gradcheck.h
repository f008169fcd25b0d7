/* gradcheck.h - checks of derivatives and kernels: of a function, of a network's parameters, of an
 * op.
 *
 * Derivatives are held against central differences in f64, extrapolated to step zero (Richardson;
 * Romberg's table), so that a right rule is within 1e-6 at first order and 1e-5 at second and
 * third.  The relative error of an element is taken against the largest element of its gradient.
 * Higher orders contract the order below with random cotangents, and differentiate that.
 *
 * A status other than RILL_OK and RILL_MISMATCH says that nothing could be checked. */
#ifndef RILL_OPS_CHECK_GRADCHECK_H
#define RILL_OPS_CHECK_GRADCHECK_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rill_check {
    RILL_CHECK_BUILD,     /* the graph builds, compiles and runs */
    RILL_CHECK_FIRST,     /* vjp against differences */
    RILL_CHECK_SECOND,    /* vjp of <vjp, random> against differences, by the inputs and by gy */
    RILL_CHECK_THIRD,     /* once more */
    RILL_CHECK_DUALITY,   /* <vjp(gy), dx> = <gy, jvp(dx)>, all inputs moving and one at a time */
    RILL_CHECK_LINEARITY, /* of vjp in gy */
    RILL_CHECK_SUBSETS,   /* the gradient by some inputs is that by all of them */
    RILL_CHECK_ZERO,      /* the gradient of what is locally constant is exactly zero */
    RILL_CHECK_EXPANSION, /* eval against expand */
    RILL_CHECK_KERNEL,    /* fast kernel against reference, f32 against f64; kernels that add */
    RILL_CHECK_PASSES,    /* with and without simplification and reuse; bit by bit, fusion */
    RILL_CHECK_SPLIT,     /* bit by bit: the work split in any way */
    RILL_CHECK_ROWS,      /* slices of rows, as the op says, against the whole */
    RILL_CHECK_SAMPLES,   /* an op has samples */
    RILL_CHECK_COUNT
} rill_check;

/* "first order"; "?" for what is no check. */
const char *rill_check_name(rill_check check);

typedef struct rill_check_report {
    int64_t compared[RILL_CHECK_COUNT]; /* numbers compared */
    double worst[RILL_CHECK_COUNT];     /* relative error */
    int64_t failed;                     /* comparisons that failed, of all checks */
    rill_check first_check;             /* that failed, when `failed` > 0, and what went wrong: */
    rill_message first;
} rill_check_report;

typedef struct rill_check_options {
    const char *name;  /* begins messages; NULL: "function" */
    uint64_t seed;     /* of inputs, cotangents and directions */
    int orders;        /* 1, 2 or 3; 0 means 2 */
    int64_t entries;   /* at most so many elements of each tensor are moved one by one; 0 means 64.
                          All   of them are moved at once along a random direction too. */
    rill_store *store; /* of the graph the function is built in; NULL: none */
} rill_check_options;

/* An input of a function: `values` in row-major order, or NULL: uniform on [low, high] (both 0:
 * [-2, 2]). */
typedef struct rill_check_input {
    rill_shape shape;
    rill_dtype dtype; /* RILL_I32: indices, low to high inclusive, not differentiated; else f64 */
    double low, high;
    const double *values;
} rill_check_input;

/* y = f(x[0], ..., x[n-1]), of any shape, built in the graph of x. */
typedef rill_tensor *rill_function(rill_tensor *const *x, int n, const void *self);

/* Every check up to RILL_CHECK_SUBSETS, for 1 to 8 inputs.  Fills *report (NULL: dropped).
 * RILL_MISMATCH, with the first failure as the message, when one fails. */
rill_status rill_check_function(rill_function *f, const void *self, const rill_check_input *inputs,
                                int n, const rill_check_options *options, rill_check_report *report,
                                rill_message *message);

/* What to feed an input of a graph with: as many numbers as it has elements. */
typedef struct rill_check_feed {
    const rill_tensor *input;
    const double *values;
} rill_check_feed;

/* The gradient of `loss` (f64, one element) by every parameter it depends on (f64), moved in the
 * store and put back.  Inputs that are not listed in feeds[0..n-1] are drawn from [-1, 1] (i32: 0).
 */
rill_status rill_check_parameters(rill_tensor *loss, const rill_check_feed *feeds, int n,
                                  const rill_check_options *options, rill_check_report *report,
                                  rill_message *message);

/* Every check, for each sample of an op, in the shapes it gives and, for an elementwise op of
 * several inputs, in shapes that broadcast.  An op without samples fails.  The op need not be
 * registered. */
rill_status rill_check_op(const rill_op *op, uint64_t seed, rill_check_report *report,
                          rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
