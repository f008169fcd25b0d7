/* softsign.c - the op that softsign.def adds: called, compiled fused and not, in both float types,
 * by fast and by reference kernels, and drawn.  Exit status 0: all as it should be. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1000 };

static int failures;

static void expect(int holds, const char *what)
{
    if (!holds)
        fprintf(stderr, "softsign: %s\n", what);
    failures += !holds;
}

static double input_at(int i)
{
    return (i - N / 2) * 0.01;
}

static void feed(rill_program *program, rill_tensor *x, rill_dtype dtype)
{
    double f64[N];
    float f32[N];
    for (int i = 0; i < N; i++)
        f32[i] = (float)(f64[i] = input_at(i));
    rill_feed(program, x, dtype == RILL_F32 ? (void *)f32 : (void *)f64, N);
}

static void read(rill_program *program, rill_tensor *y, rill_dtype dtype, double *out)
{
    float f32[N];
    if (dtype == RILL_F64) {
        expect(rill_read(program, y, out, N) == RILL_OK, "cannot be read");
        return;
    }
    expect(rill_read(program, y, f32, N) == RILL_OK, "cannot be read");
    for (int i = 0; i < N; i++)
        out[i] = (double)f32[i];
}

/* out = d/dx 2 softsign(x / 2), which is 1 / (1 + |x / 2|)^2: a chain that can be fused. */
static void slope(rill_dtype dtype, uint32_t passes_off, double *out, rill_program_info *info)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", dtype, RILL_SHAPE(N)), *dx = NULL;
    rill_tensor *y = rill_scale(rill_softsign(rill_scale(x, 0.5)), 2);
    rill_grad(rill_sum_all(y), &x, 1, &dx);
    rill_program *program =
        rill_compile_outputs(g, &dx, 1, &(rill_compile_options){ .passes_off = passes_off });
    expect(program != NULL, rill_error(g));
    if (program) {
        feed(program, x, dtype);
        expect(rill_run(program) == RILL_OK, rill_program_error(program));
        read(program, dx, dtype, out);
        *info = rill_program_describe(program);
    }
    rill_program_free(program);
    rill_graph_free(g);
}

/* Five roundings of at most half an ulp each, doubled by the square. */
static void check(rill_dtype dtype, double tolerance)
{
    static const uint32_t how[] = { 0, RILL_NO_FUSE, RILL_NO_FAST, RILL_NO_FUSE | RILL_NO_FAST };
    rill_program_info info[4] = { 0 };
    double out[4][N] = { 0 };
    for (int k = 0; k < 4; k++)
        slope(dtype, how[k], out[k], &info[k]);
    expect(info[0].steps < info[1].steps, "is not fused");
    expect(memcmp(out[0], out[1], sizeof out[0]) == 0, "differs when fused");
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < N; i++) {
            double root = 1 / (1 + fabs(input_at(i) / 2)), want = root * root;
            expect(fabs(out[k][i] - want) <= tolerance * want, "has a wrong slope");
        }
}

static void check_drawing(void)
{
    char *text = NULL;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *y = rill_softsign(rill_input(g, "x", RILL_F32, RILL_SHAPE(N)));
    expect(rill_dot(&y, 1, NULL, &text, NULL, NULL) == RILL_OK, "cannot be drawn");
    expect(text && strstr(text, "softsign"), "is not in the drawing");
    rill_dot_free(text);
    rill_graph_free(g);
}

int main(void)
{
    check(RILL_F32, 8 * 0x1p-24);
    check(RILL_F64, 8 * 0x1p-53);
    check_drawing();
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
