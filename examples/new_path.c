/* A path of your own: write where a sample is at time t, and nothing else.
 *
 * This one runs along a quarter of an ellipse and swings out half way.  Its velocity is derived,
 * and held here against a difference of positions. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static rill_tensor *swing_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *angle = rill_scale(t, M_PI_2);
    rill_tensor *swing = rill_square(rill_sin(rill_scale(t, M_PI)));
    rill_tensor *quarter = rill_add(rill_mul(rill_cos(angle), x0), rill_mul(rill_sin(angle), x1));
    return rill_add(quarter, rill_mul(swing, rill_mul(x0, x1)));
}

static const rill_path swing = { .name = "swing", .at = swing_at };

/* ---- What follows only checks it. */

enum { B = 4, D = 2 };

/* Positions and velocities at time t, in doubles. */
static int evaluate(rill_program *p, rill_tensor *t, double time, rill_path_point point,
                    double *position, double *velocity)
{
    double times[B] = { time, time, time, time };
    return rill_feed(p, t, times, B) == RILL_OK && rill_run(p) == RILL_OK &&
           rill_read(p, point.x, position, B * D) == RILL_OK &&
           rill_read(p, point.velocity, velocity, B * D) == RILL_OK;
}

int main(void)
{
    static const double from[B * D] = { .1, -.7, 1.2, .4, -.3, -1.5, .8, .2 };
    static const double to[B * D] = { 2, 1, -1, .5, .3, -2, 1.4, -.6 };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x0 = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), from, B * D);
    rill_tensor *x1 = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), to, B * D);
    rill_tensor *t = rill_input(g, "t", RILL_F64, RILL_SHAPE(B, 1));
    rill_path_point point = rill_path_point_at(&swing, x0, x1, t);
    rill_program *p = rill_compile(g, point.x, point.velocity);
    if (!p)
        fprintf(stderr, "%s\n", rill_error(g));
    double worst = 0.0, h = 2e-6;
    for (double time = 0.1; p && time < 0.95; time += 0.1) {
        double before[B * D], after[B * D], here[B * D], v[B * D], unused[B * D];
        if (!evaluate(p, t, time - h, point, before, unused) ||
            !evaluate(p, t, time + h, point, after, unused) ||
            !evaluate(p, t, time, point, here, v))
            return EXIT_FAILURE;
        for (int i = 0; i < B * D; i++)
            worst = fmax(worst, fabs((after[i] - before[i]) / (2 * h) - v[i]));
    }
    printf("derived velocity against differences: at most %.1e apart\n", worst);
    int ok = p != NULL;
    rill_program_free(p);
    rill_graph_free(g);
    return ok && worst < 1e-8 ? EXIT_SUCCESS : EXIT_FAILURE;
}
