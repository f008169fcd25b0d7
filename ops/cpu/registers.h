/* registers.h (private) - what kernels that keep a tile in registers add to vecmath.h. */
#ifndef RILL_OPS_CPU_REGISTERS_H
#define RILL_OPS_CPU_REGISTERS_H

#include "vecmath.h"

/* Vectors at any address, of floats that other code reads one by one. */
typedef vm_f32 any_f32 __attribute__((aligned(4), may_alias));
typedef vm_f64 any_f64 __attribute__((aligned(8), may_alias));

/* How many vector registers there are. */
#if VM_BYTES == 64 || defined(__aarch64__)
#define VECTOR_REGISTERS 32
#else
#define VECTOR_REGISTERS 16
#endif

/* Before a loop over an array that is to be registers, which it is only once the loop is unrolled.
 * gcc does that too late unless it is asked; clang does it in time unless it is asked. */
#if defined(__clang__)
#define UNROLL
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#endif
