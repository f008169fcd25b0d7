/* An op of your own, in your own file, registered at run time: softsign, y = a / (1 + |a|).
 *
 * The descriptor says what it computes, its derivative in terms of other ops, and samples to test
 * it by; second derivatives, forward mode, broadcasting, fusion, drawing and `rill gradcheck`
 * follow. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void softsign_f32(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    const float *a = in[0];
    float *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] / (1.0f + fabsf(a[i]));
}

static void softsign_f64(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    const double *a = in[0];
    double *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] / (1.0 + fabs(a[i]));
}

/* dy/da = 1 / (1 + |a|)^2 */
static rill_tensor *softsign_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    rill_tensor *a = rill_input_at(y, i);
    return rill_div(gy, rill_square(rill_shift(rill_abs(a), 1.0)));
}

static const rill_sample samples[] = {
    { .count = 1, .shape = { { 2, { 3, 5 } } }, .low = { 0.1 }, .high = { 2.0 } },
    { .count = 1, .shape = { { 1, { 7 } } }, .low = { -2.0 }, .high = { -0.1 } },
    { .count = 1, .shape = { { 0, { 0 } } }, .low = { 0.1 }, .high = { 2.0 } },
};

static const rill_op softsign_op = {
    .name = "softsign",
    .doc = "y = a / (1 + |a|)",
    .arity = 1,
    .traits = RILL_ELEMENTWISE,
    .map = { [RILL_F32] = softsign_f32, [RILL_F64] = softsign_f64 },
    .vjp = softsign_vjp,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

static rill_tensor *softsign(rill_tensor *a)
{
    return rill_apply(&softsign_op, &a, 1, NULL);
}

/* y, dy/da and d2y/da2 at a = 2: 2/3, 1/9 and -2/27. */
static int evaluate(double values[3])
{
    double two = 2.0;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *a = rill_input(g, "a", RILL_F64, RILL_SCALAR), *y = softsign(a), *first, *second;
    rill_grad(y, &a, 1, &first);
    rill_grad(first, &a, 1, &second);
    rill_program *p = rill_compile(g, y, first, second);
    int ok = p && rill_feed(p, a, &two, 1) == RILL_OK && rill_run(p) == RILL_OK &&
             rill_read(p, y, &values[0], 1) == RILL_OK &&
             rill_read(p, first, &values[1], 1) == RILL_OK &&
             rill_read(p, second, &values[2], 1) == RILL_OK;
    rill_program_free(p);
    rill_graph_free(g);
    return ok;
}

int main(void)
{
    rill_message message = { "" };
    rill_check_report report;
    double v[3] = { 0 };
    if (rill_register(&softsign_op, &message) != RILL_OK ||
        rill_check_op(&softsign_op, 1, &report, &message) != RILL_OK || !evaluate(v)) {
        fprintf(stderr, "%s\n", message.text);
        return EXIT_FAILURE;
    }
    printf("softsign(2) = %.6f, first derivative %.6f, second %.6f\n", v[0], v[1], v[2]);
    printf("checks: first order within %.1e, second within %.1e\n", report.worst[RILL_CHECK_FIRST],
           report.worst[RILL_CHECK_SECOND]);
    int right = fabs(v[0] - 2.0 / 3) < 1e-12 && fabs(v[1] - 1.0 / 9) < 1e-12 &&
                fabs(v[2] + 2.0 / 27) < 1e-12;
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
