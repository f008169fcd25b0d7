/* op.h - what an op is, and the registry of ops.
 *
 * An op is one const descriptor.  Everything that the engine does to a tensor - infer its shape,
 * run it, differentiate it, simplify it, draw it, test it - it does by asking the descriptor, so
 * that an op is written in one place and a user's own op, registered with rill_register(), gets
 * what a built-in one gets. */
#ifndef RILL_CORE_OP_H
#define RILL_CORE_OP_H

#include "../base/status.h"
#include "dtype.h"
#include "shape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_graph rill_graph;
typedef struct rill_tensor rill_tensor;
typedef struct rill_op rill_op;

#define RILL_MAX_ATTR_SIZE 256 /* bytes of an op's attributes */
#define RILL_ANY_ARITY     (-1)

/* Traits: what the engine may assume of an op. */
enum {
    RILL_ELEMENTWISE = 1 << 0, /* out[i] depends on element i of each (broadcast) input alone */
    RILL_LINEAR = 1 << 1,      /* linear in all its inputs taken together: its JVP is itself */
    RILL_VIEW = 1 << 2,        /* the output is the first input's memory under another shape */
    RILL_REDUCE = 1 << 3,      /* sums or otherwise folds axes away */
    RILL_RANDOM = 1 << 4,  /* draws from a stream: each node is distinct, never merged or folded */
    RILL_OPAQUE = 1 << 5,  /* never merged or folded (a stand-in for a value not known yet) */
    RILL_ORDERED = 1 << 6, /* an effect: never merged, moved or dropped once asked for */
    RILL_CONSTANT_LOCALLY = 1 << 7,   /* the gradient is zero: floor, sign, comparisons, argmax */
    RILL_NOT_DIFFERENTIABLE = 1 << 8, /* asking for a gradient is an error */
    RILL_COMMIT = 1 << 9, /* (entry, value): the value, which the entry holds after the run */
    RILL_GUARD = 1 << 10, /* the run fails, committing nothing, unless its value is finite */
    RILL_LEAF = 1 << 11,  /* has no kernel: its value is fed, stored or known */
    RILL_LAYOUT = 1 << 12 /* its one input, laid out otherwise */
};

/* ---- Attributes: typed parameters of a node, described as data so that they can be hashed,
 * printed and saved.  They live in a plain struct without pointers, every field of it described. */
typedef enum rill_attr_kind {
    RILL_ATTR_INT,   /* int64_t */
    RILL_ATTR_FLOAT, /* double */
    RILL_ATTR_AXES,  /* rill_axes */
    RILL_ATTR_SHAPE, /* rill_shape */
    RILL_ATTR_DTYPE, /* rill_dtype */
    RILL_ATTR_KEY    /* uint64_t: an identity (of a stream); not printed */
} rill_attr_kind;

typedef struct rill_attr {
    const char *name;
    rill_attr_kind kind;
    size_t offset; /* in the attribute struct */
} rill_attr;

/* A list of axes or of one number an axis. */
typedef struct rill_axes {
    int64_t count;
    int64_t at[RILL_MAX_RANK];
} rill_axes;

/* ---- What `infer` sees, and where it says what comes out. */
typedef struct rill_infer {
    const rill_op *op;
    int count;               /* of inputs */
    const rill_shape *shape; /* [count] */
    const rill_dtype *dtype; /* [count] */
    const void *attrs;
    rill_shape out_shape;
    rill_dtype out_dtype;
    rill_message message; /* why not, when infer returns 0 */
} rill_infer;

/* Sets the message and returns 0. */
int rill_infer_fail(rill_infer *infer, const char *format, ...) RILL_PRINTF(2, 3);

/* ---- What a kernel sees.  Everything is row-major and dense.  Views are cheap: nodes made by
 * ops with RILL_VIEW never reach a kernel. */
typedef struct rill_array_view {
    rill_dtype dtype;
    rill_shape shape;
    void *data;
} rill_array_view;

typedef struct rill_call {
    const rill_op *op;
    const void *attrs;
    int count;                 /* of inputs */
    const rill_array_view *in; /* [count]; not written to */
    rill_array_view out;
    int add;       /* add to the output instead of writing it: asked only of kernels that can */
    void *scratch; /* the bytes asked for, aligned to 64, of this thread alone */
} rill_call;

/* A kernel computes units begin..end-1 of units(call); the units of a call are independent, and
 * what a unit computes does not depend on how they are split.  Without a `units` there is one:
 * the whole call. */
typedef void rill_eval(const rill_call *call, int64_t begin, int64_t end);

/* A kernel and how its work divides. */
typedef struct rill_kernel {
    rill_eval *eval;
    int64_t (*units)(const rill_call *call);  /* NULL: one unit */
    int64_t (*cost)(const rill_call *call);   /* nanoseconds or so a unit, to split work; NULL: 1 an
                                                 element of the output */
    size_t (*scratch)(const rill_call *call); /* bytes of call->scratch; NULL: none */
    int adds;                                 /* does as call->add asks */
} rill_kernel;

/* out[i] = f(in[0][i], ...) for i in 0..n-1: arrays of the call's dtype; out may be one of the
 * inputs, no other overlap. */
