/* value.h - numbers into tensors and out of them in one call, for the tests of ops. */
#ifndef RILL_TESTS_OPS_VALUE_H
#define RILL_TESTS_OPS_VALUE_H

#include "core/graph.h"
#include "core/program.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 18 }; /* elements of a tensor in these tests */

/* A constant of any dtype from `count` numbers. */
static inline rill_tensor *numbers(rill_graph *g, rill_dtype dtype, rill_shape shape,
                                   const double *values)
{
    int64_t count = rill_shape_count(&shape);
    ck_assert(count >= 0 && count <= MOST);
    char *data = calloc((size_t)count + 1, sizeof(double));
    for (int64_t i = 0; i < count; i++) {
        if (dtype == RILL_F32)
            ((float *)(void *)data)[i] = (float)values[i];
        else if (dtype == RILL_F64)
            ((double *)(void *)data)[i] = values[i];
        else
            ((int32_t *)(void *)data)[i] = (int32_t)values[i];
    }
    rill_tensor *x = rill_constant(g, dtype, shape, data, count);
    free(data);
    return x;
}

/* 1, 2, 3, ...: every element tells where it came from. */
static inline rill_tensor *counting(rill_graph *g, rill_dtype dtype, rill_shape shape)
{
    double values[4096];
    for (int i = 0; i < 4096; i++)
        values[i] = i + 1;
    ck_assert(rill_shape_count(&shape) <= 4096);
    return numbers(g, dtype, shape, values);
}

/* Copies the `count` elements of an output as doubles. */
static inline void read_numbers(rill_program *p, const rill_tensor *y, double *out, int64_t count)
{
    char *data = calloc((size_t)count + 1, sizeof(double));
    ck_assert_int_eq(rill_count(y), count);
    ck_assert_int_eq(rill_read(p, y, data, count), RILL_OK);
    for (int64_t i = 0; i < count; i++)
        out[i] = rill_dtype_of(y) == RILL_F32   ? (double)((float *)(void *)data)[i]
                 : rill_dtype_of(y) == RILL_F64 ? ((double *)(void *)data)[i]
                                                : (double)((int32_t *)(void *)data)[i];
    free(data);
}

static inline void value_under(rill_tensor *y, uint32_t passes_off, double *out, int64_t count)
{
    rill_graph *g = rill_graph_of(y);
    rill_compile_options options = { .passes_off = passes_off };
    rill_program *p = rill_compile_outputs(g, &y, 1, &options);
    ck_assert_msg(p != NULL, "does not compile: %s", rill_error(g) ? rill_error(g) : "?");
    ck_assert_msg(rill_run(p) == RILL_OK, "does not run: %s", rill_program_error(p));
    read_numbers(p, y, out, count);
    rill_program_free(p);
}

/* The numbers of y, which needs nothing fed; the same whether simplified, folded and fused or not.
 */
static inline void value(rill_tensor *y, double *out, int64_t count)
{
    double *plain = calloc((size_t)count + 1, sizeof *plain);
    value_under(y, RILL_NO_SIMPLIFY | RILL_NO_FUSE, plain, count);
    value_under(y, 0, out, count);
    ck_assert_msg(memcmp(plain, out, (size_t)count * sizeof *out) == 0,
                  "%s: the value depends on the passes", rill_op_of(y)->name);
    free(plain);
}

/* The graph has failed, and says so with these words. */
static inline void refused(rill_graph *g, const char *words)
{
    ck_assert_msg(rill_error(g) != NULL, "not refused: %s", words);
    ck_assert_msg(strstr(rill_error(g), words) != NULL, "refused with \"%s\", not \"%s\"",
                  rill_error(g), words);
}

static inline void shape_is(const rill_tensor *y, const char *expected)
{
    char text[RILL_SHAPE_TEXT];
    rill_shape shape = rill_shape_of(y);
    ck_assert_msg(!rill_is_inert(y), "refused: %s", rill_error(rill_graph_of(y)));
    ck_assert_str_eq(rill_shape_print(&shape, text, sizeof text), expected);
}

#endif
