/* reduce.c - sum, sum_squares, reduce_max and reduce_min: the ops that fold axes with one function
 * of two arguments. */
#include "reduce.h"

#include "elementwise.h"
#include "fold.h"
#include "real.h"
#include "shape.h"

rill_tensor *rill_sum(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_sum_op, x, axes, keep);
}

rill_tensor *rill_sum_all(rill_tensor *x)
{
    return rill_sum(x, RILL_ALL_AXES, 0);
}

rill_tensor *rill_sum_squares(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_sum_squares_op, x, axes, keep);
}

rill_tensor *rill_reduce_max(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_reduce_max_op, x, axes, keep);
}

rill_tensor *rill_reduce_min(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_reduce_min_op, x, axes, keep);
}

/* ---- Reference kernels: a unit is one element of the output. */

typedef double combine_fn(double a, double b);
typedef double term_fn(double x);

static double as_it_is(double x)
{
    return x;
}

static double square(double x)
{
    return x * x;
}

static double add(double a, double b)
{
    return a + b;
}

static double greater(double a, double b)
{
    return a > b || a != a ? a : b;
}

static double less(double a, double b)
{
    return a < b || a != a ? a : b;
}

enum { BLOCK = 32 }; /* terms combined one after the other */

/* What is folded: one output's terms. */
typedef struct folding {
    const rill_array_view *x;
    const rill_fold_walk *terms;
    int64_t base;
    term_fn *term;
    combine_fn *combine;
} folding;

static double term_at(const folding *f, int64_t i)
{
    return f->term(rill_real_at(f->x->dtype, f->x->data, f->base + rill_fold_at(f->terms, i)));
}

/* Terms begin..end-1, pairwise: halves of whole blocks. */
static double fold_terms(const folding *f, int64_t begin, int64_t end)
{
    int64_t blocks = (end - begin + BLOCK - 1) / BLOCK;
    if (blocks > 1) {
        int64_t middle = begin + blocks / 2 * BLOCK;
        return f->combine(fold_terms(f, begin, middle), fold_terms(f, middle, end));
    }
    double value = term_at(f, begin);
    for (int64_t i = begin + 1; i < end; i++)
        value = f->combine(value, term_at(f, i));
    return value;
}

static void fold_units(const rill_call *call, int64_t begin, int64_t end, term_fn *term,
                       combine_fn *combine)
{
    rill_fold fold = rill_fold_of(call);
    folding f = { &call->in[0], &fold.folded, 0, term, combine };
    for (int64_t i = begin; i < end; i++) {
        f.base = rill_fold_at(&fold.kept, i);
        double value = fold.folded.count ? fold_terms(&f, 0, fold.folded.count) : 0;
        rill_real_set(call->out.dtype, call->out.data, i, value);
    }
}

static int64_t units(const rill_call *call)
{
    return rill_shape_count(&call->out.shape);
}

static int64_t cost(const rill_call *call)
{
    return 10 + 4 * rill_fold_of(call).folded.count;
}

static void sum_eval(const rill_call *call, int64_t begin, int64_t end)
{
    fold_units(call, begin, end, as_it_is, add);
}

static void sum_squares_eval(const rill_call *call, int64_t begin, int64_t end)
{
    fold_units(call, begin, end, square, add);
}

static void reduce_max_eval(const rill_call *call, int64_t begin, int64_t end)
{
    fold_units(call, begin, end, as_it_is, greater);
}

static void reduce_min_eval(const rill_call *call, int64_t begin, int64_t end)
{
    fold_units(call, begin, end, as_it_is, less);
}

/* ---- Derivatives. */

/* gy with extents of 1 where axes were folded: the engine stretches it. */
static rill_tensor *sum_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    return rill_reduce_kept(gy, rill_input_at(y, i), rill_attrs_of(y));
}

static rill_tensor *sum_squares_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    rill_tensor *x = rill_input_at(y, i);
    return rill_mul(rill_reduce_kept(gy, x, rill_attrs_of(y)), rill_scale(x, 2));
}

/* To the elements that equal the extreme, in equal shares. */
static rill_tensor *extreme_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    rill_tensor *x = rill_input_at(y, i);
    rill_tensor *chosen = rill_eq(x, rill_reduce_kept(y, x, attrs));
    rill_tensor *share = rill_div(rill_reduce_kept(gy, x, attrs), rill_sum(chosen, attrs->axes, 1));
    return rill_mul(chosen, share);
}

/* Folding one element, or none of the axes, changes at most the shape. */
static rill_tensor *fold_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    if (rill_reduce_terms(x, rill_attrs_of(y)) != 1)
        return NULL;
    return rill_reshape(x, rill_shape_of(y));
}

