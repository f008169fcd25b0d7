#include "rng.h"

#include "builtin.h"

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

static void stream_block(uint64_t key, uint32_t step, int64_t row, int64_t block, uint32_t out[4])
{
    const uint32_t counter[4] = { (uint32_t)block, (uint32_t)row, (uint32_t)((uint64_t)row >> 32),
                                  step };
    const uint32_t halves[2] = { (uint32_t)key, (uint32_t)(key >> 32) };
    rill_philox4x32(counter, halves, out);
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
    enum { SHORT = 32 }; /* numbers that are made sooner one by one */
    uint32_t words[4];
    double normals[4];
    if (first % 4 == 0 && count >= SHORT) {
        rill_builtin_backend()->normals(key, step, row, first, count, out);
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || (first + i) % 4 == 0) {
            stream_block(key, step, row, (first + i) / 4, words);
            rill_normals(words, 4, normals);
        }
        out[i] = normals[(first + i) % 4];
    }
}
