/* Every elementwise op of the registry, and random numbers: in cache, and over memory. */
#include "one_op.h"
#include "sections.h"

#include "ops/random.h"

#include <math.h>
#include <string.h>

/* In the second level of cache, and long enough that starting costs nothing; far beyond caches. */
enum { IN_CACHE = 1 << 14, IN_MEMORY = 1 << 24, ROW = 64 };

/* What the section measures, made for a number of elements. */
typedef struct subject {
    const char *name;
    const rill_op *op; /* elementwise; NULL: random numbers */
    rill_tensor *(*random)(rill_graph *, rill_dtype, rill_shape);
    int64_t row; /* random numbers of a row */
} subject;

/* Rows of two are what a flow in the plane draws. */
static const subject random_subjects[] = {
    { "normal", NULL, rill_normal, ROW },
    { "normal, rows of 2", NULL, rill_normal, 2 },
    { "uniform", NULL, rill_uniform, ROW },
};

static rill_tensor *apply(bench_one_op *one, const rill_op *op, int64_t count)
{
    const rill_sample *sample = op->samples;
    rill_tensor *in[BENCH_OP_INPUTS];
    for (int i = 0; i < op->arity; i++) {
        double low = sample ? sample->low[i] : 0, high = sample ? sample->high[i] : 0;
        in[i] = bench_one_op_input(one, RILL_F32, RILL_SHAPE(count), low < high ? low : -2,
                                   low < high ? high : 2);
    }
    return rill_apply(op, in, op->arity, NULL);
}

static rill_status compile(bench *b, bench_one_op *one, const subject *s, int64_t count)
{
    bench_one_op_begin(one);
    rill_tensor *y = s->op ? apply(one, s->op, count)
                           : s->random(one->g, RILL_F32, RILL_SHAPE(count / s->row, s->row));
    return bench_one_op_compile(b, one, y);
}

static rill_status measure_in_cache(bench *b, const subject *s)
{
    bench_one_op one;
    bench_timing timing;
    bench_key key = { "elementwise", s->name };
    rill_status status = compile(b, &one, s, IN_CACHE);
    int idle = !status && rill_program_describe(one.program).steps == 0; /* simplified away: stop */
    if (!status && !idle)
        status = bench_time_program(b, one.program, 1, BENCH_FMA_F32, &timing);
    if (!status && !idle) {
        bench_put(b, &key, BENCH_ELEMENT_TIME, timing.seconds / IN_CACHE);
        bench_put(b, &key, BENCH_ELEMENT_FLOPS, timing.capacity / IN_CACHE);
    }
    bench_one_op_end(&one);
    return status;
}

/* What memory or arithmetic would take alone, whichever is longer, over what both take. */
static double roof_share(const bench *b, const subject *s, const bench_timing *timing, double bytes,
                         int threads)
{
    bench_key key = { "elementwise", s->name };
    double memory = bytes / timing->capacity;
    double arithmetic = IN_MEMORY * bench_value(&b->report.figures, &key, BENCH_ELEMENT_TIME) /
                        threads / timing->seconds;
    return fmax(memory, arithmetic);
}

/* Each input is read, the output written. */
static rill_status measure_in_memory(bench *b, const subject *s)
{
    bench_one_op one;
    bench_timing timing;
    double bytes = (double)IN_MEMORY * (double)sizeof(float) * (s->op ? s->op->arity + 1 : 1);
    rill_status status = compile(b, &one, s, IN_MEMORY);
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads)) {
        bench_key key = { "elementwise", s->name, .threads = threads };
        status = bench_time_program(b, one.program, threads, BENCH_COPY, &timing);
        if (!status) {
            bench_put(b, &key, BENCH_BANDWIDTH, bytes / timing.seconds);
            bench_put(b, &key, BENCH_COPY_SHARE, bytes / timing.capacity);
            bench_put(b, &key, BENCH_ROOF_SHARE, roof_share(b, s, &timing, bytes, threads));
        }
        bench_show(b);
    }
    bench_one_op_end(&one);
    return status;
}

static rill_status measure(bench *b, const subject *s)
{
    if (!bench_wants(b, s->name))
        return RILL_OK;
    rill_status status = measure_in_cache(b, s);
    int measured = bench_find(&b->report.figures, &(bench_key){ "elementwise", s->name },
                              BENCH_ELEMENT_TIME) != NULL;
    return measured ? measure_in_memory(b, s) : status;
}

static rill_status run(bench *b)
{
    const rill_op *op;
    rill_status status = RILL_OK;
    for (int i = 0; (op = rill_op_at(i)) && !status; i++)
        if ((op->traits & RILL_ELEMENTWISE) && op->map[RILL_F32] && op->attr_size == 0 &&
            op->arity > 0 && op->arity <= BENCH_OP_INPUTS)
            status = measure(b, &(subject){ .name = op->name, .op = op });
    for (size_t i = 0; i < sizeof random_subjects / sizeof *random_subjects && !status; i++)
        status = measure(b, &random_subjects[i]);
    return status;
}

const bench_section bench_elementwise_section = {
    .name = "elementwise",
    .doc = "elementwise ops and random numbers: in cache, and over 16 million floats",
    .run = run,
};
