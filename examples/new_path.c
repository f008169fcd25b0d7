/* A path of your own: write where a sample is at time t, and nothing else.
 *
 * This one runs along a quarter of an ellipse and swings out half way.  Its velocity is derived,
 * and held here against a difference of positions.  In a command of your own (own_command.c)
 * `check-path swing` does that and more: its ends, its speed, where it has no value. */
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

typedef struct check {
    rill_program *program;
    rill_tensor *t;
    rill_path_point point;
} check;

/* Positions and velocities at time t, in doubles. */
static int evaluate(const check *c, double t, double *position, double *velocity)
{
    double times[B] = { t, t, t, t };
    return rill_feed(c->program, c->t, times, B) == RILL_OK && rill_run(c->program) == RILL_OK &&
           rill_read(c->program, c->point.x, position, B * D) == RILL_OK &&
           rill_read(c->program, c->point.velocity, velocity, B * D) == RILL_OK;
}

/* How far the velocity at time t is from the difference of positions around it; NaN on failure. */
static double difference(const check *c, double t)
{
    double before[B * D], after[B * D], here[B * D], v[B * D], unused[B * D];
    double h = 2e-6, worst = 0.0;
    if (!evaluate(c, t - h, before, unused) || !evaluate(c, t + h, after, unused) ||
        !evaluate(c, t, here, v))
        return (double)NAN;
    for (int i = 0; i < B * D; i++)
        worst = fmax(worst, fabs((after[i] - before[i]) / (2 * h) - v[i]));
    return worst;
}

int main(void)
{
    static const double from[B * D] = { .1, -.7, 1.2, .4, -.3, -1.5, .8, .2 };
    static const double to[B * D] = { 2, 1, -1, .5, .3, -2, 1.4, -.6 };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x0 = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), from, B * D);
    rill_tensor *x1 = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), to, B * D);
    check c = { .t = rill_input(g, "t", RILL_F64, RILL_SHAPE(B, 1)) };
    c.point = rill_path_point_at(&swing, x0, x1, c.t);
    c.program = rill_compile(g, c.point.x, c.point.velocity);
    if (!c.program)
        fprintf(stderr, "%s\n", rill_error(g));
    int ok = c.program != NULL;
    for (int i = 1; i <= 9 && ok; i++) {
        double apart = difference(&c, 0.1 * i);
        printf("t = %.1f: derived velocity against differences: %.1e apart\n", 0.1 * i, apart);
        ok = apart < 1e-8;
    }
    rill_program_free(c.program);
    rill_graph_free(g);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
