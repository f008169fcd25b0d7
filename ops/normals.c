/* normals.c - pairs of words into pairs of normal deviates in f32 (Box and Muller, 1958), in plain
 * arithmetic: every machine, compiler and C library gives the same bits.
 *
 * What is near 1 is told by its distance from 1, so that no step loses a small difference: right
 * to 7.1 ulp for every pair of words, which is the sum of the greatest errors of the radius and of
 * the angle. */
#include "random.h"

#include <math.h>
#include <string.h>

/* log u, u the uniform of the word, in (0, 1): u = 2^e (1 + f), as vecmath.h does it. */
static float log_of_word(uint32_t word)
{
    const uint32_t root_half = 0x3F3504F3u, one = 0x3F800000u;
    int near = word >= 0xB504F334u; /* u > sqrt(1/2) */
    uint32_t distance = near ? ~word : word, bits;
    float u = (float)(distance >> 16) * 65536.0f + ((float)(distance & 0xffff) + 0.5f), e = 0, f;
    if (near) {
        f = u * -0x1p-32f;
    } else {
        memcpy(&bits, &u, sizeof bits);
        bits -= root_half - one;
        e = (float)((int32_t)(bits >> 23) - (127 + 32));
        bits = (bits & 0x007FFFFF) + root_half;
        memcpy(&f, &bits, sizeof f);
        f -= 1.0f;
    }
    float s = f / (2.0f + f), z = s * s, half = f * f * 0.5f;
    float series = (0.295804677f * z + 0.399887691f) * z + 0.666666851f;
    float rest = s * (z * series + half) + e * 0x1.7f7d1cp-20f;
    return e * 0x1.62e4p-1f + (f - (half - rest));
}

/* radius (cos 2 pi u, sin 2 pi u): a whole number of quarter turns, and the rest. */
static void turn(float radius, uint32_t word, float out[2])
{
    uint32_t quarters = (word + (UINT32_C(1) << 29)) >> 30;
    float a = ((float)(int32_t)(word - (quarters << 30)) + 0.5f) * 0x1.921fb6p-30f, z = a * a;
    float sine = ((2.724962e-6f * z - 0.000198400844f) * z + 0.00833333187f) * z - 0.166666667f;
    float cosine = (2.45476897e-5f * z - 0.00138883019f) * z + 0.0416666647f;
    float s = a + a * z * sine, c = (1.0f - z * 0.5f) + z * z * cosine;
    float signed_radius = quarters & 2 ? -radius : radius;
    out[0] = signed_radius * (quarters & 1 ? -s : c);
    out[1] = signed_radius * (quarters & 1 ? c : s);
}

void rill_normals_f32(const uint32_t *words, int64_t count, float *out)
{
    for (int64_t i = 0; i + 1 < count; i += 2)
        turn(sqrtf(-2.0f * log_of_word(words[i])), words[i + 1], out + i);
}
