/* vecmath.h (private) - elementary functions on vectors of f32 and f64, branch-free, for any vector
 * width.
 *
 * Include it and have vm_f32 and vm_f64, vectors of VM_BYTES bytes, and for both the vocabulary
 *     exp expm1 log log1p sin cos tan asin acos atan atan2 sinh cosh tanh erf erfc normal_cdf pow
 *     logistic logistic_slope sqrt floor round abs copysign min max fma select splat
 * as static inline functions vm_exp_f32(vm_f32), vm_exp_f64(vm_f64), ...  It needs GNU vector
 * extensions (gcc 9 or clang 9) and nothing else of rill; x86 registers are used where the flags
 * allow them.
 *
 * Accuracy: within 2 ulp for all arguments, subnormal and huge ones included (logistic with y = 1
 * or x 4 ulp; normal_cdf and logistic_slope a few ulp of 1): docs/accuracy.md has the worst errors,
 * which tools/accuracy found among all f32.  Angles beyond VM_HUGE_ANGLE are left to libm, one by
 * one.  NaN gives NaN, and the exact cases of C's Annex F hold but for the sign of a zero result.
 *
 * An element's result depends neither on its lane nor on its neighbours.  fma(a, b, c) rounds once
 * where the target has FMA (VM_FMA), and is a * b + c where it has not: results may differ between
 * instruction sets in the last place, not from run to run.  Compile with -ffp-contract=off.
 *
 * Masks are integer vectors of the same width, as GNU comparisons give them: all bits set is true.
 */
#ifndef RILL_OPS_CPU_VECMATH_H
#define RILL_OPS_CPU_VECMATH_H

#include "vecmath_tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VM_BYTES     64
#define VM_X86(name) _mm512_##name
#elif defined(__AVX2__)
#define VM_BYTES     32
#define VM_X86(name) _mm256_##name
#elif defined(__SSE2__)
#define VM_BYTES     16
#define VM_X86(name) _mm_##name
#else
#define VM_BYTES 16
#endif
#ifdef VM_X86
#include <immintrin.h>
#endif
#if (defined(VM_X86) && defined(__FMA__)) || defined(__aarch64__)
#define VM_FMA 1
#else
#define VM_FMA 0
#endif

#define VM_VECTOR(type) type __attribute__((vector_size(VM_BYTES)))
typedef VM_VECTOR(float) vm_f32;
typedef VM_VECTOR(double) vm_f64;
typedef VM_VECTOR(int32_t) vm_i32; /* masks and bits of vm_f32 */
typedef VM_VECTOR(int64_t) vm_i64;
typedef VM_VECTOR(uint32_t) vm_u32;
typedef VM_VECTOR(uint64_t) vm_u64;
#define VM_INLINE static inline __attribute__((always_inline, unused))
/* What almost no vector needs, out of the way of those that do not. */
#define VM_RARE static __attribute__((noinline, cold, unused))

/* ---- What C on GNU vectors cannot say and x86 can. */
#ifdef VM_X86

VM_INLINE vm_f32 vm_sqrt_f32(vm_f32 x)
{
    return VM_X86(sqrt_ps)(x);
}

VM_INLINE vm_f64 vm_sqrt_f64(vm_f64 x)
{
    return VM_X86(sqrt_pd)(x);
}

/* The smaller, or the greater, of x and a limit; NaN when x is. */
VM_INLINE vm_f32 vm_at_most_f32(vm_f32 x, vm_f32 limit)
{
    return VM_X86(min_ps)(limit, x);
}

VM_INLINE vm_f64 vm_at_most_f64(vm_f64 x, vm_f64 limit)
{
    return VM_X86(min_pd)(limit, x);
}

VM_INLINE vm_f32 vm_at_least_f32(vm_f32 x, vm_f32 limit)
{
    return VM_X86(max_ps)(limit, x);
}

VM_INLINE vm_f64 vm_at_least_f64(vm_f64 x, vm_f64 limit)
{
    return VM_X86(max_pd)(limit, x);
}

#else

VM_INLINE vm_f32 vm_sqrt_f32(vm_f32 x)
{
    for (size_t i = 0; i < VM_BYTES / sizeof(float); i++)
        x[i] = __builtin_sqrtf(x[i]);
    return x;
}

VM_INLINE vm_f64 vm_sqrt_f64(vm_f64 x)
{
    for (size_t i = 0; i < VM_BYTES / sizeof(double); i++)
        x[i] = __builtin_sqrt(x[i]);
    return x;
}

#endif

#if VM_FMA && defined(VM_X86)

VM_INLINE vm_f32 vm_fma_f32(vm_f32 a, vm_f32 b, vm_f32 c)
{
    return VM_X86(fmadd_ps)(a, b, c);
}

