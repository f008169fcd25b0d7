/* The bench: numbers, verdicts, and programs that take and give doubles. */
#include "gradcheck_impl.h"

#include "base/alloc.h"
#include "core/graph_impl.h"
#include "core/rng.h"
#include "core/store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[RILL_CHECK_COUNT] = {
    [RILL_CHECK_BUILD] = "build",         [RILL_CHECK_FIRST] = "first order",
    [RILL_CHECK_SECOND] = "second order", [RILL_CHECK_THIRD] = "third order",
    [RILL_CHECK_DUALITY] = "duality",     [RILL_CHECK_LINEARITY] = "linearity",
    [RILL_CHECK_SUBSETS] = "subsets",     [RILL_CHECK_ZERO] = "zero gradient",
    [RILL_CHECK_EXPANSION] = "expansion", [RILL_CHECK_KERNEL] = "kernel",
    [RILL_CHECK_PASSES] = "passes",       [RILL_CHECK_SPLIT] = "split",
    [RILL_CHECK_ROWS] = "rows",           [RILL_CHECK_SAMPLES] = "samples",
};

const char *rill_check_name(rill_check check)
{
    return (int)check >= 0 && check < RILL_CHECK_COUNT ? names[check] : "?";
}

/* ---- Begin and end. */

rill_check_options rill_bench_options(const rill_check_options *options)
{
    rill_check_options o = { 0 };
    if (options)
        o = *options;
    o.name = o.name ? o.name : "function";
    o.orders = o.orders > 0 && o.orders <= 3 ? o.orders : 2;
    o.entries = o.entries > 0 ? o.entries : 64;
    return o;
}

rill_bench rill_bench_begin(const rill_check_options *o, rill_check_report *report)
{
    *report = (rill_check_report){ 0 };
    return (rill_bench){ .seed = o->seed, .report = report, .name = o->name };
}

rill_status rill_bench_end(rill_bench *b, rill_message *message)
{
    rill_status status = b->status;
    if (status != RILL_OK)
        rill_fail(message, status, "%s: %s", b->name, rill_status_text(status));
    else if (b->report->failed > 0)
        status = rill_fail(message, RILL_MISMATCH, "%s", b->report->first.text);
    rill_arena_free(&b->arena);
    return status;
}

/* ---- Numbers. */

double *rill_bench_zeros(rill_bench *b, int64_t count)
{
    double *numbers = rill_arena_take(&b->arena, (size_t)(count > 0 ? count : 1) * sizeof *numbers);
    if (!numbers)
        b->status = RILL_NO_MEMORY;
    return numbers;
}

double *rill_bench_uniform(rill_bench *b, int64_t count, double low, double high)
{
    double *numbers = rill_bench_zeros(b, count);
    if (!numbers)
        return NULL;
    rill_stream_uniform(b->seed, 0, (int64_t)b->drawn++, 0, count, numbers);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = low + (high - low) * numbers[i];
    return numbers;
}

double *rill_bench_signed(rill_bench *b, int64_t count)
{
    double *numbers = rill_bench_uniform(b, count, -1.0, 1.0);
    for (int64_t i = 0; numbers && i < count; i++)
        numbers[i] += copysign(0.5, numbers[i]);
    return numbers;
}

double *rill_bench_integers(rill_bench *b, int64_t count, double low, double high)
{
    double *numbers = rill_bench_uniform(b, count, low, high + 1.0);
    for (int64_t i = 0; numbers && i < count; i++)
        numbers[i] = floor(numbers[i]);
    return numbers;
}

rill_variable rill_bench_variable(rill_bench *b, rill_graph *g, const char *what, int number,
                                  rill_dtype dtype, rill_shape shape, double *value)
{
    char name[64];
    snprintf(name, sizeof name, "check.%s%d", what, number);
    rill_variable v = { .x = rill_input(g, name, dtype, shape), .value = value };
    v.count = rill_count(v.x);
    if (!value)
        b->status = RILL_NO_MEMORY;
    return v;
}

/* ---- Verdicts. */

static int first_failure(rill_bench *b, rill_check check)
{
    if (b->report->failed++ > 0)
        return 0;
    b->report->first_check = check;
    return 1;
}

void rill_bench_fail(rill_bench *b, rill_check check, const char *format, ...)
{
    rill_message why;
    va_list args;
    va_start(args, format);
    vsnprintf(why.text, sizeof why.text, format, args);
    va_end(args);
    b->report->compared[check]++;
    b->report->worst[check] = HUGE_VAL;
    if (first_failure(b, check))
        rill_fail(&b->report->first, RILL_MISMATCH, "%s: %s: %s", b->name, names[check], why.text);
}

