#include "rng.h"

#include <math.h>

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

/* The finaliser of splitmix64: every bit of x reaches every bit of the result. */
static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

uint64_t rill_stream_key(uint64_t seed, const char *name)
{
    uint64_t hash = mixed(seed + 0x9E3779B97F4A7C15u);
    for (const char *at = name ? name : ""; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001B3u;
    return mixed(hash);
}

double rill_uniform_f64(uint32_t word)
{
    return ((double)word + 0.5) * 0x1p-32;
}

float rill_uniform_f32(uint32_t word)
{
    return ((float)(word >> 9) + 0.5f) * 0x1p-23f;
}

static void stream_block(uint64_t key, uint32_t step, int64_t row, int64_t block, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)block, (uint32_t)row, (uint32_t)((uint64_t)row >> 32),
                                  step };
    const uint32_t halves[2] = { (uint32_t)key, (uint32_t)(key >> 32) };
    rill_philox4x32(counter, halves, out);
}

/* Box and Muller, 1958: two uniforms make two normal deviates. */
static void normal_pair(const uint32_t words[2], double out[2])
{
    double radius = sqrt(-2.0 * log(rill_uniform_f64(words[0])));
    double angle = 2.0 * 3.14159265358979323846 * rill_uniform_f64(words[1]);
    out[0] = radius * cos(angle);
    out[1] = radius * sin(angle);
}

void rill_stream_uniform(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                         double *out)
{
    uint32_t words[4];
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || (first + i) % 4 == 0)
            stream_block(key, step, row, (first + i) / 4, words);
        out[i] = rill_uniform_f64(words[(first + i) % 4]);
    }
}

void rill_stream_normal(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                        double *out)
{
    uint32_t words[4];
    double normals[4];
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || (first + i) % 4 == 0) {
            stream_block(key, step, row, (first + i) / 4, words);
            normal_pair(words, normals);
            normal_pair(words + 2, normals + 2);
        }
        out[i] = normals[(first + i) % 4];
    }
}
