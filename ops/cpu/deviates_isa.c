/* deviates_isa.c - uniform and normal deviates, for the instruction set that this is compiled for:
 * the very bits of core/rng.c (f64) and ops/normals.c (f32), in their operations and order, without
 * FMA. */
#include "cpu.h"
#include "ops/random.h"
#include "ops/stream.h"
#include "philox.h"
#include "registers.h"

enum { LANES = PHILOX_LANES };

/* ---- Interleaving: lane i of a, lane i of b, for the lower and the upper half of lanes. */

#define ZIP2_LOW   0, 2
#define ZIP2_HIGH  1, 3
#define ZIP4_LOW   0, 4, 1, 5
#define ZIP4_HIGH  2, 6, 3, 7
#define ZIP8_LOW   0, 8, 1, 9, 2, 10, 3, 11
#define ZIP8_HIGH  4, 12, 5, 13, 6, 14, 7, 15
#define ZIP16_LOW  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP16_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#if VM_BYTES == 64
#define ZIP(a, b, part)       __builtin_shufflevector(a, b, ZIP16_##part)
#define ZIP_PAIRS(a, b, part) __builtin_shufflevector(a, b, ZIP8_##part)
#elif VM_BYTES == 32
#define ZIP(a, b, part)       __builtin_shufflevector(a, b, ZIP8_##part)
#define ZIP_PAIRS(a, b, part) __builtin_shufflevector(a, b, ZIP4_##part)
#else
#define ZIP(a, b, part)       __builtin_shufflevector(a, b, ZIP4_##part)
#define ZIP_PAIRS(a, b, part) __builtin_shufflevector(a, b, ZIP2_##part)
#endif

/* ---- f32: lanes of blocks, one number of each. */

typedef struct f32_numbers {
    vm_f32 lane;
} f32_numbers;

VM_INLINE vm_f32 f32_of(vm_u32 word)
{
    return __builtin_convertvector((vm_i32)word, vm_f32);
}

VM_INLINE vm_f32 f32_chosen(vm_i32 mask, vm_f32 a, vm_f32 b)
{
    return vm_select_f32(mask, a, b);
}

VM_INLINE f32_numbers f32_uniform(vm_u32 word)
{
    return (f32_numbers){ (f32_of(word >> 9) + 0.5F) * 0x1p-23F };
}

VM_INLINE vm_f32 f32_log(vm_u32 word)
{
    vm_i32 near = word >= 0xB504F334u;
    vm_u32 distance = (vm_u32)near ^ word;
    vm_f32 u = f32_of(distance >> 16) * 65536 + (f32_of(distance & 0xffff) + 0.5F);
    vm_u32 bits = (vm_u32)u - (0x3F3504F3u - 0x3F800000u);
    vm_f32 e = f32_chosen(near, u - u, f32_of((bits >> 23) - (127 + 32)));
    vm_f32 f = f32_chosen(near, u * -0x1p-32F, (vm_f32)((bits & 0x007FFFFFu) + 0x3F3504F3u) - 1);
    vm_f32 s = f / (2 + f), z = s * s, half = f * f * 0.5F;
    vm_f32 series = (0.295804677F * z + 0.399887691F) * z + 0.666666851F;
    vm_f32 rest = s * (z * series + half) + e * 0x1.7f7d1cp-20F;
    return e * 0x1.62e4p-1F + (f - (half - rest));
}

VM_INLINE void f32_normal(vm_u32 first, vm_u32 second, f32_numbers out[2])
{
    vm_f32 radius = vm_sqrt_f32(-2 * f32_log(first));
    vm_u32 quarters = (second + (1u << 29)) >> 30;
    vm_f32 a = (f32_of(second - (quarters << 30)) + 0.5F) * 0x1.921fb6p-30F, z = a * a;
    vm_f32 sine = ((2.724962e-6F * z - 0.000198400844F) * z + 0.00833333187F) * z - 0.166666667F;
    vm_f32 cosine = (2.45476897e-5F * z - 0.00138883019F) * z + 0.0416666647F;
    vm_f32 s = a + a * z * sine, c = (1 - z * 0.5F) + z * z * cosine;
    vm_i32 odd = (quarters & 1) != 0;
    vm_u32 flip = (quarters & 2) << 30;
    radius = (vm_f32)((vm_u32)radius ^ flip);
    out[0].lane = radius * f32_chosen(odd, -s, c);
    out[1].lane = radius * f32_chosen(odd, c, s);
}

/* The first `width` (1, 2 or 4) numbers of each block, block by block. */
VM_INLINE void f32_write(float *to, int width, const f32_numbers x[4])
{
    any_f32 *out = (any_f32 *)to;
    if (width == 1) {
        out[0] = x[0].lane;
        return;
    }
    vm_f64 low = (vm_f64)ZIP(x[0].lane, x[1].lane, LOW),
           high = (vm_f64)ZIP(x[0].lane, x[1].lane, HIGH);
    if (width == 2) {
        out[0] = (vm_f32)low;
        out[1] = (vm_f32)high;
        return;
    }
    vm_f64 low_2 = (vm_f64)ZIP(x[2].lane, x[3].lane, LOW);
    vm_f64 high_2 = (vm_f64)ZIP(x[2].lane, x[3].lane, HIGH);
    out[0] = (vm_f32)ZIP_PAIRS(low, low_2, LOW);
    out[1] = (vm_f32)ZIP_PAIRS(low, low_2, HIGH);
    out[2] = (vm_f32)ZIP_PAIRS(high, high_2, LOW);
    out[3] = (vm_f32)ZIP_PAIRS(high, high_2, HIGH);
}

