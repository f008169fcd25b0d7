/* one_op.h - programs of one op: kernels are measured as users run them, through rill_run. */
#ifndef RILL_TOOLS_BENCH_ONE_OP_H
#define RILL_TOOLS_BENCH_ONE_OP_H

#include "bench.h"

enum { BENCH_OP_INPUTS = 4 };

typedef struct bench_one_op {
    rill_graph *g;
    rill_tensor *in[BENCH_OP_INPUTS]; /* what y was made from, by bench_one_op_input */
    double low[BENCH_OP_INPUTS], high[BENCH_OP_INPUTS];
    int count;
    rill_program *program;
} bench_one_op;

void bench_one_op_begin(bench_one_op *one);
/* An input that will be fed with numbers of [low, high). */
rill_tensor *bench_one_op_input(bench_one_op *one, rill_dtype dtype, rill_shape shape, double low,
                                double high);
/* Compiles y and feeds its inputs. */
rill_status bench_one_op_compile(bench *b, bench_one_op *one, rill_tensor *y);
/* Always, at the end. */
void bench_one_op_end(bench_one_op *one);

#endif
