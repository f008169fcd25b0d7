/* Chains of multiply-adds, compiled once for each instruction set (see meson.build) with
 * contraction allowed, so that plain C becomes FMA where there is one. */
#include "fma_chains.h"

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif

/* Two units with a latency of four or five are kept busy, and 16 registers hold it all. */
enum { CHAINS = 12 };

/* gcc makes registers of an array once the loop is unrolled, and has to be asked; clang does so
 * unasked. */
#ifdef __clang__
#define UNROLL
#else
#define UNROLL _Pragma("GCC unroll 12")
#endif

/* Every element goes to 2 and stays there: no overflow, no subnormals.  Chains begin apart, or a
 * compiler would see that they are one. */
#define CHAINS_OF(type, name)                                                                      \
    static double name(int64_t rounds, double begin)                                               \
    {                                                                                              \
        typedef type vector __attribute__((vector_size(BYTES)));                                   \
        vector chain[CHAINS], half = (vector){ 0 } + (type)0.5, one = half + half;                 \
        for (int j = 0; j < CHAINS; j++)                                                           \
            chain[j] = one * (type)(begin + j);                                                    \
        for (int64_t i = 0; i < rounds; i++) {                                                     \
            UNROLL for (int j = 0; j < CHAINS; j++) chain[j] = chain[j] * half + one;              \
        }                                                                                          \
        for (int j = 1; j < CHAINS; j++)                                                           \
            chain[0] += chain[j];                                                                  \
        return (double)chain[0][0];                                                                \
    }

CHAINS_OF(float, chains_f32)
CHAINS_OF(double, chains_f64)

#define JOIN(a, b) a##b
#define NAMED(isa) JOIN(bench_chains_, isa)

extern const bench_chains NAMED(BENCH_ISA);
const bench_chains NAMED(BENCH_ISA) = {
    .run = { [RILL_F32] = chains_f32, [RILL_F64] = chains_f64 },
    .flops = { [RILL_F32] = 2.0 * CHAINS * BYTES / sizeof(float),
               [RILL_F64] = 2.0 * CHAINS * BYTES / sizeof(double) },
};
