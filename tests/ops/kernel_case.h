/* kernel_case.h - calls kernels by hand: the reference and the fast ones of every instruction set
 * that this machine has, on arrays that end where their memory ends (sanitizers see a read too far)
 * and outputs between guards (so is a write). */
#ifndef RILL_TESTS_OPS_KERNEL_CASE_H
#define RILL_TESTS_OPS_KERNEL_CASE_H

#include "core/rng.h"
#include "ops/cpu/cpu.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, GUARD_BYTE = 0xA5 };

typedef struct kernel_case {
    rill_call call;
    rill_array_view in[2];
    unsigned char *guarded; /* the output's memory */
    size_t bytes;           /* of the output */
} kernel_case;

static inline double number_at(const rill_array_view *view, int64_t i)
{
    return view->dtype == RILL_F64   ? ((const double *)view->data)[i]
           : view->dtype == RILL_F32 ? (double)((const float *)view->data)[i]
                                     : ((const int32_t *)view->data)[i];
}

static inline void set_number(rill_array_view *view, int64_t i, double value)
{
    if (view->dtype == RILL_F64)
        ((double *)view->data)[i] = value;
    else
        ((float *)view->data)[i] = (float)value;
}

/* Uniform on [-1, 1). */
static inline double deviate(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = (*state ^ *state >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

/* The shape and dtype of the result, as the op itself infers them. */
static inline rill_array_view inferred(const rill_op *op, const void *attrs, int count,
                                       const rill_array_view *in)
{
    rill_shape shape[2];
    rill_dtype dtype[2];
    for (int i = 0; i < count; i++) {
        shape[i] = in[i].shape;
        dtype[i] = in[i].dtype;
    }
    rill_infer infer = { .op = op, .count = count, .shape = shape, .dtype = dtype, .attrs = attrs };
    ck_assert_msg(op->infer(&infer), "%s: %s", op->name, infer.message.text);
    return (rill_array_view){ infer.out_dtype, infer.out_shape, NULL };
}

/* A call with uniform inputs.  `c` must not move. */
static inline void case_begin(kernel_case *c, const rill_op *op, const void *attrs,
                              rill_dtype dtype, int count, const rill_shape *shapes, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    for (int i = 0; i < count; i++) {
        int64_t n = rill_shape_count(&shapes[i]);
        c->in[i] =
            (rill_array_view){ dtype, shapes[i], malloc((size_t)n * rill_dtype_size(dtype)) };
        for (int64_t k = 0; k < n; k++)
            set_number(&c->in[i], k, deviate(&seed));
    }
    c->call = (rill_call){ op, attrs, count, c->in, inferred(op, attrs, count, c->in) };
    c->bytes = (size_t)rill_shape_count(&c->call.out.shape) * rill_dtype_size(c->call.out.dtype);
    c->guarded = malloc(c->bytes + 2 * GUARD);
    c->call.out.data = c->guarded + GUARD;
}

static inline void case_end(kernel_case *c)
{
    for (int i = 0; i < c->call.count; i++)
        free(c->in[i].data);
    free(c->guarded);
}

enum { ALL_AT_ONCE = 0 }; /* or so many units at a time, from the last to the first */

/* Runs the kernel over the output as it is; fails when a guard was written to. */
static inline void run_kernel_over(kernel_case *c, const rill_kernel *kernel, int64_t at_a_time)
{
    int64_t units = kernel->units ? kernel->units(&c->call) : 1;
    size_t scratch = kernel->scratch ? kernel->scratch(&c->call) : 0;
    c->call.scratch = aligned_alloc(64, (scratch + 63) / 64 * 64 + 64);
    memset(c->call.scratch, 0xFF, scratch); /* NaN: what it held must not matter */
    if (at_a_time == ALL_AT_ONCE)
        kernel->eval(&c->call, 0, units);
    else
        for (int64_t end = units; end > 0; end -= at_a_time)
            kernel->eval(&c->call, end > at_a_time ? end - at_a_time : 0, end);
    free(c->call.scratch);
    int held = 1;
    for (int i = 0; i < GUARD; i++)
        held &=
            c->guarded[i] == GUARD_BYTE && c->guarded[GUARD + c->bytes + (size_t)i] == GUARD_BYTE;
    ck_assert_msg(held, "%s: written outside of the output", c->call.op->name);
}

/* The same over a poisoned output. */
static inline void run_kernel(kernel_case *c, const rill_kernel *kernel, int64_t at_a_time)
{
    memset(c->guarded, GUARD_BYTE, c->bytes + 2 * GUARD);
    run_kernel_over(c, kernel, at_a_time);
}

/* A copy of the output, to free. */
static inline rill_array_view output_copy(const kernel_case *c)
{
    rill_array_view copy = c->call.out;
    copy.data = malloc(c->bytes + 1);
    memcpy(copy.data, c->call.out.data, c->bytes);
    return copy;
}

/* What a unit computes does not depend on how units are grouped. */
static inline void check_split(kernel_case *c, const rill_kernel *kernel, uint64_t seed)
{
    run_kernel(c, kernel, ALL_AT_ONCE);
    rill_array_view whole = output_copy(c);
    for (int64_t at_a_time = 1; at_a_time <= 3; at_a_time++) {
        run_kernel(c, kernel, at_a_time);
        ck_assert_msg(!memcmp(whole.data, c->call.out.data, c->bytes), "%s: split, seed %llu",
                      c->call.op->name, (unsigned long long)seed);
    }
    free(whole.data);
}

static inline double epsilon(rill_dtype dtype)
{
    return dtype == RILL_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

#endif
