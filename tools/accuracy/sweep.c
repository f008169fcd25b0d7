/* sweep.c - a chunk of arguments at a time goes through a program of one op.
 *
 * An f32 result is compared with the same op's f64 kernel, a hundred times as fast as the C library
 * in long double and right to some 10^-15 (the f64 sweep says how right); of each chunk the
 * argument that seems worst is judged in long double. */
#include "sweep.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 4096 };

/* y = op(x), x [CHUNK]. */
typedef struct runner {
    rill_graph *graph;
    rill_tensor *x, *y;
    rill_program *program;
} runner;

static int runner_make(runner *r, const char *name, rill_dtype dtype)
{
    r->graph = rill_graph_new(NULL);
    r->x = rill_input(r->graph, "x", dtype, RILL_SHAPE(CHUNK));
    r->y = rill_apply(rill_op_find(name), &r->x, 1, NULL);
    r->program = rill_compile(r->graph, r->y);
    return r->program != NULL;
}

static void runner_free(runner *r)
{
    rill_program_free(r->program);
    rill_graph_free(r->graph);
}

static int runner_run(runner *r, const void *x, void *y)
{
    return rill_feed(r->program, r->x, x, CHUNK) == RILL_OK && rill_run(r->program) == RILL_OK &&
           rill_read(r->program, r->y, y, CHUNK) == RILL_OK;
}

/* ---- Units in the last place. */

typedef struct format {
    int digits, least, greatest; /* of the mantissa; the exponents of the least and the greatest */
} format;

static const format formats[] = {
    [RILL_F32] = { 24, -149, 128 }, [RILL_F64] = { 53, -1074, 1024 }
};

/* The last place of a number of that size. */
static long double ulp_of(long double x, const format *f)
{
    int exponent;
    frexpl(x, &exponent);
    exponent = exponent > f->greatest ? f->greatest : exponent;
    return ldexpl(1, exponent - f->digits > f->least ? exponent - f->digits : f->least);
}

/* Infinity is the number after the greatest. */
static long double bounded(long double x, const format *f)
{
    long double most = ldexpl(1, f->greatest);
    return x > most ? most : x < -most ? -most : x;
}

static double error_of(long double y, long double exact, long double a, accuracy_unit unit,
                       const format *f)
{
    if (isnan(y) || isnan(exact))
        return isnan(y) && isnan(exact) ? 0 : (double)INFINITY;
    long double size = unit == ULP_OF_RESULT ? exact : unit == ULP_OF_ARGUMENT ? a : 0.75L;
    return (double)(fabsl(bounded(y, f) - bounded(exact, f)) / ulp_of(bounded(size, f), f));
}

/* The same for most f32, faster: reads the exponent of `size` off its bits. */
static inline double quick_error(double y, double exact, double size)
{
    const double most = 0x1p128;
    y = y > most ? most : y < -most ? -most : y;
    exact = exact > most ? most : exact < -most ? -most : exact;
    size = fabs(size) > most ? most : size;
    uint64_t bits;
    memcpy(&bits, &size, sizeof bits);
    int64_t exponent = (int64_t)(bits >> 52 & 2047) - 1023 - 23;
    exponent = exponent > -149 ? exponent : -149;
    bits = (uint64_t)(1023 - exponent) << 52;
    double per_ulp;
    memcpy(&per_ulp, &bits, sizeof per_ulp);
    return fabs(y - exact) * per_ulp;
}

/* ---- Arguments. */

static float f32_of_bits(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float x;
    memcpy(&x, &low, sizeof x);
    return x;
}

/* Half of them any bits at all, half within [-16, 16] and of the sizes that formulas differ for. */
static double random_f64(uint64_t index)
{
    uint32_t words[4];
    const uint32_t counter[4] = { (uint32_t)index, (uint32_t)(index >> 32), 0, 0 },
                   key[2] = { 1, 0 };
    rill_philox4x32(counter, key, words);
    uint64_t bits = (uint64_t)words[0] << 32 | words[1];
    double x;
    memcpy(&x, &bits, sizeof x);
    return index % 2 ? x : ldexp((double)(int64_t)bits, (int)(words[2] % 8) - 66);
}

/* ---- The sweeps. */

static void consider(worst *found, double error, double at)
{
    if (error > found->error)
        *found = (worst){ error, at };
}

static void check_exactly(const sweep *s, double a, double y, worst *found)
{
    long double exact = s->function->value((long double)a);
    consider(found,
             error_of((long double)y, exact, (long double)a, s->promise.unit, &formats[s->dtype]),
             a);
}

/* The argument of the chunk that seems worst is judged exactly. */
static void compare_f32(const sweep *s, const float *a, const float *y, const double *reference,
                        worst *found)
{
    const accuracy_unit unit = s->promise.unit;
    double most = -1;
    int at = 0;
    for (int i = 0; i < CHUNK; i++) {
        double size = unit == ULP_OF_RESULT     ? reference[i]
                      : unit == ULP_OF_ARGUMENT ? (double)a[i]
                                                : 0.75;
        double error = quick_error((double)y[i], reference[i], size);
        if (isnan(error)) /* one of them, or both, is NaN */
            error = isnan(y[i]) && isnan(reference[i]) ? 0 : (double)INFINITY;
        at = error > most ? i : at;
        most = error > most ? error : most;
    }
    check_exactly(s, (double)a[at], (double)y[at], found);
}

static int sweep_f32(const sweep *s, runner *narrow, runner *wide, worst *found)
{
    float a[CHUNK], y[CHUNK];
    double a_wide[CHUNK], reference[CHUNK];
    for (uint64_t at = s->begin; at < s->end; at += CHUNK * s->stride) {
        for (int i = 0; i < CHUNK; i++)
            a_wide[i] = (double)(a[i] = f32_of_bits(at + (uint64_t)i * s->stride));
        if (!runner_run(narrow, a, y) || !runner_run(wide, a_wide, reference))
            return 0;
        compare_f32(s, a, y, reference, found);
    }
    return 1;
}

static int sweep_f64(const sweep *s, runner *wide, worst *found)
{
    double a[CHUNK], y[CHUNK];
    for (uint64_t at = s->begin; at < s->end; at += CHUNK) {
        for (int i = 0; i < CHUNK; i++)
            a[i] = random_f64(at + (uint64_t)i);
        if (!runner_run(wide, a, y))
            return 0;
        for (int i = 0; i < CHUNK; i++)
            check_exactly(s, a[i], y[i], found);
    }
    return 1;
}

int sweep_run(const sweep *s, worst *found)
{
    runner narrow = { 0 }, wide = { 0 };
    int made = runner_make(&narrow, s->function->name, RILL_F32) &&
               runner_make(&wide, s->function->name, RILL_F64);
    int done = made && (s->dtype == RILL_F32 ? sweep_f32(s, &narrow, &wide, found)
                                             : sweep_f64(s, &wide, found));
    runner_free(&narrow);
    runner_free(&wide);
    return done;
}
