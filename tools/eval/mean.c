#include "mean.h"

#include <math.h>

/* Two passes: numbers far from zero keep their spread. */
eval_value eval_mean(const double *x, int64_t n)
{
    double sum = 0.0, squares = 0.0, count = (double)n;
    for (int64_t i = 0; i < n; i++)
        sum += x[i];
    double mean = sum / count;
    for (int64_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    double error = n > 1 ? sqrt(squares / (count - 1.0) / count) : (double)NAN;
    return (eval_value){ mean, error, (double)NAN };
}
