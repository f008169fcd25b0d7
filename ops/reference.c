/* reference.c - the formulas of elementwise.def, one element at a time, with libm.
 *
 * Floats are computed in f64, so that f32 is rounded once; i32 is computed in 64 bits and cut. */
#include "reference.h"

#include <math.h>

typedef double value_f64(double a, double b, double c);
typedef int64_t value_i32(int64_t a, int64_t b, int64_t c);

/* Ops of fewer inputs see the last one repeated. */
static void each_f32(float *out, const void *const *in, int arity, int64_t n, value_f64 *value)
{
    const float *a = in[0], *b = in[arity > 1], *c = in[arity - 1];
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)value((double)a[i], (double)b[i], (double)c[i]);
}

static void each_f64(double *out, const void *const *in, int arity, int64_t n, value_f64 *value)
{
    const double *a = in[0], *b = in[arity > 1], *c = in[arity - 1];
    for (int64_t i = 0; i < n; i++)
        out[i] = value(a[i], b[i], c[i]);
}

static void each_i32(int32_t *out, const void *const *in, int arity, int64_t n, value_i32 *value)
{
    const int32_t *a = in[0], *b = in[arity > 1], *c = in[arity - 1];
    for (int64_t i = 0; i < n; i++)
        out[i] = (int32_t)(uint32_t)value(a[i], b[i], c[i]);
}

#define UNUSED __attribute__((unused))
#define MAP(name, type, arity, value)                                                              \
    void rill_reference_##name##_##type(void *out, const void *const *in,                          \
                                        const void *attrs UNUSED, int64_t n)                       \
    {                                                                                              \
        each_##type(out, in, arity, n, value);                                                     \
    }

/* ---- The vocabulary of elementwise.def that libm lacks, and the floats. */

static inline double minimum(double x, double y)
{
    return x < y || x != x ? x : y;
}

static inline double maximum(double x, double y)
{
    return x > y || x != x ? x : y;
}

static inline double normal_cdf(double x)
{
    return 0.5 * erfc(-x * 0.70710678118654752);
}

/* y / (1 + e^-x) */
static inline double logistic(double x, double y)
{
    double t = exp(-fabs(x));
    return (x < 0 ? y * t : y) / (1 + t);
}

/* s + s (1 - s) v, s = logistic(x, 1) */
static inline double logistic_slope(double x, double v)
{
    return logistic(x, 1) + logistic(x, 1) * logistic(-x, v);
}

#define K(number)       (number)
#define select(c, x, y) ((c) ? (x) : (y))
#define abs(x)          fabs(x)
#define round(x)        rint(x)
#define min(x, y)       minimum(x, y)
#define max(x, y)       maximum(x, y)

#define FLOATS(name, arity, value)                                                                 \
    static double name##_of_reals(double a UNUSED, double b UNUSED, double c UNUSED)               \
    {                                                                                              \
        return value;                                                                              \
    }                                                                                              \
    MAP(name, f32, arity, name##_of_reals)                                                         \
    MAP(name, f64, arity, name##_of_reals)

#define MAP1(name, types, in, value, ...)           FLOATS(name, 1, value)
#define MAP2(name, types, in, in2, value, ...)      FLOATS(name, 2, value)
#define MAP3(name, types, in, in2, in3, value, ...) FLOATS(name, 3, value)
#include "elementwise.def"

/* ---- The same for integers, where a line allows them. */
#undef abs
#undef min
#undef max
#define abs(x)    select((x) < 0, -(x), x)
#define min(x, y) select((x) < (y), x, y)
#define max(x, y) select((x) > (y), x, y)

#define INTEGERS_F(name, arity, value)
#define INTEGERS_FI(name, arity, value)                                                            \
    static int64_t name##_of_integers(int64_t a UNUSED, int64_t b UNUSED, int64_t c UNUSED)        \
    {                                                                                              \
        return value;                                                                              \
    }                                                                                              \
    MAP(name, i32, arity, name##_of_integers)

#define MAP1(name, types, in, value, ...)           INTEGERS_##types(name, 1, value)
#define MAP2(name, types, in, in2, value, ...)      INTEGERS_##types(name, 2, value)
#define MAP3(name, types, in, in2, in3, value, ...) INTEGERS_##types(name, 3, value)
#include "elementwise.def"
