/* cpu.h (private) - fast kernels, one source compiled once per instruction set.
 *
 * Every file that RILL_CPU() appears in is compiled for each instruction set with -DRILL_ISA=avx2
 * (or whatever its name is) and the compiler's flags for it, so that its symbols carry the name:
 * RILL_CPU(matmul_f32) is rill_cpu_avx2_matmul_f32.  Such a file sees the registers it has through
 * vecmath.h (VM_BYTES).  One more
 * kernel is a file here, its name in meson.build, and a line in kernels.def. */
#ifndef RILL_OPS_CPU_CPU_H
#define RILL_OPS_CPU_CPU_H

#include "core/builtin.h"

#define RILL_CPU_PASTE(isa, name)  rill_cpu_##isa##_##name
#define RILL_CPU_EXPAND(isa, name) RILL_CPU_PASTE(isa, name)
#define RILL_CPU(name)             RILL_CPU_EXPAND(RILL_ISA, name)

/* The maps of an elementwise op.  What is NULL runs as the op's reference map. */
typedef struct rill_cpu_map {
    const rill_op *op;
    rill_map *map[RILL_DTYPE_COUNT];
} rill_cpu_map;

/* Two elementwise ops of one input in one sweep, by float type. */
typedef struct rill_cpu_pair {
    const rill_op *first, *second;
    rill_pair_map *map[RILL_DTYPE_COUNT];
} rill_cpu_pair;

/* The kernel of a structured op for one dtype of output. */
typedef struct rill_cpu_kernel {
    const rill_op *op;
    rill_dtype dtype;
    const rill_kernel *kernel;
} rill_cpu_kernel;

/* All that is compiled for one instruction set.  Both lists end with an entry whose op is NULL. */
typedef struct rill_cpu_isa {
    const char *name; /* "avx512" */
    const rill_cpu_map *maps;
    const rill_cpu_pair *pairs;
    const rill_cpu_kernel *kernels;
    rill_stream_fn *normals;
} rill_cpu_isa;

/* The instruction sets that this machine can run, best first, NULL at the end. */
const rill_cpu_isa *const *rill_cpu_isas(void);
/* Look-ups in one of them; NULL when it has nothing for the op. */
rill_map *rill_cpu_find_map(const rill_cpu_isa *isa, const rill_op *op, rill_dtype dtype);
const rill_kernel *rill_cpu_find_kernel(const rill_cpu_isa *isa, const rill_op *op,
                                        rill_dtype dtype);

#endif
