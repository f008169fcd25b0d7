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

#define KERNEL(op, members, real, adds)                                                            \
    extern const rill_kernel RILL_CPU(op##_##real);                                                \
    const rill_kernel RILL_CPU(op##_##real) = { real##_##members##_eval, real##_##members##_units, \
                                                real##_##members##_cost,                           \
                                                real##_##members##_scratch, adds };
KERNEL(matmul, gemm, f32, 1)
KERNEL(matmul, gemm, f64, 1)
KERNEL(panels, panels, f32, 0)
KERNEL(panels, panels, f64, 0)
KERNEL(matmul_panels, gemm_panels, f32, 1)
KERNEL(matmul_panels, gemm_panels, f64, 1)
