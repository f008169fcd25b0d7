/* identities.c - algebra that makes an elementwise op cheaper or takes it away.
 *
 * Only what is exact for every value, NaN and infinity included, but for the sign of a zero (x + 0
 * is -0 + 0 = +0, and is taken for x).  So x * 0 and x - x stay. */
#include "identities.h"

#include "elementwise.h"
#include "shape.h"

/* x, when it has the shape of y, which an operand of it may not have. */
static rill_tensor *if_shaped(rill_tensor *x, const rill_tensor *y)
{
    rill_shape own = rill_shape_of(x), whole = rill_shape_of(y);
    return rill_shape_equal(&own, &whole) ? x : NULL;
}

static int is_all(const rill_tensor *x, double value)
{
    double known;
    return rill_is_splat(x, &known) && known == value;
}

/* The operand of y that is not input i, if input i is `value` everywhere. */
static rill_tensor *other_if(rill_tensor *y, int i, double value)
{
    return is_all(rill_input_at(y, i), value) ? rill_input_at(y, 1 - i) : NULL;
}

static rill_tensor *simplify_neg(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    return rill_op_of(x) == &rill_neg_op ? rill_input_at(x, 0) : NULL;
}

static rill_tensor *simplify_add(rill_tensor *y)
{
    rill_tensor *x = other_if(y, 0, 0);
    if (!x)
        x = other_if(y, 1, 0);
    return x ? if_shaped(x, y) : NULL;
}

static rill_tensor *simplify_sub(rill_tensor *y)
{
    rill_tensor *x = other_if(y, 1, 0);
    if (x)
        return if_shaped(x, y);
    x = other_if(y, 0, 0);
    return x && if_shaped(x, y) ? rill_neg(x) : NULL;
}

static rill_tensor *simplify_mul(rill_tensor *y)
{
    for (int i = 0; i < 2; i++) {
        rill_tensor *same = other_if(y, i, 1), *opposite = other_if(y, i, -1);
        if (same && if_shaped(same, y))
            return same;
        if (opposite && if_shaped(opposite, y))
            return rill_neg(opposite);
    }
    return rill_input_at(y, 0) == rill_input_at(y, 1) ? rill_square(rill_input_at(y, 0)) : NULL;
}

static rill_tensor *simplify_div(rill_tensor *y)
{
    rill_tensor *x = other_if(y, 1, 1);
    if (x)
        return if_shaped(x, y);
    x = other_if(y, 0, 1);
    return x && if_shaped(x, y) ? rill_reciprocal(x) : NULL;
}

static rill_tensor *simplify_pow(rill_tensor *y)
{
    rill_tensor *same = other_if(y, 1, 1), *square = other_if(y, 1, 2);
    if (same)
        return if_shaped(same, y);
    return square && if_shaped(square, y) ? rill_square(square) : NULL;
}

static rill_tensor *simplify_where(rill_tensor *y)
{
    rill_tensor *condition = rill_input_at(y, 0);
    rill_tensor *chosen = rill_input_at(y, 1), *other = rill_input_at(y, 2);
    double known;
    if (rill_is_splat(condition, &known))
        return if_shaped(known != 0 ? chosen : other, y);
    return chosen == other ? if_shaped(chosen, y) : NULL;
}

/* max(x, x) and min(x, x). */
static rill_tensor *simplify_extreme(rill_tensor *y)
{
    return rill_input_at(y, 0) == rill_input_at(y, 1) ? rill_input_at(y, 0) : NULL;
}

/* abs(abs x), relu(relu x), floor(floor x), ... */
static rill_tensor *simplify_idempotent(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    return rill_op_of(x) == rill_op_of(y) ? x : NULL;
}

static const struct identity {
    const rill_op *op;
    rill_tensor *(*simplify)(rill_tensor *y);
} identities[] = {
    { &rill_neg_op, simplify_neg },          { &rill_add_op, simplify_add },
    { &rill_sub_op, simplify_sub },          { &rill_mul_op, simplify_mul },
    { &rill_div_op, simplify_div },          { &rill_pow_op, simplify_pow },
    { &rill_where_op, simplify_where },      { &rill_max_op, simplify_extreme },
    { &rill_min_op, simplify_extreme },      { &rill_abs_op, simplify_idempotent },
    { &rill_relu_op, simplify_idempotent },  { &rill_sign_op, simplify_idempotent },
    { &rill_floor_op, simplify_idempotent }, { &rill_round_op, simplify_idempotent },
};

/* Elementwise ops stretch their operands themselves: an explicit broadcast is dropped from every
 * operand as long as the result keeps its shape. */
static rill_tensor *without_broadcasts(rill_tensor *y)
{
    enum { MOST = 3 };
    rill_tensor *in[MOST] = { 0 };
    const int count = rill_input_count(y);
    const rill_shape whole = rill_shape_of(y);
    int dropped = 0;
    for (int i = 0; i < count && i < MOST; i++)
        in[i] = rill_input_at(y, i);
    for (int i = 0; i < count && i < MOST; i++) {
        if (rill_op_of(in[i]) != &rill_broadcast_op)
            continue;
        rill_tensor *stretched = in[i];
        rill_shape left = RILL_SCALAR;
        in[i] = rill_input_at(stretched, 0);
        int fits = 1;
        for (int k = 0; k < count && fits; k++) {
            rill_shape one = rill_shape_of(in[k]);
            fits = rill_shape_broadcast(&left, &one, &left);
        }
        if (fits && rill_shape_equal(&left, &whole))
            dropped++;
        else
            in[i] = stretched;
    }
    return dropped ? rill_apply(rill_op_of(y), in, count, rill_attrs_of(y)) : NULL;
}

rill_tensor *rill_simplify_elementwise(rill_tensor *y)
{
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
        rill_tensor *x = identities[i].op == rill_op_of(y) ? identities[i].simplify(y) : NULL;
        if (x)
            return x;
    }
    return without_broadcasts(y);
}