VM_INLINE vm_f64 vm_fma_f64(vm_f64 a, vm_f64 b, vm_f64 c)
{
    return VM_X86(fmadd_pd)(a, b, c);
}

#elif VM_FMA /* one instruction all the same */

VM_INLINE vm_f32 vm_fma_f32(vm_f32 a, vm_f32 b, vm_f32 c)
{
    for (size_t i = 0; i < VM_BYTES / sizeof(float); i++)
        c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return c;
}

VM_INLINE vm_f64 vm_fma_f64(vm_f64 a, vm_f64 b, vm_f64 c)
{
    for (size_t i = 0; i < VM_BYTES / sizeof(double); i++)
        c[i] = __builtin_fma(a[i], b[i], c[i]);
    return c;
}

#else

VM_INLINE vm_f32 vm_fma_f32(vm_f32 a, vm_f32 b, vm_f32 c)
{
    return a * b + c;
}

VM_INLINE vm_f64 vm_fma_f64(vm_f64 a, vm_f64 b, vm_f64 c)
{
    return a * b + c;
}

#endif

VM_INLINE vm_f32 vm_select_f32(vm_i32 mask, vm_f32 x, vm_f32 y)
{
    return (vm_f32)((mask & (vm_i32)x) | (~mask & (vm_i32)y));
}

VM_INLINE vm_f64 vm_select_f64(vm_i64 mask, vm_f64 x, vm_f64 y)
{
    return (vm_f64)((mask & (vm_i64)x) | (~mask & (vm_i64)y));
}

#if VM_BYTES == 64

/* x 2^n for integral n, rounded once. */
VM_INLINE vm_f32 vm_scale_f32(vm_f32 x, vm_f32 n)
{
    return _mm512_scalef_ps(x, n);
}

VM_INLINE vm_f64 vm_scale_f64(vm_f64 x, vm_f64 n)
{
    return _mm512_scalef_pd(x, n);
}

VM_INLINE int vm_any_f32(vm_i32 mask)
{
    return _mm512_movepi32_mask((__m512i)mask) != 0;
}

VM_INLINE int vm_any_f64(vm_i64 mask)
{
    return _mm512_movepi64_mask((__m512i)mask) != 0;
}

#else

VM_INLINE int vm_any_f32(vm_i32 mask)
{
#ifdef VM_X86
    return VM_X86(movemask_ps)((vm_f32)mask) != 0;
#else
    return (((vm_i64)mask)[0] | ((vm_i64)mask)[1]) != 0;
#endif
}

VM_INLINE int vm_any_f64(vm_i64 mask)
{
    return vm_any_f32((vm_i32)mask);
}

#endif

/* Each half of a vector of f32 as f64, and back. */
typedef float vm_half __attribute__((vector_size(VM_BYTES / 2)));

VM_INLINE vm_f64 vm_widen(vm_f32 x, int high)
{
    vm_half half;
    memcpy(&half, (const char *)&x + (high ? sizeof half : 0), sizeof half);
    return __builtin_convertvector(half, vm_f64);
}

VM_INLINE vm_f32 vm_narrow(vm_f64 low, vm_f64 high)
{
    vm_f32 x;
    vm_half half[2] = { __builtin_convertvector(low, vm_half),
                        __builtin_convertvector(high, vm_half) };
    memcpy(&x, half, sizeof x);
    return x;
}

/* ---- The functions, once for each type.  V(exp) is vm_exp_f64; NUM(a, b) is a in f32 and b in
 * f64. */
#define VM_JOIN(name, type) vm_##name##_##type
#define VM_NAME(name, type) VM_JOIN(name, type)
#define V(name)             VM_NAME(name, VM_TYPE)

#define VM_TYPE             f64
#define VM_REAL             double
#define VM_UINT             uint64_t
#define NUM(f32, f64)       f64
#define vm_vec              vm_f64
#define vm_int              vm_i64
#define vm_uint             vm_u64
#include "vecmath.inc"
#include "vecmath_f64.inc"
#undef VM_TYPE
#undef VM_REAL
#undef VM_UINT
#undef NUM
#undef vm_vec
#undef vm_int
#undef vm_uint

#define VM_TYPE       f32
#define VM_REAL       float
#define VM_UINT       uint32_t
#define NUM(f32, f64) f32
#define vm_vec        vm_f32
#define vm_int        vm_i32
#define vm_uint       vm_u32
#include "vecmath.inc"
#include "vecmath_f32.inc"
#undef VM_TYPE
#undef VM_REAL
#undef VM_UINT
#undef NUM
#undef vm_vec
#undef vm_int
#undef vm_uint

#endif
