#include "smooth.h"

#include "ops/elementwise.h"
#include "ops/reduce.h"

enum { TERMS = 5 };

/* At the limit the first term left out is 1e-16 of the sum at most. */
typedef struct smooth {
    double limit;
    double series[TERMS];                   /* in powers of s */
    rill_tensor *(*far)(rill_tensor *root); /* the formula in r = sqrt(s) */
} smooth;

static rill_tensor *series_at(const double *series, rill_tensor *s)
{
    rill_tensor *sum = rill_scalar_like(s, series[TERMS - 1]);
    for (int i = TERMS - 2; i >= 0; i--)
        sum = rill_shift(rill_mul(sum, s), series[i]);
    return sum;
}

static rill_tensor *smooth_at(const smooth *f, rill_tensor *s)
{
    rill_tensor *near = rill_lt(s, rill_scalar_like(s, f->limit));
    rill_tensor *small = rill_where(near, s, rill_scalar_like(s, 0));
    rill_tensor *large = rill_where(near, rill_scalar_like(s, 1), s);
    return rill_where(near, series_at(f->series, small), f->far(rill_sqrt(large)));
}

static rill_tensor *sinc(rill_tensor *r)
{
    return rill_div(rill_sin(r), r);
}

static rill_tensor *atan_ratio(rill_tensor *r)
{
    return rill_div(rill_atan(r), r);
}

rill_tensor *rill_smooth_cos(rill_tensor *s)
{
    static const smooth f = { 1e-2, { 1, -1. / 2, 1. / 24, -1. / 720, 1. / 40320 }, rill_cos };
    return smooth_at(&f, s);
}

rill_tensor *rill_smooth_sinc(rill_tensor *s)
{
    static const smooth f = { 1e-2, { 1, -1. / 6, 1. / 120, -1. / 5040, 1. / 362880 }, sinc };
    return smooth_at(&f, s);
}

rill_tensor *rill_smooth_atan(rill_tensor *s)
{
    static const smooth f = { 1e-3, { 1, -1. / 3, 1. / 5, -1. / 7, 1. / 9 }, atan_ratio };
    return smooth_at(&f, s);
}

/* Written so that a NaN stays one. */
rill_tensor *rill_smooth_root(rill_tensor *s)
{
    double least = rill_dtype_of(s) == RILL_F32 ? 1e-24 : 1e-200;
    rill_tensor *tiny = rill_lt(s, rill_scalar_like(s, least));
    rill_tensor *root = rill_sqrt(rill_where(tiny, rill_scalar_like(s, 1), s));
    return rill_where(tiny, rill_scalar_like(s, 0), root);
}

rill_tensor *rill_dot_rows(rill_tensor *a, rill_tensor *b)
{
    return rill_sum(rill_mul(a, b), RILL_AXES(-1), 1);
}
