/* vocabulary.h (private) - the vocabulary of elementwise.def on vectors: sin(a) is vecmath.h's sine
 * of whatever type is in force (VM_TYPE, vm_vec, vm_int). */
#ifndef RILL_OPS_CPU_VOCABULARY_H
#define RILL_OPS_CPU_VOCABULARY_H

#include "vecmath.h"

/* A vector of a plain number; a vector is left as it is. */
#define AS_VECTOR(x)         _Generic((x), vm_vec : V(same), default : V(splat))(x)

#define K(number)            V(splat)((VM_REAL)(number))
#define select(c, x, y)      V(select)((vm_int)(c), AS_VECTOR(x), AS_VECTOR(y))
#define min(x, y)            V(min)(AS_VECTOR(x), AS_VECTOR(y))
#define max(x, y)            V(max)(AS_VECTOR(x), AS_VECTOR(y))
#define fma(x, y, z)         V(fma)(AS_VECTOR(x), AS_VECTOR(y), AS_VECTOR(z))
#define pow(x, y)            V(pow)(AS_VECTOR(x), AS_VECTOR(y))
#define atan2(y, x)          V(atan2)(AS_VECTOR(y), AS_VECTOR(x))
#define copysign(x, y)       V(copysign)(AS_VECTOR(x), AS_VECTOR(y))
#define logistic(x, y)       V(logistic)(AS_VECTOR(x), AS_VECTOR(y))
#define logistic_slope(x, v) V(logistic_slope)(AS_VECTOR(x), AS_VECTOR(v))
#define logistic_pair(x, y, v, slope)                                                              \
    V(logistic_pair)(AS_VECTOR(x), AS_VECTOR(y), AS_VECTOR(v), slope)

#define abs(x)        V(abs)(x)
#define sqrt(x)       V(sqrt)(x)
#define floor(x)      V(floor)(x)
#define round(x)      V(round)(x)
#define exp(x)        V(exp)(x)
#define expm1(x)      V(expm1)(x)
#define log(x)        V(log)(x)
#define log1p(x)      V(log1p)(x)
#define sin(x)        V(sin)(x)
#define cos(x)        V(cos)(x)
#define tan(x)        V(tan)(x)
#define asin(x)       V(asin)(x)
#define acos(x)       V(acos)(x)
#define atan(x)       V(atan)(x)
#define sinh(x)       V(sinh)(x)
#define cosh(x)       V(cosh)(x)
#define tanh(x)       V(tanh)(x)
#define erf(x)        V(erf)(x)
#define erfc(x)       V(erfc)(x)
#define normal_cdf(x) V(normal_cdf)(x)

#endif
