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

#if VM_BYTES == 64
#define F32_LANES 16
#define F64_LANES 8
#elif VM_BYTES == 32
#define F32_LANES 8
#define F64_LANES 4
#else
#define F32_LANES 4
#define F64_LANES 2
#endif

/* Every other place of two vectors in a row. */
#define EVENS_2               0, 2
#define EVENS_4               EVENS_2, 4, 6
#define EVENS_8               EVENS_4, 8, 10, 12, 14
#define EVENS_16              EVENS_8, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS_2                1, 3
#define ODDS_4                ODDS_2, 5, 7
#define ODDS_8                ODDS_4, 9, 11, 13, 15
#define ODDS_16               ODDS_8, 17, 19, 21, 23, 25, 27, 29, 31

#define PASTE(places, lanes)  places##lanes
#define PLACES(places, lanes) PASTE(places, lanes)

#define real                  float
#define vector                vm_f32
#define any                   any_f32
#define FMA                   vm_fma_f32
#define NAME(x)               f32_##x
#define LANES                 F32_LANES
#include "gemm_narrow.inc"
#include "gemm_tile.inc"
#undef LANES
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
#define LANES   F64_LANES
#include "gemm_narrow.inc"
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
KERNEL(matmul_panels, gemm_panels, f32, 0)
KERNEL(matmul_panels, gemm_panels, f64, 0)
