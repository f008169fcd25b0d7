/* elementwise.c - descriptors and constructors of the elementwise ops, all made from
 * elementwise.def. */
#include "elementwise.h"

#include "identities.h"
#include "reference.h"

/* ---- What gradients in elementwise.def are written with, besides the constructors. */

static rill_tensor *one_minus(rill_tensor *x)
{
    return rill_sub(rill_scalar_like(x, 1), x);
}

/* 1 where a > 0, else 0. */
static rill_tensor *positive(rill_tensor *a)
{
    return rill_gt(a, rill_scalar_like(a, 0));
}

/* 1 where a > b, 1/2 where they are equal, else 0. */
static rill_tensor *greater(rill_tensor *a, rill_tensor *b)
{
    return rill_scale(rill_add(rill_gt(a, b), rill_ge(a, b)), 0.5);
}

static rill_tensor *squares(rill_tensor *a, rill_tensor *b)
{
    return rill_add(rill_square(a), rill_square(b));
}

/* e^(-scale a^2) */
static rill_tensor *bell(rill_tensor *a, double scale)
{
    return rill_exp(rill_scale(rill_square(a), -scale));
}

/* The second derivative of a s(a): s (1 - s) (2 + a (1 - 2s)) */
static rill_tensor *silu_bend(rill_tensor *a)
{
    rill_tensor *s = rill_sigmoid(a);
    rill_tensor *rest = rill_mul(a, one_minus(rill_scale(s, 2)));
    return rill_mul(rill_mul(s, one_minus(s)), rill_shift(rest, 2));
}

/* That of a P(a), P the normal distribution function and p its density: p (2 - a^2) */
static rill_tensor *gelu_bend(rill_tensor *a)
{
    rill_tensor *density = rill_scale(bell(a, 0.5), 0.39894228040143268);
    return rill_mul(density, rill_sub(rill_scalar_like(a, 2), rill_square(a)));
}

/* That of a s(u), u = a (c + d a^2): s (1 - s) (2 u' + a u'' + a u'^2 (1 - 2s)) */
static rill_tensor *gelu_tanh_bend(rill_tensor *a)
{
    const double c = 1.5957691216057308, d = 0.0713548162726003;
    rill_tensor *square = rill_square(a);
    rill_tensor *s = rill_sigmoid(rill_mul(a, rill_shift(rill_scale(square, d), c)));
    rill_tensor *first = rill_shift(rill_scale(square, 3 * d), c);
    rill_tensor *straight = rill_shift(rill_scale(square, 12 * d), 2 * c);
    rill_tensor *bent = rill_mul(rill_mul(a, rill_square(first)), one_minus(rill_scale(s, 2)));
    return rill_mul(rill_mul(s, one_minus(s)), rill_add(straight, bent));
}

/* The left branch is scale alpha (e^a - 1) = y. */
static rill_tensor *selu_slope(rill_tensor *a, rill_tensor *y)
{
    const double scale = 1.0507009873554805, alpha = 1.6732632423543772;
    return rill_where(positive(a), rill_scalar_like(a, scale), rill_shift(y, scale * alpha));
}

/* b a^(b - 1), finite at a = 0 when b is 0 too. */
static rill_tensor *pow_slope(rill_tensor *a, rill_tensor *b)
{
    rill_tensor *exponent = rill_where(b, rill_shift(b, -1), rill_scalar_like(b, 1));
    return rill_mul(b, rill_pow(a, exponent));
}

/* log a, and 0 where there is none: b^0 and 0^b have a gradient in b that is never NaN. */
static rill_tensor *safe_log(rill_tensor *a)
{
    return rill_log(rill_where(positive(a), a, rill_scalar_like(a, 1)));
}

rill_tensor *rill_scale(rill_tensor *x, double factor)
{
    return rill_mul(x, rill_scalar_like(x, factor));
}

rill_tensor *rill_shift(rill_tensor *x, double offset)
{
    return rill_add(x, rill_scalar_like(x, offset));
}

