/* What a formula may call: asked of the ops themselves. */
#include "impl.h"

#include "core/graph.h"

#include <stddef.h>
#include <string.h>

/* ---- Attributes without being asked for: by name and kind, so that an op of a user's own has them
 * too. */

enum { LAST_AXIS = -1 };

static const struct standard {
    const char *name;
    rill_attr_kind kind;
    double value;
} standards[] = {
    { "axis", RILL_ATTR_INT, LAST_AXIS },
    { "axes", RILL_ATTR_AXES, 0 }, /* all but that of the batch */
    { "keep", RILL_ATTR_INT, 1 },
    { "reverse", RILL_ATTR_INT, 0 },
    { "epsilon", RILL_ATTR_FLOAT, 1e-5 }, /* as in models/layers/norm.h */
};

static const struct standard *standard_of(const rill_attr *attr)
{
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++)
        if (standards[i].kind == attr->kind && strcmp(standards[i].name, attr->name) == 0)
            return &standards[i];
    return NULL;
}

static rill_axes axes_of_sample(int rank)
{
    rill_axes axes = { .count = rank > 0 ? rank - 1 : 0 };
    for (int i = 1; i < rank; i++)
        axes.at[i - 1] = i;
    return axes;
}

static void set_standard(void *attrs, const rill_attr *attr, int rank)
{
    const struct standard *standard = standard_of(attr);
    char *to = (char *)attrs + attr->offset;
    rill_axes axes = axes_of_sample(rank);
    int64_t whole = (int64_t)standard->value;
    if (whole == LAST_AXIS)
        whole = rank - 1;
    if (attr->kind == RILL_ATTR_INT)
        memcpy(to, &whole, sizeof whole);
    else if (attr->kind == RILL_ATTR_FLOAT)
        memcpy(to, &standard->value, sizeof standard->value);
    else
        memcpy(to, &axes, sizeof axes);
}

rill_tensor *formula_call(const rill_op *op, rill_tensor *const *in)
{
    _Alignas(max_align_t) char attrs[RILL_MAX_ATTR_SIZE] = { 0 };
    for (int i = 0; i < op->attr_count; i++)
        set_standard(attrs, &op->attrs[i], rill_rank(in[0]));
    return rill_apply(op, in, op->arity, attrs);
}

/* ---- Whether it may be called. */

enum { MOST_INPUTS = 8 };

static int is_pure(const rill_op *op)
{
    const uint32_t unfit = RILL_RANDOM | RILL_OPAQUE | RILL_ORDERED | RILL_COMMIT | RILL_GUARD |
                           RILL_LEAF | RILL_NOT_DIFFERENTIABLE;
    if ((op->traits & unfit) || op->arity < 1 || op->arity > MOST_INPUTS)
        return 0;
    for (int i = 0; i < op->attr_count; i++)
        if (!standard_of(&op->attrs[i]))
            return 0;
    return 1;
}

/* Whether rows of y come from the same rows of its inputs, all of which come by rows. */
static int keeps_rows(const rill_tensor *y)
{
    const rill_op *op = rill_op_of(y);
    int by_rows[MOST_INPUTS];
    for (int i = 0; i < MOST_INPUTS; i++)
        by_rows[i] = 1;
    if (op->traits & RILL_ELEMENTWISE)
        return 1;
    return op->rows && op->rows(y, by_rows) == RILL_EACH_ROW;
}

/* Tried on a batch of 2 samples of 3 numbers: the result is numbers of samples, or one a sample. */
static int works_on_samples(const rill_op *op)
{
    rill_tensor *in[MOST_INPUTS];
    rill_graph *g = rill_graph_new(NULL);
    for (int i = 0; i < op->arity; i++)
        in[i] = rill_input(g, (const char[]){ (char)('a' + i), '\0' }, RILL_F64, RILL_SHAPE(2, 3));
    rill_tensor *y = formula_call(op, in);
    int64_t width = rill_dim(y, 1);
    int works = !rill_is_inert(y) && rill_dtype_of(y) == RILL_F64 && rill_rank(y) == 2 &&
                rill_dim(y, 0) == 2 && (width == 1 || width == 3) && keeps_rows(y);
    rill_graph_free(g);
    return works;
}

int formula_may_call(const rill_op *op)
{
    if (!op || !is_pure(op))
        return 0;
    return ((op->traits & RILL_ELEMENTWISE) && !op->infer) || works_on_samples(op);
}
