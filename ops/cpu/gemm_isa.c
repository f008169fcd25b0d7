/* gemm_isa.c - the matrix product's microkernels for the instruction set that this is compiled for.
 */
#include "cpu.h"
#include "gemm.h"
#include "registers.h"

#include <string.h>

/* Sums, a row of b and a broadcast stay within the registers: 8 x 2 of 32, 6 x 2 of 16. */
#if VECTOR_REGISTERS == 32
#define TILE_ROWS 8
#else
#define TILE_ROWS 6
#endif

#define real    float
#define vector  vm_f32
#define any     any_f32
#define FMA     vm_fma_f32
#define NAME(x) f32_##x
#include "gemm_tile.inc"
#undef real
#undef vector
#undef any
#undef FMA
#undef NAME

#define real    double
#define vector  vm_f64
#define any     any_f64
#define FMA     vm_fma_f64
#define NAME(x) f64_##x
#include "gemm_tile.inc"

extern const rill_kernel RILL_CPU(matmul_f32), RILL_CPU(matmul_f64);
const rill_kernel RILL_CPU(matmul_f32) = { f32_eval, f32_units, f32_cost, f32_scratch };
const rill_kernel RILL_CPU(matmul_f64) = { f64_eval, f64_units, f64_cost, f64_scratch };
