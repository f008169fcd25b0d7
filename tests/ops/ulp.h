/* ulp.h - distances of floats in units in the last place, and numbers that are hard on elementary
 * functions. */
#ifndef RILL_TESTS_OPS_ULP_H
#define RILL_TESTS_OPS_ULP_H

#include <float.h>
#include <math.h>
#include <stdint.h>

/* |y - exact| in ulps of a format with `digits` bits and a least exponent; 0 when y is `exact`
 * rounded; infinite when one is NaN and the other not.  Past the largest finite number, infinity is
 * the next. */
static inline double ulps(double y, long double exact, int digits, int least, double largest)
{
    int exponent;
    if (isnan(y) || isnan(exact))
        return isnan(y) && isnan(exact) ? 0 : HUGE_VAL;
    if (isinf(y) || fabsl(exact) > (long double)largest)
        return (y > 0) == (exact > 0) && fabs(y) >= largest && fabsl(exact) >= (long double)largest
                   ? 0
                   : HUGE_VAL;
    frexpl(exact, &exponent);
    exponent = exponent - digits > least ? exponent - digits : least;
    return (double)ldexpl(fabsl((long double)y - exact), -exponent);
}

static inline double ulps_f32(float y, double exact)
{
    return ulps((double)y, (long double)exact, FLT_MANT_DIG, -149, (double)FLT_MAX);
}

static inline double ulps_f64(double y, long double exact)
{
    return ulps(y, exact, DBL_MANT_DIG, -1074, DBL_MAX);
}

/* Ends of ranges, kinks, subnormals, the last angles of a reduction, and what is beyond f32. */
static const double special_numbers[] = {
    0,        -0.0,      HUGE_VAL,  -HUGE_VAL, (double)NAN, 1,         -1,      0.5,      -0.5,
    1.5,      2.5,       -2.5,      2,         -2,          3,         -3,      0x1p-149, -0x1p-149,
    1e-40,    0x1p-1074, -1e-310,   1e-20,     -1e-8,       0x1p24,    0x1p52,  0x1p53,   3.4e38,
    -3.4e38,  1e308,     -1e308,    88.7,      -87.4,       -103.9,    -104.1,  709.7,    -708.5,
    -745.2,   1e5,       1e22,      11999.9,   -12000.1,    5999999.5, 6000001, 0.4142,   -2.4143,
    0.7999,   0.8001,    -0.999999, 9.01,      -9.1,        22.1,      26.6,    27.3,     10.06,
    1.000001, 0.999999,  -0.69,     0.29,
};
enum { SPECIALS = sizeof special_numbers / sizeof *special_numbers };

/* splitmix64 */
static inline uint64_t random_bits(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = (*state ^ *state >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline double random_between(uint64_t *state, double low, double high)
{
    return low + (high - low) * (double)(random_bits(state) >> 11) * 0x1p-53;
}

/* Any number at all, of either sign and any exponent: mostly none that a formula is at its best
 * with. */
static inline double random_number(uint64_t *state, int greatest)
{
    double mantissa = random_between(state, -2, 2);
    return ldexp(mantissa, (int)(random_bits(state) % (uint64_t)(2 * greatest)) - greatest);
}

#endif
