/* parameter.h - the numbers that a named choice takes: `power:3` on the command line.
 *
 * A choice with parameters describes them, and its functions read their values from `self`, a
 * `const double [count]`.  The choice in its table has the standard values; another one is a copy:
 *
 *     double n = 3;
 *     rill_scheduler cubic = rill_scheduler_power;
 *     cubic.self = &n; */
#ifndef RILL_MODELS_PARAMETER_H
#define RILL_MODELS_PARAMETER_H

enum { RILL_MAX_PARAMETERS = 4 };

typedef struct rill_parameter {
    const char *name, *doc;
    double standard, low, high; /* low <= value <= high */
} rill_parameter;

/* What a choice describes; all zeros: it takes none. */
typedef struct rill_parameters {
    const rill_parameter *at; /* [count] */
    int count;                /* at most RILL_MAX_PARAMETERS */
} rill_parameters;

#endif
