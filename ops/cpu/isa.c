/* isa.c - the table of everything that is compiled for one instruction set. */
#include "cpu.h"

#define f32_dtype RILL_F32
#define f64_dtype RILL_F64
#define i32_dtype RILL_I32

extern const rill_cpu_map RILL_CPU(maps)[];
extern const rill_cpu_pair RILL_CPU(pairs)[];
extern rill_stream_fn RILL_CPU(normals);

#define KERNEL(name, type)                                                                         \
    extern const rill_op rill_##name##_op;                                                         \
    extern const rill_kernel RILL_CPU(name##_##type);
#include "kernels.def"
#undef KERNEL

static const rill_cpu_kernel kernels[] = {
#define KERNEL(name, type) { &rill_##name##_op, type##_dtype, &RILL_CPU(name##_##type) },
#include "kernels.def"
#undef KERNEL
    { NULL, RILL_F32, NULL }
};

#define TEXT(x)    #x
#define TEXT_OF(x) TEXT(x)

extern const rill_cpu_isa RILL_CPU(isa);
const rill_cpu_isa RILL_CPU(isa) = { TEXT_OF(RILL_ISA), RILL_CPU(maps), RILL_CPU(pairs), kernels,
                                     RILL_CPU(normals) };
