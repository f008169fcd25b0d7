/* Three samplers of one problem: a flow, a diffusion and a jump process that have the same
 * distribution p_t at every time, from N(0,1) to half N(-2,.3^2), half N(2,.3^2).  All are exact,
 * so nothing is trained.  docs/generators.md says why they agree. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 20000, STEPS = 400, GRID = 1601 };

static const double one = 1, origin = 0, half[] = { .5, .5 }, mode[] = { -2, 2 }, sd[] = { .3, .3 };
static double ways[STEPS + 1][N]; /* where every sample was */

static double place(int i) /* beyond -5 and 5 there is nothing */
{
    return 10.0 * i / (GRID - 1) - 5;
}

static int index_of(double x)
{
    return (int)fmin(fmax(ceil((x + 5) / 10 * (GRID - 1)), 0), GRID - 1);
}

/* The exact velocity u(x, t) = E[x1 - x0 | x_t = x], as a graph. */
static rill_tensor *velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    rill_tensor *left = rill_sub(rill_scalar_like(t, 1), t), *late = rill_scale(t, .09);
    rill_tensor *v = rill_add(rill_square(left), rill_mul(t, late));
    rill_tensor *aim = rill_scale(rill_tanh(rill_div(rill_scale(rill_mul(t, x), 2), v)), 2);
    rill_tensor *slope = rill_div(rill_sub(late, left), v);
    return rill_add(aim, rill_mul(slope, rill_sub(x, rill_mul(t, aim))));
}

static double density(double x, double t)
{
    rill_mixture source = { 1, 1, &one, &origin, &one }, target = { 1, 2, half, mode, sd };
    rill_mixture_field field = { .density = 0 };
    rill_mixture_field_at(&source, &target, rill_mixing_linear(t), &x, &field, NULL);
    return field.density;
}

/* Samples leave where p_t falls, at the rate |dp_t/dt| / p_t, and arrive where it rises, with the
 * density dp_t/dt: what is lost is what is gained. */
static void jump(int step)
{
    static double gained[GRID], lost[GRID];
    double h = 1.0 / STEPS, t = (step + .5) * h, u[2];
    gained[0] = 0;
    for (int i = 0; i < GRID; i++) {
        double x = place(i), rate = (density(x, t + 1e-5) - density(x, t - 1e-5)) / 2e-5;
        lost[i] = fmax(-rate, 0) / (density(x, t) + 1e-300);
        gained[i] = (i > 0 ? gained[i - 1] : 0) + fmax(rate, 0);
    }
    for (int n = 0; n < N; n++) {
        int here = index_of(ways[step][n]), low = 0, high = GRID - 1;
        rill_stream_uniform(rill_stream_key(3, "jump"), (uint32_t)step, n, 0, 2, u);
        while (high - low > 1) { /* the place of this share of what is gained */
            int middle = (low + high) / 2;
            *(gained[middle] < u[1] * gained[GRID - 1] ? &low : &high) = middle;
        }
        ways[step + 1][n] = u[0] < -expm1(-h * lost[here]) ? place(high) : ways[step][n];
    }
}

/* W1 of the samples to p_t: the area between their distribution functions. */
static double distance(int step)
{
    int below[GRID] = { 0 }; /* samples that a place is the first above */
    double t = (double)step / STEPS, area = 0, width = sqrt(2 * (1 - t) * (1 - t) + .18 * t * t);
    for (int n = 0; n < N; n++)
        below[index_of(ways[step][n])]++;
    for (int i = 0, n = 0; i < GRID; i++) {
        double upper = erfc((2 * t - place(i)) / width), lower = erfc((-2 * t - place(i)) / width);
        n += below[i];
        area += fabs((double)n / N - .25 * (upper + lower)) * 10 / (GRID - 1);
    }
    return area;
}

/* A line of the table; 0 when the samples are not those of p_t. */
static int report(const char *name)
{
    double worst = 0, stayed = 0;
    printf("%-10s", name);
    for (int step = STEPS / 4; step <= STEPS; step += STEPS / 4) {
        printf("  %.4f", distance(step));
        worst = fmax(worst, distance(step));
    }
    for (int n = 0; n < N; n++)
        stayed += (ways[0][n] < 0) == (ways[STEPS][n] < 0);
    printf("  %5.1f%%\n", 100 * stayed / N);
    return worst < .03;
}

int main(void)
{
    static double times[STEPS + 1], end[N];
    rill_store *store = rill_store_new(1);
    rill_stochastic noisy = { .field = { .at = velocity }, .level = &rill_noise_root };
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(1) };
    rill_sampler *flow = rill_sampler_new(store, noisy.field, &options, NULL);
    rill_stochastic_sampler *diffusion = rill_stochastic_sampler_new(store, &noisy, &options, NULL);
    rill_sampling s = { .times = times, .time_count = STEPS + 1, .n = N };
    s.samples = end, s.trajectory = ways;
    rill_time_grid(0, 1, STEPS, times, NULL);
    printf("W1 to p_t at  1/4     1/2     3/4       1  same side\n");
    int ok = !rill_sampler_run(flow, &s, NULL) && report("flow");
    ok = ok && !rill_stochastic_sampler_run(diffusion, &s, NULL) && report("diffusion");
    for (int step = 0; step < STEPS; step++) /* from the same noise */
        jump(step);
    ok = report("jumps") && ok;
    rill_sampler_free(flow);
    rill_stochastic_sampler_free(diffusion);
    rill_store_free(store);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
