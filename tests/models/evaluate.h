/* evaluate.h - from a tensor to its numbers in one call, for the tests of models. */
#ifndef RILL_TESTS_MODELS_EVALUATE_H
#define RILL_TESTS_MODELS_EVALUATE_H

#include "core/graph.h"
#include "core/program.h"
#include "core/rng.h"
#include "core/store.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

/* The program of some outputs, or a failed test that says why. */
static inline rill_program *compiled(rill_graph *g, rill_tensor *const *outputs, int64_t count)
{
    rill_program *p = rill_compile_outputs(g, outputs, count, NULL);
    ck_assert_msg(p != NULL, "does not compile: %s", rill_error(g) ? rill_error(g) : "?");
    return p;
}

static inline void run(rill_program *p)
{
    rill_status status = rill_run(p);
    ck_assert_msg(status == RILL_OK, "does not run: %s", rill_program_error(p));
}

/* The value of y, of `count` elements, without inputs to feed. */
static inline void evaluate(rill_tensor *y, void *out, int64_t count)
{
    rill_program *p = compiled(rill_graph_of(y), &y, 1);
    run(p);
    ck_assert_int_eq(rill_read(p, y, out, count), RILL_OK);
    rill_program_free(p);
}

/* n standard normal deviates of (seed, row), in an array that lasts until the same row is asked for
 * again. */
static inline double *normals(uint64_t seed, int row, int64_t n)
{
    static double values[8][4096];
    ck_assert(row >= 0 && row < 8 && n <= 4096);
    rill_stream_normal(rill_stream_key(seed, "test"), 0, row, 0, n, values[row]);
    return values[row];
}

/* Those as a constant of f64. */
static inline rill_tensor *normal_constant(rill_graph *g, uint64_t seed, int row, rill_shape shape)
{
    int64_t n = rill_shape_count(&shape);
    return rill_constant(g, RILL_F64, shape, normals(seed, row, n), n);
}

/* Times spread over (0,1), as a constant [n] or [n,1] of f64. */
static inline rill_tensor *time_constant(rill_graph *g, rill_shape shape)
{
    double times[1024];
    int64_t n = rill_shape_count(&shape);
    ck_assert(n >= 0 && n <= 1024);
    for (int64_t i = 0; i < n; i++)
        times[i] = ((double)i + .5) / (double)n;
    return rill_constant(g, RILL_F64, shape, times, n);
}

#endif
