/* Matrix products by shape, transposition and type, as shares of the FMA peak. */
#include "one_op.h"
#include "sections.h"
#include "self.h"

#include "ops/matmul.h"

#include <string.h>

/* y [m, n] = a [m, k] b [k, n] */
static const struct shape {
    int64_t m, k, n;
} shapes[] = {
    { 1024, 1024, 1024 }, { 1024, 256, 256 }, { 4096, 512, 512 },
    { 256, 64, 64 },      { 64, 64, 64 },  /* slices of a batch */
    { 128, 256, 256 },    { 4096, 3, 64 }, /* the first layer of a field in the plane, */
    { 4096, 64, 2 },                       /* the last, */
    { 64, 1024, 64 },                      /* and the gradient of weights */
    { 1, 512, 512 },
};

static const struct form {
    const char *name;
    int transpose_a, transpose_b; /* how the operand lies in memory */
} forms[] = { { "NN", 0, 0 }, { "NT", 0, 1 }, { "TN", 1, 0 } };

static double flops_of(const struct shape *s)
{
    return 2.0 * (double)s->m * (double)s->k * (double)s->n;
}

static rill_status compile(bench *b, bench_one_op *one, const struct shape *s,
                           const struct form *form, rill_dtype dtype)
{
    rill_shape left = form->transpose_a ? RILL_SHAPE(s->k, s->m) : RILL_SHAPE(s->m, s->k);
    rill_shape right = form->transpose_b ? RILL_SHAPE(s->n, s->k) : RILL_SHAPE(s->k, s->n);
    bench_one_op_begin(one);
    rill_tensor *x = bench_one_op_input(one, dtype, left, -1, 1);
    rill_tensor *y = bench_one_op_input(one, dtype, right, -1, 1);
    return bench_one_op_compile(b, one,
                                rill_matmul_transposed(x, form->transpose_a, y, form->transpose_b));
}

/* Several threads are of use to products as large as those of training, in f32. */
static int is_for_threads(const struct shape *s, rill_dtype dtype)
{
    return dtype == RILL_F32 && flops_of(s) >= 2.0 * 1024 * 256 * 256;
}

static rill_status measure(bench *b, const struct shape *s, const struct form *form,
                           rill_dtype dtype, const char *name)
{
    bench_one_op one;
    bench_timing timing;
    bench_limit limit = dtype == RILL_F64 ? BENCH_FMA_F64 : BENCH_FMA_F32;
    rill_status status = compile(b, &one, s, form, dtype);
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads)) {
        if (threads > 1 && !is_for_threads(s, dtype))
            break;
        status = bench_time_program(b, one.program, threads, limit, &timing);
        bench_key key = { "matmul", name, .threads = threads };
        if (!status)
            bench_put_timing(b, &key, &timing, limit, flops_of(s));
        bench_show(b);
    }
    bench_one_op_end(&one);
    return status;
}

static rill_status measure_all(bench *b, rill_dtype dtype)
{
    char name[BENCH_NAME];
    rill_status status = RILL_OK;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t k = 0; k < sizeof forms / sizeof *forms && !status; k++) {
            snprintf(name, sizeof name, "%s %s %lldx%lldx%lld", rill_dtype_name(dtype),
                     forms[k].name, (long long)shapes[i].m, (long long)shapes[i].k,
                     (long long)shapes[i].n);
            if (bench_wants(b, name))
                status = measure(b, &shapes[i], &forms[k], dtype, name);
        }
    return status;
}

/* What processors without AVX-512 would run, beside the peak that they would have. */
static rill_status measure_avx2(bench *b)
{
    static const char cube[] = "f32 NN 1024x1024x1024", name[] = "avx2 f32 NN 1024x1024x1024";
    static const bench_quantity both[] = { BENCH_TIME, BENCH_PEAK_SHARE };
    if (!bench_wants(b, name) || strcmp(rill_instruction_set(), "avx512") != 0)
        return RILL_OK;
    bench_report report = { 0 };
    rill_status status = bench_run_self(b, "RILL_ISA=avx2", "matmul", cube, b->seconds, &report);
    for (int i = 0; i < 2 && !status; i++)
        bench_put(b, &(bench_key){ "matmul", name }, both[i],
                  bench_value(&report.figures, &(bench_key){ "matmul", cube }, both[i]));
    bench_show(b);
    return status;
}

static rill_status run(bench *b)
{
    rill_status status = measure_all(b, RILL_F32);
    if (!status)
        status = measure_all(b, RILL_F64);
    return status ? status : measure_avx2(b);
}

const bench_section bench_matmul_section = {
    .name = "matmul",
    .doc = "matrix products by shape, transposition and type",
    .run = run,
};