/* ---- f64: the same in two halves. */

typedef struct f64_numbers {
    vm_f64 half[2];
} f64_numbers;

typedef int32_t half_i32 __attribute__((vector_size(VM_BYTES / 2)));

/* Half of the words, less 2^31: signed numbers can be converted at once. */
VM_INLINE vm_f64 f64_of(vm_u32 word, int high)
{
    half_i32 half;
    memcpy(&half, (const char *)&word + (high ? sizeof half : 0), sizeof half);
    return __builtin_convertvector(half, vm_f64);
}

VM_INLINE vm_f64 f64_uniform_half(vm_u32 word, int high)
{
    return (f64_of(word - 0x80000000u, high) + (0x1p31 + 0.5)) * 0x1p-32;
}

VM_INLINE f64_numbers f64_uniform(vm_u32 word)
{
    return (f64_numbers){ { f64_uniform_half(word, 0), f64_uniform_half(word, 1) } };
}

VM_INLINE vm_f64 f64_log(vm_f64 u)
{
    const uint64_t root_half = 0x3FE6A09E667F3BCD, one = 0x3FF0000000000000;
    vm_u64 bits = (vm_u64)u + (one - root_half);
    vm_f64 e = vm_from_int_f64((vm_i64)(bits >> 52) - 1023);
    vm_f64 m = (vm_f64)((bits & 0x000FFFFFFFFFFFFF) + root_half);
    vm_f64 s = (m - 1) / (m + 1), z = s * s, sum = 1.0 / 21 + (vm_f64){ 0 };
#pragma GCC unroll 10
    for (int n = 19; n > 0; n -= 2)
        sum = sum * z + 1.0 / n;
    return e * 0.693147180559945309417 + 2 * s * sum;
}

VM_INLINE void f64_circle(vm_f64 a, vm_f64 *cosine, vm_f64 *sine)
{
    vm_f64 z = a * a, c = 1 + (vm_f64){ 0 }, s = c;
#pragma GCC unroll 8
    for (int n = 16; n > 0; n -= 2)
        c = 1 - c * z * (1.0 / (n * (n - 1)));
#pragma GCC unroll 8
    for (int n = 17; n > 1; n -= 2)
        s = 1 - s * z * (1.0 / (n * (n - 1)));
    *cosine = c;
    *sine = s * a;
}

VM_INLINE void f64_normal(vm_u32 first, vm_u32 second, f64_numbers out[2])
{
    vm_u32 quarters = (second + (1u << 29)) >> 30, rest = second - (quarters << 30);
    for (int high = 0; high < 2; high++) {
        vm_f64 radius = vm_sqrt_f64(-2 * f64_log(f64_uniform_half(first, high))), c, s;
        f64_circle((f64_of(rest, high) + 0.5) * (0x1p-30 * 1.57079632679489661923), &c, &s);
        vm_i64 odd = f64_of(quarters & 1, high) != 0, flip = f64_of(quarters & 2, high) != 0;
        radius = vm_select_f64(flip, -radius, radius);
        out[0].half[high] = radius * vm_select_f64(odd, -s, c);
        out[1].half[high] = radius * vm_select_f64(odd, c, s);
    }
}

VM_INLINE void f64_write(double *to, int width, const f64_numbers x[4])
{
    double number[4][LANES];
    memcpy(number, x, (size_t)width * sizeof *x);
    for (int i = 0; i < LANES; i++)
        for (int k = 0; k < width; k++)
            to[i * width + k] = number[k][i];
}

/* ---- Filling an output, for both. */

#define real    float
#define NAME(x) f32_##x
#include "deviates_fill.inc"
#undef real
#undef NAME

#define real    double
#define NAME(x) f64_##x
#include "deviates_fill.inc"
#undef real
#undef NAME

static int64_t cost(const rill_call *call)
{
    return 10 + rill_stream_columns(&call->out.shape);
}

#define KERNEL(op, type)                                                                           \
    extern const rill_kernel RILL_CPU(op##_##type);                                                \
    const rill_kernel RILL_CPU(op##_##type) = { type##_##op##_eval, rill_stream_rows, cost, NULL,  \
                                                0 }
KERNEL(uniform, f32);
KERNEL(uniform, f64);
KERNEL(normal, f32);
KERNEL(normal, f64);

/* For the host's own streams. */
extern rill_stream_fn RILL_CPU(normals);
void RILL_CPU(normals)(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                       double *out)
{
    philox_place at = {
        .key = key, .step = step, .block = (uint32_t)(first / 4), .row = (uint64_t)row
    };
    f64_fill_row(at, count, f64_normal, out);
}
