/* Slices of the batch: what an op says of its rows, held against the whole. */
#include "gradcheck_impl.h"

#include "core/graph_impl.h"

#include <stddef.h>
#include <string.h>

/* A sample, and how it is sliced. */
typedef struct sliced {
    rill_bench *b;
    const rill_op *op;
    const void *attrs;
    const rill_check_input *in; /* [count], with values */
    int count;
    rill_by_rows how;
    int by_rows[RILL_CHECK_MAX_INPUTS];
    int64_t batch;
} sliced;

/* ---- Some rows of the sample, as the engine would give them to the op. */

typedef union slice_attrs {
    max_align_t aligned;
    char bytes[RILL_MAX_ATTR_SIZE];
} slice_attrs;

static const void *attrs_for(const sliced *s, int64_t rows, slice_attrs *room)
{
    if (s->op->attr_size == 0)
        return NULL;
    memcpy(room->bytes, s->attrs, s->op->attr_size);
    for (int i = 0; i < s->op->attr_count; i++) {
        const rill_attr *attr = &s->op->attrs[i];
        if (attr->kind == RILL_ATTR_SHAPE && s->how == RILL_EACH_ROW)
            ((rill_shape *)(void *)(room->bytes + attr->offset))->dim[0] = rows;
    }
    return room->bytes;
}

/* Input i: all of it, or rows begin..end-1. */
static rill_variable input_for(const sliced *s, rill_graph *g, int i, int64_t begin, int64_t end)
{
    enum { FIRST_ROW = 1 }; /* input of random ops */
    const rill_check_input *in = &s->in[i];
    rill_shape shape = in->shape;
    int64_t skipped = 0;
    if (s->by_rows[i]) {
        shape.dim[0] = begin;
        skipped = rill_shape_count(&shape);
        shape.dim[0] = end - begin;
    }
    int64_t count = rill_shape_count(&shape);
    double *value = rill_bench_zeros(s->b, count);
    if (value && count > 0)
        memcpy(value, in->values + skipped, (size_t)count * sizeof *value);
    if (value && i == FIRST_ROW && (s->op->traits & RILL_RANDOM))
        *value += (double)begin;
    rill_dtype dtype = in->dtype == RILL_I32 ? RILL_I32 : RILL_F64;
    return rill_bench_variable(s->b, g, "x", i, dtype, shape, value);
}

/* The op on rows begin..end-1 of those inputs that come by rows. */
static rill_tensor *apply_to(const sliced *s, rill_graph *g, int64_t begin, int64_t end,
                             rill_variable *x)
{
    slice_attrs room;
    rill_tensor *in[RILL_CHECK_MAX_INPUTS];
    for (int i = 0; i < s->count; i++) {
        x[i] = input_for(s, g, i, begin, end);
        in[i] = x[i].x;
    }
    return rill_apply_in(g, s->op, in, s->count, attrs_for(s, end - begin, &room));
}

/* The value of y, made of x; NULL when it cannot be had. */
static double *run(const sliced *s, rill_tensor *y, const rill_variable *x)
{
    double *value = NULL;
    rill_program *p = rill_bench_compile(s->b, &y, 1, 0);
    if (p && rill_bench_set_all(s->b, p, x, s->count) && rill_bench_run(s->b, p) &&
        (value = rill_bench_zeros(s->b, rill_count(y))) && !rill_bench_read(s->b, p, y, value))
        value = NULL;
    rill_program_free(p);
    return value;
}

/* What rows begin..end-1 give, and its shape. */
static double *value_of(const sliced *s, int64_t begin, int64_t end, rill_shape *shape)
{
    rill_variable x[RILL_CHECK_MAX_INPUTS];
    double *value = NULL;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *y = apply_to(s, g, begin, end, x);
    *shape = rill_shape_of(y);
    if (rill_is_inert(y))
        rill_bench_fail(s->b, RILL_CHECK_ROWS, "%lld rows: %s", (long long)(end - begin),
                        rill_error(g) ? rill_error(g) : "nothing was built");
    else
        value = run(s, y, x);
    rill_graph_free(g);
    return value;
}

/* ---- The answer. */

static int has_rows(const rill_shape *shape, int64_t batch)
{
    return shape->rank > 0 && shape->dim[0] == batch;
}

/* What the engine knows of elementwise ops: operands of y's rank that are not stretched along axis
 * 0 come by rows. */
static rill_by_rows elementwise_by_rows(const rill_tensor *y, int64_t batch, int *by_rows)
{
    for (int i = 0; i < y->count; i++) {
        const rill_shape *x = &y->in[i]->shape;
        int rows = x->rank == y->shape.rank && has_rows(x, batch);
        if (by_rows[i] && !rows)
            return RILL_WHOLE;
        by_rows[i] = rows;
    }
    return has_rows(&y->shape, batch) ? RILL_EACH_ROW : RILL_WHOLE;
}

/* The length of axis 0 of the inputs in `mask` (of y when there are none); -1 when they have
 * none, or not all the same. */
static int64_t batch_of(const sliced *s, unsigned mask, const rill_shape *y)
{
    int64_t batch = mask || y->rank == 0 ? -1 : y->dim[0];
    for (int i = 0; i < s->count; i++) {
        const rill_shape *x = &s->in[i].shape;
        if (!(mask & 1u << i))
            continue;
        if (x->rank == 0 || (batch >= 0 && x->dim[0] != batch))
            return -1;
        batch = x->dim[0];
    }
    return batch;
}

