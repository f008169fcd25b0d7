/* rows_isa.c - softmax and normalisation of rows, for the instruction set that this is compiled
 * for. */
#include "cpu.h"
#include "ops/axis.h"
#include "ops/rows.h"
#include "registers.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 32 }; /* vectors summed one after the other */

static int64_t axis_of(const rill_call *call)
{
    return ((const rill_softmax_attrs *)call->attrs)->axis;
}

#define real    float
#define vector  vm_f32
#define any     any_f32
#define NAME(x) f32_##x
#define VM(x)   vm_##x##_f32
#include "rows.inc"
#undef real
#undef vector
#undef any
#undef NAME
#undef VM

#define real    double
#define vector  vm_f64
#define any     any_f64
#define NAME(x) f64_##x
#define VM(x)   vm_##x##_f64
#include "rows.inc"

static int64_t softmax_units(const rill_call *call)
{
    return rill_rows_units(&call->out.shape, axis_of(call));
}

static int64_t softmax_cost(const rill_call *call)
{
    return 10 + call->out.shape.dim[axis_of(call)] / 2;
}

static size_t softmax_scratch(const rill_call *call)
{
    return rill_rows_scratch(&call->out.shape, axis_of(call));
}

static int64_t norm_units(const rill_call *call)
{
    return rill_rows_units(&call->out.shape, call->out.shape.rank - 1);
}

static int64_t norm_cost(const rill_call *call)
{
    return 10 + call->out.shape.dim[call->out.shape.rank - 1] / 4;
}

#define KERNEL(op, type, kind, scratch)                                                            \
    extern const rill_kernel RILL_CPU(op##_##type);                                                \
    const rill_kernel RILL_CPU(op##_##type) = { type##_##op, kind##_units, kind##_cost, scratch, 0 }
KERNEL(softmax, f32, softmax, softmax_scratch);
KERNEL(softmax, f64, softmax, softmax_scratch);
KERNEL(log_softmax, f32, softmax, softmax_scratch);
KERNEL(log_softmax, f64, softmax, softmax_scratch);
KERNEL(layer_norm, f32, norm, NULL);
KERNEL(layer_norm, f64, norm, NULL);
KERNEL(rms_norm, f32, norm, NULL);
KERNEL(rms_norm, f64, norm, NULL);
