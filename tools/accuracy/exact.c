/* exact.c - every unary line of elementwise.def, evaluated by the C library in long double. */
#include "exact.h"

#include <stddef.h>
#include <string.h>
#include <tgmath.h>

/* The vocabulary that <tgmath.h> lacks. */
#define K(number)       number##L
#define select(c, x, y) ((c) ? (x) : (y))
#define abs(x)          fabs(x)
#undef round
#define round(x)  rint(x)
#define min(x, y) (isnan(x) ? (x) : fmin(x, y))
#define max(x, y) (isnan(x) ? (x) : fmax(x, y))

static long double normal_cdf(long double x)
{
    return erfc(-x * 0.707106781186547524400844362104849039L) / 2;
}

static long double logistic(long double x, long double y)
{
    long double t = exp(-fabs(x));
    return (x < 0 ? y * t : y) / (1 + t);
}

static long double logistic_slope(long double x, long double v)
{
    return logistic(x, 1) + logistic(x, 1) * logistic(-x, v);
}

#define MAP1(name, types, in, value, ...)                                                          \
    static long double name##_exact(long double a)                                                 \
    {                                                                                              \
        return value;                                                                              \
    }
#define MAP2(...)
#define MAP3(...)
#include "ops/elementwise.def"

const exact_function exact_functions[] = {
#define MAP1(name, ...) { #name, name##_exact },
#define MAP2(...)
#define MAP3(...)
#include "ops/elementwise.def"
    { NULL, NULL },
};

static const struct special {
    const char *name;
    promise promise;
} specials[] = {
    { "sigmoid", { ULP_OF_RESULT, 4 } },     { "silu", { ULP_OF_RESULT, 4 } },
    { "softplus", { ULP_OF_RESULT, 4 } },    { "gelu", { ULP_OF_ARGUMENT, 2 } },
    { "gelu_tanh", { ULP_OF_ARGUMENT, 2 } }, { "silu_slope", { ULP_OF_ONE, 4 } },
    { "gelu_slope", { ULP_OF_ONE, 4 } },     { "gelu_tanh_slope", { ULP_OF_ONE, 4 } },
};

promise promise_of(const char *name)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (!strcmp(specials[i].name, name))
            return specials[i].promise;
    return (promise){ ULP_OF_RESULT, 2 };
}
