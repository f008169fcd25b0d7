#include "sweep.h"

#include <math.h>
#include <stddef.h>

#define LESS(a, b) ((a) < (b) ? (a) : (b))
#define MORE(a, b) ((a) > (b) ? (a) : (b))

static inline void rank_two_of(double x, double *first, double *second)
{
    double larger = x < *first ? *first : x;
    *first = LESS(x, *first);
    *second = LESS(larger, *second);
}

#if defined(__x86_64__)
#define SET    avx512
#define BYTES  64
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#include "lanes.inc"

#define SET    avx2
#define BYTES  32
#define TARGET __attribute__((target("avx2")))
#include "lanes.inc"
#endif

#define SET   common
#define BYTES 16
#define TARGET
#include "lanes.inc"

const rill_sweep *rill_sweep_at(int i)
{
    const rill_sweep *best[4] = { NULL };
    int count = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
        best[count++] = &avx512_sweep;
    if (__builtin_cpu_supports("avx2"))
        best[count++] = &avx2_sweep;
#endif
    best[count++] = &common_sweep;
    return i >= 0 && i < count ? best[i] : NULL;
}
