#include "one_op.h"

#include "core/rng.h"

#include <stdlib.h>

void bench_one_op_begin(bench_one_op *one)
{
    *one = (bench_one_op){ .g = rill_graph_new(NULL) };
}

rill_tensor *bench_one_op_input(bench_one_op *one, rill_dtype dtype, rill_shape shape, double low,
                                double high)
{
    char name[8];
    int i = one->count++;
    snprintf(name, sizeof name, "x%d", i);
    one->low[i] = low;
    one->high[i] = high;
    one->in[i] = rill_input(one->g, name, dtype, shape);
    return one->in[i];
}

enum { PATTERN = 4096 }; /* numbers, over and over: drawing all would take longer than measuring */

static void fill_f32(float *values, int64_t count, const double *pattern)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)pattern[i % PATTERN];
}

static void fill_f64(double *values, int64_t count, const double *pattern)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = pattern[i % PATTERN];
}

static rill_status feed(bench *b, bench_one_op *one, int i)
{
    double pattern[PATTERN];
    rill_dtype dtype = rill_dtype_of(one->in[i]);
    int64_t count = rill_count(one->in[i]);
    void *values = malloc((size_t)count * rill_dtype_size(dtype));
    if (!values)
        return rill_fail(&b->message, RILL_NO_MEMORY, "out of memory");
    rill_stream_uniform((uint64_t)i, 0, 0, 0, PATTERN, pattern);
    for (int k = 0; k < PATTERN; k++)
        pattern[k] = one->low[i] + (one->high[i] - one->low[i]) * pattern[k];
    if (dtype == RILL_F64)
        fill_f64(values, count, pattern);
    else
        fill_f32(values, count, pattern);
    rill_status status = rill_feed(one->program, one->in[i], values, count);
    free(values);
    return status ? bench_fail_program(b, status, one->program) : RILL_OK;
}

rill_status bench_one_op_compile(bench *b, bench_one_op *one, rill_tensor *y)
{
    rill_status status = RILL_OK;
    one->program = rill_compile(one->g, y);
    if (!one->program)
        return bench_fail_graph(b, one->g);
    for (int i = 0; i < one->count && !status; i++)
        status = feed(b, one, i);
    return status;
}

void bench_one_op_end(bench_one_op *one)
{
    rill_program_free(one->program);
    rill_graph_free(one->g);
    *one = (bench_one_op){ 0 };
}