typedef void rill_map(void *out, const void *const *in, const void *attrs, int64_t n);

/* ---- Samples: what the generated tests try. */
typedef struct rill_sample {
    int count; /* of inputs */
    rill_shape shape[4];
    rill_dtype dtype[4];    /* RILL_F32 here (zero) means: any float type */
    double low[4], high[4]; /* domain of each input, away from kinks; both 0: [-2, 2] */
    const void *attrs;
} rill_sample;

/* ---- Slices of the batch: how y comes about when its inputs are given some rows (indices of axis
 * 0) at a time. */
typedef enum rill_by_rows {
    RILL_WHOLE,    /* not at all: y needs all rows of its inputs at once */
    RILL_EACH_ROW, /* rows of y come from the same rows of its inputs */
    RILL_ROW_SUM   /* y is the sum of what slices of rows give */
} rill_by_rows;

struct rill_op {
    const char *name; /* C identifier: DOT label, key in files, prefix of errors */
    const char *doc;  /* the formula, one line: "y = sin(a)" */
    int arity;        /* number of inputs, or RILL_ANY_ARITY */
    uint32_t traits;

    size_t attr_size;
    const rill_attr *attrs; /* [attr_count] */
    int attr_count;

    /* Shape and dtype of the output; the only place where this op's shape errors arise.  NULL on
     * an elementwise op: inputs of one dtype, broadcast together. */
    int (*infer)(rill_infer *infer);

    /* Readable reference kernels: maps for elementwise ops (f32 and f64; i32 may be NULL), a kernel
     * for the others.  Absent on leaves, views, commits and ops that are only an `expand`. */
    rill_map *map[RILL_DTYPE_COUNT];
    rill_kernel kernel;

    /* The gradient with respect to input i given `gy`, the cotangent of y, built from public
     * constructors only.  It may have any shape that sums or broadcasts to the input's: the engine
     * fits it.  NULL is a zero gradient. */
    rill_tensor *(*vjp)(rill_tensor *y, rill_tensor *gy, int i);
    /* Optional: the tangent of y given those of its inputs (NULL entries are zero). */
    rill_tensor *(*jvp)(rill_tensor *y, rill_tensor *const *dx);
    /* Optional: the same function in more basic ops, from the same inputs.  An op may have nothing
     * else: it is then run and differentiated through its expansion. */
    rill_tensor *(*expand)(rill_tensor *y);
    /* Optional: an equal but cheaper tensor, or NULL.  Called by the simplify pass on a node whose
     * inputs are already simplified. */
    rill_tensor *(*simplify)(rill_tensor *y);
    /* Optional: additions and multiplications that y takes, for reports; NULL: one an element of
     * the largest array of the call. */
    double (*flops)(const rill_tensor *y);
    /* Optional: how y may be computed by slices; NULL is RILL_WHOLE, but for elementwise ops, which
     * the engine knows.  by_rows[i] is 1 for inputs of which a slice has its own rows alone; the
     * others are there in whole, and the rule may set further entries to 1 to be given their rows
     * too (their axis 0 is then as long as the batch).  A slice applies the op with y's attributes,
     * but that for RILL_EACH_ROW the leading dimension of shape attributes is the slice's.  To
     * input 1 of an op with RILL_RANDOM, the number of its first row, the slice's own is added.
     * Where no input is by rows, RILL_EACH_ROW says that rows of y can be made some at a time. */
    rill_by_rows (*rows)(const rill_tensor *y, int *by_rows);
    /* Optional: y with work on the inputs that are not by_rows done in nodes of its own, once for
     * all slices; NULL when there is nothing to gain. */
    rill_tensor *(*hoist)(rill_tensor *y, const int *by_rows);
    /* Optional: `user`, whose input i is of this op and is read by nothing else, as one node of
     * this op (a bias added to a product); NULL when it cannot be. */
    rill_tensor *(*absorb)(rill_tensor *user, int i, const int *by_rows);

    const rill_sample *samples;
    int sample_count;
};

/* Adds an op to the registry for the life of the process.  The descriptor must stay valid.  Fails
 * with RILL_BAD_ARGUMENT when the name is taken or no identifier, or when a rule is missing: an op
 * that is neither locally constant, not differentiable nor a leaf needs vjp or expand; one that is
 * no leaf, view nor commit needs map, eval or expand.  Thread-safe.  Registering the same
 * descriptor again is fine. */
rill_status rill_register(const rill_op *op, rill_message *message);

/* The registry: built-in ops first, then registered ones. */
int rill_op_count(void);
const rill_op *rill_op_at(int index); /* NULL when out of range */
const rill_op *rill_op_find(const char *name);

/* A node that applies `op` to `in[0..count-1]` in their graph, the way every constructor is
 * written. `attrs` points to op->attr_size bytes (copied).  Returns the graph's inert tensor on any
 * failure; never NULL. */
rill_tensor *rill_apply(const rill_op *op, rill_tensor *const *in, int count, const void *attrs);
/* The same in a given graph, for an op that may have no inputs. */
rill_tensor *rill_apply_in(rill_graph *g, const rill_op *op, rill_tensor *const *in, int count,
                           const void *attrs);

#ifdef __cplusplus
}
#endif
#endif