/* Why the engine could not do as the answer says; NULL when it could. */
static const char *nonsense(const sliced *s, unsigned mask, const rill_shape *y)
{
    int some = 0;
    for (int i = 0; i < s->count; i++) {
        if ((mask & 1u << i) && !s->by_rows[i])
            return "it asks for all of an input that comes by rows";
        if (s->by_rows[i] && !has_rows(&s->in[i].shape, s->batch))
            return "it asks for rows of an input that has not as many";
        some |= s->by_rows[i];
    }
    if (s->how == RILL_ROW_SUM && !some)
        return "it sums over rows of nothing";
    if (s->how == RILL_EACH_ROW && !has_rows(y, s->batch))
        return "its output has not as many rows";
    return NULL;
}

/* ---- Slices of 1, 2, 3, ... rows against the whole. */

static int same_but_rows(const rill_shape *slice, const rill_shape *whole, int64_t rows)
{
    rill_shape expected = *whole;
    if (rows >= 0)
        expected.dim[0] = rows;
    return rill_shape_equal(slice, &expected);
}

/* Puts what a slice gives behind, or adds it to, what slices before it gave. */
static int take_slice(const sliced *s, int64_t begin, int64_t end, const rill_shape *whole,
                      double *parts)
{
    int each = s->how == RILL_EACH_ROW;
    rill_shape shape;
    const double *slice = value_of(s, begin, end, &shape);
    if (!slice)
        return 0;
    if (!same_but_rows(&shape, whole, each ? end - begin : -1)) {
        char text[RILL_SHAPE_TEXT];
        rill_bench_fail(s->b, RILL_CHECK_ROWS, "a slice of %lld rows gives %s",
                        (long long)(end - begin), rill_shape_print(&shape, text, sizeof text));
        return 0;
    }
    int64_t count = rill_shape_count(&shape);
    double *to = each ? parts + count / (end - begin) * begin : parts;
    for (int64_t i = 0; i < count; i++)
        to[i] += slice[i];
    return 1;
}

/* Kernels may add in another order where extents are others; what is random is the same bit by
 * bit. */
#define CLOSE 1e-13

static double tolerance(const rill_op *op)
{
    return op->traits & RILL_RANDOM ? 0.0 : CLOSE;
}

static void check_slices(const sliced *s, unsigned mask, const double *whole,
                         const rill_shape *shape)
{
    int64_t count = rill_shape_count(shape);
    double *parts = rill_bench_zeros(s->b, count);
    if (!parts)
        return;
    for (int64_t begin = 0, rows = 1; begin < s->batch; begin += rows++) {
        rows = rows < s->batch - begin ? rows : s->batch - begin;
        if (!take_slice(s, begin, begin + rows, shape, parts))
            return;
    }
    const char *what = s->how == RILL_EACH_ROW ? "each row, inputs by mask" : "sum, inputs by mask";
    rill_verdict v = { RILL_CHECK_ROWS, what, (int)mask, tolerance(s->op), 1.0 };
    rill_bench_compare_all(s->b, v, count, parts, whole);
}

/* What the op becomes when work on inputs in whole is taken out of the slices. */
static void check_hoist(const sliced *s, unsigned mask, rill_tensor *y, const rill_variable *x,
                        const double *whole)
{
    rill_tensor *hoisted = s->op->hoist(y, s->by_rows);
    rill_shape shape = rill_shape_of(hoisted);
    if (!hoisted)
        return;
    const double *value = rill_shape_equal(&shape, &y->shape) ? run(s, hoisted, x) : NULL;
    rill_verdict v = { RILL_CHECK_ROWS, "hoisted, inputs by mask", (int)mask, CLOSE, 1.0 };
    if (value)
        rill_bench_compare_all(s->b, v, rill_count(y), value, whole);
    else
        rill_bench_fail(s->b, RILL_CHECK_ROWS, "what is hoisted has another shape, or no value");
}

/* The inputs in `mask` come by rows, the others in whole. */
static void check_subset(sliced *s, unsigned mask, rill_tensor *y, const rill_variable *x,
                         const double *whole)
{
    s->batch = batch_of(s, mask, &y->shape);
    if (s->batch < 0)
        return;
    for (int i = 0; i < s->count; i++)
        s->by_rows[i] = (mask & 1u << i) != 0;
    s->how =
        s->op->rows ? s->op->rows(y, s->by_rows) : elementwise_by_rows(y, s->batch, s->by_rows);
    if (s->how == RILL_WHOLE)
        return;
    const char *why = nonsense(s, mask, &y->shape);
    if (why)
        rill_bench_fail(s->b, RILL_CHECK_ROWS, "inputs by mask %u: %s", mask, why);
    else
        check_slices(s, mask, whole, &y->shape);
    if (!why && s->op->hoist)
        check_hoist(s, mask, y, x, whole);
}

void rill_bench_check_rows(rill_bench *b, const rill_op *op, const void *attrs,
                           const rill_check_input *in, int count)
{
    sliced s = { .b = b, .op = op, .attrs = attrs, .in = in, .count = count };
    rill_variable x[RILL_CHECK_MAX_INPUTS];
    rill_shape shape;
    if (!op->rows && !(op->traits & RILL_ELEMENTWISE))
        return;
    const double *whole = value_of(&s, 0, 0, &shape);
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *y = apply_to(&s, g, 0, 0, x);
    for (unsigned mask = 0; whole && !rill_is_inert(y) && mask < 1u << count; mask++)
        check_subset(&s, mask, y, x, whole);
    rill_graph_free(g);
}