static rill_tensor *sum_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0), *simple = fold_simplify(y);
    if (simple || rill_op_of(x) != &rill_square_op)
        return simple;
    rill_tensor *from = rill_input_at(x, 0);
    return rill_apply(&rill_sum_squares_op, &from, 1, rill_attrs_of(y));
}

static rill_tensor *sum_squares_simplify(rill_tensor *y)
{
    rill_tensor *x = fold_simplify(y);
    return x ? rill_square(x) : NULL;
}

/* Sums over rows are added up. */
static rill_by_rows sum_by_rows(const rill_tensor *y, int *by_rows)
{
    rill_by_rows kept = rill_reduce_by_rows(y, by_rows);
    return by_rows[0] && kept == RILL_WHOLE ? RILL_ROW_SUM : kept;
}

/* ---- The descriptors. */

static const rill_reduce_attrs none = { { 0, { 0 } }, 0 }, first = { { 1, { 0 } }, 0 },
                               first_kept = { { 1, { 0 } }, 1 }, second = { { 1, { 1 } }, 0 },
                               outer = { { 2, { 0, 2 } }, 0 }, both = { { 2, { 0, 1 } }, 0 },
                               mixed_kept = { { 2, { 1, 3 } }, 1 };

#define SAMPLES                                                                                    \
    { 1, { { 0, { 0 } } }, .attrs = &none }, { 1, { { 1, { 5 } } }, .attrs = &first },             \
        { 1, { { 1, { 70 } } }, .attrs = &first_kept },                                            \
        { 1, { { 2, { 4, 3 } } }, .attrs = &first }, { 1, { { 2, { 3, 9 } } }, .attrs = &second }, \
        { 1, { { 2, { 3, 5 } } }, .attrs = &both },                                                \
        { 1, { { 3, { 2, 3, 4 } } }, .attrs = &outer },                                            \
        { 1, { { 3, { 2, 3, 4 } } }, .attrs = &second },                                           \
        { 1, { { 4, { 2, 3, 1, 4 } } }, .attrs = &mixed_kept },                                    \
    {                                                                                              \
        1, { { 2, { 2, 0 } } }, .attrs = &first                                                    \
    }

static const rill_sample sum_samples[] = { SAMPLES, { 1, { { 2, { 0, 3 } } }, .attrs = &first } };
static const rill_sample extreme_samples[] = { SAMPLES };
#define COUNT(array) (sizeof(array) / sizeof *(array))

#define SUM(name_, doc_, more_traits, vjp_)                                                        \
    const rill_op rill_##name_##_op = {                                                            \
        .name = #name_,                                                                            \
        .doc = doc_,                                                                               \
        .arity = 1,                                                                                \
        .traits = RILL_REDUCE | (more_traits),                                                     \
        .attr_size = sizeof(rill_reduce_attrs),                                                    \
        .attrs = rill_reduce_attr_list,                                                            \
        .attr_count = RILL_REDUCE_ATTRS,                                                           \
        .infer = rill_reduce_infer,                                                                \
        .kernel = { name_##_eval, units, cost, NULL },                                             \
        .vjp = vjp_,                                                                               \
        .simplify = name_##_simplify,                                                              \
        .rows = sum_by_rows,                                                                       \
        .samples = sum_samples,                                                                    \
        .sample_count = COUNT(sum_samples),                                                        \
    }

SUM(sum, "y = sum of x over axes", RILL_LINEAR, sum_vjp);
SUM(sum_squares, "y = sum of x^2 over axes", 0, sum_squares_vjp);

#define EXTREME(name_, doc_)                                                                       \
    const rill_op rill_##name_##_op = {                                                            \
        .name = #name_,                                                                            \
        .doc = doc_,                                                                               \
        .arity = 1,                                                                                \
        .traits = RILL_REDUCE,                                                                     \
        .attr_size = sizeof(rill_reduce_attrs),                                                    \
        .attrs = rill_reduce_attr_list,                                                            \
        .attr_count = RILL_REDUCE_ATTRS,                                                           \
        .infer = rill_reduce_infer_nonempty,                                                       \
        .kernel = { name_##_eval, units, cost, NULL },                                             \
        .vjp = extreme_vjp,                                                                        \
        .simplify = fold_simplify,                                                                 \
        .rows = rill_reduce_by_rows,                                                               \
        .samples = extreme_samples,                                                                \
        .sample_count = COUNT(extreme_samples),                                                    \
    }

EXTREME(reduce_max, "y = greatest of x over axes");
EXTREME(reduce_min, "y = least of x over axes");