rill_tensor *rill_clip(rill_tensor *x, double low, double high)
{
    return rill_min(rill_max(x, rill_scalar_like(x, low)), rill_scalar_like(x, high));
}

/* ---- Samples: every other one is drawn from the mirror image of SIDES. */

#define LOW_IN(low, high)            low
#define HIGH_IN(low, high)           high
#define LOW_SIDES(low, high)         low
#define HIGH_SIDES(low, high)        high
#define MIRROR_LOW_IN(low, high)     low
#define MIRROR_HIGH_IN(low, high)    high
#define MIRROR_LOW_SIDES(low, high)  -(high)
#define MIRROR_HIGH_SIDES(low, high) -(low)

#define SHAPE(rank, ...)                                                                           \
    {                                                                                              \
        rank,                                                                                      \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

#define SAMPLE1(side, in, shape)                                                                   \
    { 1, { shape }, { RILL_F32 }, { side##LOW_##in }, { side##HIGH_##in }, NULL },
#define SAMPLES1(in)                                                                               \
    SAMPLE1(, in, SHAPE(0, 0))                                                                     \
    SAMPLE1(MIRROR_, in, SHAPE(1, 7))                                                              \
    SAMPLE1(, in, SHAPE(2, 3, 11))                                                                 \
    SAMPLE1(MIRROR_, in, SHAPE(3, 2, 1, 4))                                                        \
    SAMPLE1(, in, SHAPE(4, 2, 3, 1, 2))                                                            \
    SAMPLE1(, in, SHAPE(2, 0, 3))

#define SAMPLE2(side, a, b, shape_a, shape_b)                                                      \
    { 2,                                                                                           \
      { shape_a, shape_b },                                                                        \
      { RILL_F32 },                                                                                \
      { side##LOW_##a, side##LOW_##b },                                                            \
      { side##HIGH_##a, side##HIGH_##b },                                                          \
      NULL },
#define SAMPLES2(a, b)                                                                             \
    SAMPLE2(, a, b, SHAPE(0, 0), SHAPE(0, 0))                                                      \
    SAMPLE2(MIRROR_, a, b, SHAPE(1, 7), SHAPE(0, 0))                                               \
    SAMPLE2(, a, b, SHAPE(0, 0), SHAPE(2, 2, 3))                                                   \
    SAMPLE2(MIRROR_, a, b, SHAPE(2, 3, 11), SHAPE(2, 3, 11))                                       \
    SAMPLE2(, a, b, SHAPE(2, 4, 1), SHAPE(2, 1, 3))                                                \
    SAMPLE2(MIRROR_, a, b, SHAPE(1, 3), SHAPE(3, 2, 2, 3))                                         \
    SAMPLE2(, a, b, SHAPE(4, 2, 1, 3, 1), SHAPE(3, 2, 1, 2))                                       \
    SAMPLE2(, a, b, SHAPE(2, 0, 3), SHAPE(1, 3))

#define SAMPLE3(side, a, b, c, shape_a, shape_b, shape_c)                                          \
    { 3,                                                                                           \
      { shape_a, shape_b, shape_c },                                                               \
      { RILL_F32 },                                                                                \
      { side##LOW_##a, side##LOW_##b, side##LOW_##c },                                             \
      { side##HIGH_##a, side##HIGH_##b, side##HIGH_##c },                                          \
      NULL },
#define SAMPLES3(a, b, c)                                                                          \
    SAMPLE3(, a, b, c, SHAPE(0, 0), SHAPE(0, 0), SHAPE(0, 0))                                      \
    SAMPLE3(MIRROR_, a, b, c, SHAPE(1, 7), SHAPE(1, 7), SHAPE(1, 7))                               \
    SAMPLE3(, a, b, c, SHAPE(2, 3, 1), SHAPE(0, 0), SHAPE(2, 3, 5))                                \
    SAMPLE3(MIRROR_, a, b, c, SHAPE(1, 3), SHAPE(3, 2, 2, 1), SHAPE(0, 0))                         \
    SAMPLE3(, a, b, c, SHAPE(0, 0), SHAPE(4, 2, 1, 2, 3), SHAPE(1, 3))                             \
    SAMPLE3(, a, b, c, SHAPE(2, 0, 3), SHAPE(1, 3), SHAPE(2, 1, 1))

/* ---- Descriptors and constructors. */

#define I32_F(name)  NULL
#define I32_FI(name) rill_reference_##name##_i32
#define MAPS(name, types)                                                                          \
    {                                                                                              \
        rill_reference_##name##_f32, rill_reference_##name##_f64, I32_##types(name)                \
    }

#define OP(name_, arity_, types, traits_, formula, vjp_)                                           \
    const rill_op rill_##name_##_op = {                                                            \
        .name = #name_,                                                                            \
        .doc = "y = " formula,                                                                     \
        .arity = arity_,                                                                           \
        .traits = RILL_ELEMENTWISE | (traits_),                                                    \
        .map = MAPS(name_, types),                                                                 \
        .vjp = vjp_,                                                                               \
        .simplify = rill_simplify_elementwise,                                                     \
        .samples = name_##_samples,                                                                \
        .sample_count = sizeof name_##_samples / sizeof *name_##_samples,                          \
    };

#define UNUSED __attribute__((unused))
#define VJP(name, gradient)                                                                        \
    static rill_tensor *name##_vjp(rill_tensor *y, rill_tensor *gy UNUSED, int i UNUSED)           \
    {                                                                                              \
        rill_tensor *a UNUSED = rill_input_at(y, 0);                                               \
        rill_tensor *b UNUSED = rill_input_at(y, 1);                                               \
        rill_tensor *c UNUSED = rill_input_at(y, 2);                                               \
        return gradient;                                                                           \
    }

#define MAKE1(name)                                                                                \
    rill_tensor *rill_##name(rill_tensor *a)                                                       \
    {                                                                                              \
        return rill_apply(&rill_##name##_op, (rill_tensor *[]){ a }, 1, NULL);                     \
    }
#define MAKE2(name)                                                                                \
    rill_tensor *rill_##name(rill_tensor *a, rill_tensor *b)                                       \
    {                                                                                              \
        return rill_apply(&rill_##name##_op, (rill_tensor *[]){ a, b }, 2, NULL);                  \
    }
#define MAKE3(name)                                                                                \
    rill_tensor *rill_##name(rill_tensor *a, rill_tensor *b, rill_tensor *c)                       \
    {                                                                                              \
        return rill_apply(&rill_##name##_op, (rill_tensor *[]){ a, b, c }, 3, NULL);               \
    }

#define MAP1(name, types, in, value, da)                                                           \
    static const rill_sample name##_samples[] = { SAMPLES1(in) };                                  \
    VJP(name, da)                                                                                  \
    OP(name, 1, types, 0, #value, name##_vjp)                                                      \
    MAKE1(name)
#define FLAT1(name, types, in, value)                                                              \
    static const rill_sample name##_samples[] = { SAMPLES1(in) };                                  \
    OP(name, 1, types, RILL_CONSTANT_LOCALLY, #value, NULL)                                        \
    MAKE1(name)
#define MAP2(name, types, in, in2, value, da, db)                                                  \
    static const rill_sample name##_samples[] = { SAMPLES2(in, in2) };                             \
    VJP(name, i == 0 ? (da) : (db))                                                                \
    OP(name, 2, types, 0, #value, name##_vjp)                                                      \
    MAKE2(name)
#define FLAT2(name, types, in, in2, value)                                                         \
    static const rill_sample name##_samples[] = { SAMPLES2(in, in2) };                             \
    OP(name, 2, types, RILL_CONSTANT_LOCALLY, #value, NULL)                                        \
    MAKE2(name)
#define MAP3(name, types, in, in2, in3, value, da, db, dc)                                         \
    static const rill_sample name##_samples[] = { SAMPLES3(in, in2, in3) };                        \
    VJP(name, i == 0 ? (da) : i == 1 ? (db) : (dc))                                                \
    OP(name, 3, types, 0, #value, name##_vjp)                                                      \
    MAKE3(name)
#include "elementwise.def"
