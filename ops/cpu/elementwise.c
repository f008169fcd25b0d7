/* elementwise.c - the formulas of elementwise.def on vectors, for one instruction set. */
#include "cpu.h"
#include "vocabulary.h"

#include "ops/elementwise.h"

#define VM_TYPE f32
#define VM_REAL float
#define vm_vec  vm_f32
#define vm_int  vm_i32
#include "elementwise_maps.inc"
#undef VM_TYPE
#undef VM_REAL
#undef vm_vec
#undef vm_int

#define VM_TYPE f64
#define VM_REAL double
#define vm_vec  vm_f64
#define vm_int  vm_i64
#include "elementwise_maps.inc"
#undef VM_TYPE
#undef VM_REAL
#undef vm_vec
#undef vm_int

extern const rill_cpu_map RILL_CPU(maps)[];
const rill_cpu_map RILL_CPU(maps)[] = {
#define MAPPED(name)           { &rill_##name##_op, { vm_map_##name##_f32, vm_map_##name##_f64, NULL } },
#define MAP1(name, types, ...) MAPPED(name)
#define MAP2(name, types, ...) MAPPED(name)
#define MAP3(name, types, ...) MAPPED(name)
#include "ops/elementwise.def"
    { NULL, { NULL, NULL, NULL } }
};

extern const rill_cpu_pair RILL_CPU(pairs)[];
const rill_cpu_pair RILL_CPU(pairs)[] = {
#define PAIRED(name, with)                                                                         \
    { &rill_##name##_op,                                                                           \
      &rill_##with##_op,                                                                           \
      { vm_pair_##name##_##with##_f32, vm_pair_##name##_##with##_f64, NULL } },
#define PAIR(name, with, formula) PAIRED(name, with) PAIRED(with, name)
#include "pairs.def"
    { NULL, NULL, { NULL, NULL, NULL } }
};