void rill_bench_compare(rill_bench *b, const rill_verdict *v, int64_t at, double got,
                        double expected)
{
    double error = fabs(got - expected);
    if (got == expected || (isnan(got) && isnan(expected)))
        error = 0.0;
    else
        error = isnan(error) ? HUGE_VAL : error / v->scale;
    rill_check_report *report = b->report;
    report->compared[v->check]++;
    if (error > report->worst[v->check])
        report->worst[v->check] = error;
    if (error <= v->tolerance || !first_failure(b, v->check))
        return;
    rill_fail(&report->first, RILL_MISMATCH,
              "%s: %s: %s %d, element %lld: got %.17g, expected %.17g (relative error %.2g, at "
              "most %.2g)",
              b->name, names[v->check], v->what, v->index, (long long)at, got, expected, error,
              v->tolerance);
}

static double largest(const double *x, int64_t count)
{
    double most = 0.0;
    for (int64_t i = 0; i < count; i++)
        if (isfinite(x[i]) && fabs(x[i]) > most)
            most = fabs(x[i]);
    return most;
}

void rill_bench_compare_all(rill_bench *b, rill_verdict v, int64_t count, const double *got,
                            const double *expected)
{
    v.scale = largest(expected, count);
    if (v.scale == 0.0)
        v.scale = 1.0;
    for (int64_t i = 0; i < count; i++)
        rill_bench_compare(b, &v, i, got[i], expected[i]);
}

/* ---- Programs. */

rill_program *rill_bench_compile(rill_bench *b, rill_tensor *const *y, int n, uint32_t passes_off)
{
    const rill_compile_options options = { .passes_off = passes_off };
    rill_graph *g = rill_graph_of(y[0]);
    rill_program *p = rill_compile_outputs(g, y, n, &options);
    if (!p)
        rill_bench_fail(b, RILL_CHECK_BUILD, "%s",
                        rill_error(g) ? rill_error(g) : "the program was not compiled");
    return p;
}

static int program_failed(rill_bench *b, rill_program *p, rill_status status)
{
    if (status != RILL_OK)
        rill_bench_fail(b, RILL_CHECK_BUILD, "%s", rill_program_error(p));
    return status != RILL_OK;
}

static void to_dtype(rill_dtype dtype, void *out, const double *in, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (dtype == RILL_F64)
            ((double *)out)[i] = in[i];
        else if (dtype == RILL_F32)
            ((float *)out)[i] = (float)in[i];
        else
            ((int32_t *)out)[i] = (int32_t)in[i];
}

/* Backwards and in place: the narrower numbers stand at the start of the same memory. */
static void from_dtype(rill_dtype dtype, double *numbers, int64_t count)
{
    const void *raw = numbers;
    for (int64_t i = count - 1; i >= 0 && dtype != RILL_F64; i--) {
        float single;
        int32_t integer;
        if (dtype == RILL_F32) {
            memcpy(&single, (const char *)raw + (size_t)i * sizeof single, sizeof single);
            numbers[i] = (double)single;
        } else {
            memcpy(&integer, (const char *)raw + (size_t)i * sizeof integer, sizeof integer);
            numbers[i] = integer;
        }
    }
}

int rill_bench_set(rill_bench *b, rill_program *p, const rill_variable *v, const double *value)
{
    rill_message message = { "" };
    void *raw = rill_alloc((size_t)v->count, sizeof(double));
    if (!raw) {
        b->status = RILL_NO_MEMORY;
        return 0;
    }
    to_dtype(v->x->dtype, raw, value, v->count);
    rill_status status;
    if (v->x->op == &rill_state_op)
        status = rill_store_set(rill_graph_store(v->x->graph), rill_name_of(v->x), raw, v->count,
                                &message);
    else
        status = rill_feed(p, v->x, raw, v->count);
    rill_free(raw);
    if (status != RILL_OK)
        rill_bench_fail(b, RILL_CHECK_BUILD, "%s",
                        *message.text ? message.text : rill_program_error(p));
    return status == RILL_OK;
}

int rill_bench_set_all(rill_bench *b, rill_program *p, const rill_variable *v, int n)
{
    for (int i = 0; i < n; i++)
        if (!rill_bench_set(b, p, &v[i], v[i].value))
            return 0;
    return 1;
}

int rill_bench_run(rill_bench *b, rill_program *p)
{
    return !program_failed(b, p, rill_run(p));
}

int rill_bench_read(rill_bench *b, rill_program *p, const rill_tensor *y, double *out)
{
    if (program_failed(b, p, rill_read(p, y, out, rill_count(y))))
        return 0;
    from_dtype(y->dtype, out, rill_count(y));
    return 1;
}
