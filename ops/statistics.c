/* statistics.c - mean, var and logsumexp: reductions written in others. */
#include "reduce.h"

#include "effect.h"
#include "elementwise.h"
#include "fold.h"
#include "shape.h"

#include <math.h>

rill_tensor *rill_mean(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_mean_op, x, axes, keep);
}

rill_tensor *rill_mean_all(rill_tensor *x)
{
    return rill_mean(x, RILL_ALL_AXES, 0);
}

rill_tensor *rill_var(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_var_op, x, axes, keep);
}

rill_tensor *rill_logsumexp(rill_tensor *x, rill_axes axes, int keep)
{
    return rill_reduce(&rill_logsumexp_op, x, axes, keep);
}

static rill_tensor *mean_expand(rill_tensor *y)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    rill_tensor *x = rill_input_at(y, 0), *sum = rill_sum(x, attrs->axes, attrs->keep != 0);
    return rill_div(sum, rill_scalar_like(x, (double)rill_reduce_terms(x, attrs)));
}

static rill_tensor *var_expand(rill_tensor *y)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    rill_tensor *x = rill_input_at(y, 0);
    rill_tensor *deviation = rill_sub(x, rill_mean(x, attrs->axes, 1));
    return rill_mean(rill_square(deviation), attrs->axes, attrs->keep != 0);
}

/* x where it is finite, else 0: what may be subtracted without making NaN of inf - inf. */
static rill_tensor *finite_or_zero(rill_tensor *x)
{
    rill_tensor *finite = rill_lt(rill_abs(x), rill_scalar_like(x, (double)INFINITY));
    return rill_where(finite, x, rill_scalar_like(x, 0));
}

static rill_tensor *logsumexp_expand(rill_tensor *y)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    rill_tensor *x = rill_input_at(y, 0);
    rill_tensor *shift = rill_stop(finite_or_zero(rill_reduce_max(x, attrs->axes, 1)));
    rill_tensor *sum = rill_sum(rill_exp(rill_sub(x, shift)), attrs->axes, 1);
    return rill_reshape(rill_add(rill_log(sum), shift), rill_shape_of(y));
}

/* The softmax; 0 where all are -inf. */
static rill_tensor *logsumexp_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    rill_tensor *x = rill_input_at(y, i);
    rill_tensor *total = finite_or_zero(rill_reduce_kept(y, x, attrs));
    return rill_mul(rill_reduce_kept(gy, x, attrs), rill_exp(rill_sub(x, total)));
}

static const rill_reduce_attrs none = { { 0, { 0 } }, 0 }, first = { { 1, { 0 } }, 0 },
                               second = { { 1, { 1 } }, 0 }, second_kept = { { 1, { 1 } }, 1 },
                               outer = { { 2, { 0, 2 } }, 0 }, mixed_kept = { { 2, { 1, 3 } }, 1 };

static const rill_sample samples[] = {
    { 1, { { 0, { 0 } } }, .attrs = &none },
    { 1, { { 1, { 5 } } }, .attrs = &first },
    { 1, { { 2, { 4, 3 } } }, .attrs = &first },
    { 1, { { 2, { 3, 9 } } }, .attrs = &second_kept },
    { 1, { { 3, { 2, 3, 4 } } }, .attrs = &outer },
    { 1, { { 3, { 2, 3, 4 } } }, .attrs = &second },
    { 1, { { 4, { 2, 3, 1, 4 } } }, .attrs = &mixed_kept },
    { 1, { { 2, { 2, 0 } } }, .attrs = &first },
};

#define COMPOSITE(name_, doc_, traits_, vjp_)                                                      \
    const rill_op rill_##name_##_op = {                                                            \
        .name = #name_,                                                                            \
        .doc = doc_,                                                                               \
        .arity = 1,                                                                                \
        .traits = RILL_REDUCE | traits_,                                                           \
        .attr_size = sizeof(rill_reduce_attrs),                                                    \
        .attrs = rill_reduce_attr_list,                                                            \
        .attr_count = RILL_REDUCE_ATTRS,                                                           \
        .infer = rill_reduce_infer_nonempty,                                                       \
        .vjp = vjp_,                                                                               \
        .expand = name_##_expand,                                                                  \
        .rows = rill_reduce_by_rows,                                                               \
        .samples = samples,                                                                        \
        .sample_count = sizeof samples / sizeof *samples,                                          \
    }

COMPOSITE(mean, "y = sum of x over axes / n", RILL_LINEAR, NULL);
COMPOSITE(var, "y = mean of (x - mean of x)^2 over axes", 0, NULL);
COMPOSITE(logsumexp, "y = log sum exp(x) over axes", 0, logsumexp_vjp);
