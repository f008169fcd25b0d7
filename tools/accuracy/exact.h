/* exact.h - the unary ops of elementwise.def in long double, and what is promised of their kernels.
 */
#ifndef RILL_TOOLS_ACCURACY_EXACT_H
#define RILL_TOOLS_ACCURACY_EXACT_H

typedef long double exact_fn(long double a);

/* One function of one argument. */
typedef struct exact_function {
    const char *name; /* of the op */
    exact_fn *value;
} exact_function;

/* In the order of elementwise.def; the last one has no name. */
extern const exact_function exact_functions[];

/* What an error is measured in: an ulp of the result y, of the argument a, or of 1 (2^-23 in f32,
 * where results beyond 1 count as 1). */
typedef enum accuracy_unit { ULP_OF_RESULT, ULP_OF_ARGUMENT, ULP_OF_ONE } accuracy_unit;

typedef struct promise {
    accuracy_unit unit;
    double bound; /* the greatest error allowed, in units */
} promise;

/* For the op of this name. */
promise promise_of(const char *name);

#endif
