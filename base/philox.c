#include "philox.h"

#include <math.h>
#include <string.h>

void rill_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

double rill_uniform_f64(uint32_t word)
{
    return ((double)word + 0.5) * 0x1p-32;
}

float rill_uniform_f32(uint32_t word)
{
    return ((float)(word >> 9) + 0.5f) * 0x1p-23f;
}

/* log u for 0 < u < 1.  u = 2^e m with m between sqrt(1/2) and sqrt(2), and
 * log m = 2 artanh s = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1), |s| < 0.172. */
static inline double log_series(double u)
{
    const uint64_t root_half = 0x3FE6A09E667F3BCD, one = 0x3FF0000000000000;
    uint64_t bits;
    double m;
    memcpy(&bits, &u, sizeof bits);
    bits += one - root_half;
    double e = (double)((int32_t)(bits >> 52) - 1023);
    bits = (bits & 0x000FFFFFFFFFFFFF) + root_half;
    memcpy(&m, &bits, sizeof m);
    double s = (m - 1) / (m + 1), z = s * s, sum = 1.0 / 21;
    for (int n = 19; n > 0; n -= 2)
        sum = sum * z + 1.0 / n;
    return e * 0.693147180559945309417 + 2 * s * sum;
}

/* cos a and sin a for |a| <= pi / 4, by their power series. */
static inline void circle_series(double a, double *cosine, double *sine)
{
    double z = a * a, c = 1, s = 1;
    for (int n = 16; n > 0; n -= 2)
        c = 1 - c * z * (1.0 / (n * (n - 1)));
    for (int n = 17; n > 1; n -= 2)
        s = 1 - s * z * (1.0 / (n * (n - 1)));
    *cosine = c;
    *sine = s * a;
}

/* radius (cos 2 pi u, sin 2 pi u), u the uniform of the word: a whole number of quarter turns, and
 * the rest, which is at most half of one. */
static inline void turn(double radius, uint32_t word, double out[2])
{
    uint32_t quarters = (word + (UINT32_C(1) << 29)) >> 30;
    int32_t rest = (int32_t)(word - (quarters << 30));
    double c, s;
    circle_series(((double)rest + 0.5) * (0x1p-30 * 1.57079632679489661923), &c, &s);
    double x = quarters & 1 ? -s : c, y = quarters & 1 ? c : s;
    double signed_radius = quarters & 2 ? -radius : radius;
    out[0] = signed_radius * x;
    out[1] = signed_radius * y;
}

/* rill_uniform_f64 by way of a signed number, which vector registers can convert. */
static inline double uniform_by_int(uint32_t word)
{
    return ((double)(int32_t)(word - UINT32_C(0x80000000)) + (0x1p31 + 0.5)) * 0x1p-32;
}

/* Pairs are made 64 at a time, one simple loop after the other, so that each is vectorised. */
enum { PAIRS = 64 };

static void normal_pairs(const uint32_t *words, int count, double *out)
{
    double radius[PAIRS];
    for (int i = 0; i < count; i++)
        radius[i] = -2 * log_series(uniform_by_int(words[2 * i]));
    for (int i = 0; i < count; i++)
        radius[i] = sqrt(radius[i]);
    for (int i = 0; i < count; i++)
        turn(radius[i], words[2 * i + 1], out + 2 * i);
}

void rill_normals(const uint32_t *words, int64_t count, double *out)
{
    for (int64_t first = 0; first + 1 < count; first += 2 * PAIRS) {
        int64_t pairs = (count - first) / 2;
        normal_pairs(words + first, pairs < PAIRS ? (int)pairs : PAIRS, out + first);
    }
}
