/* Diffusion is flow matching: a model trained to tell the noise, on the variance preserving path of
 * diffusion models, is a flow like any other.  Its DDIM sampler is Euler's method in other
 * coordinates, and its DDPM sampler is DDIM, a step too far and back with noise.
 *
 * Gao et al., "Diffusion meets flow matching: two sides of the same coin", 2024. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 3000, N = 512, SOLVER = 20 };

static const rill_flow flow = { .path = &rill_path_vp,
                                .objective = &rill_objective_noise,
                                .net = { .velocity = rill_mlp, .name = "mlp" } };

static int train(rill_store *store)
{
    static double rows[BATCH * 2];
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F64, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_program *p = rill_compile(
        g, loss, rill_adam(loss, (rill_adam_options){ .lr = 3e-3, .schedule = schedule }));
    rill_status status = p ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        rill_data_draw(rill_data_find("moons"), 0, 0, (int64_t)i * BATCH, BATCH, rows, NULL, NULL);
        rill_feed(p, x1, rows, BATCH * 2);
        status = rill_run(p);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", p ? rill_program_error(p) : rill_error(g));
    rill_program_free(p);
    rill_graph_free(g);
    return status == RILL_OK;
}

/* alpha/(alpha + sigma) and alpha + sigma of the path at t. */
static void path_at(double t, double *share, double *size)
{
    double T = .5 * (1 - t) * (1 - t) * 19.9 + .1 * (1 - t);
    double alpha = exp(-T / 2), sigma = sqrt(-expm1(-T));
    *size = alpha + sigma;
    *share = alpha / *size;
}

/* A program's answer from the noise x0 [N,2]. */
static int run(rill_graph *g, rill_tensor *y, double *out)
{
    rill_program *p = rill_compile(g, y);
    int ok = p && !rill_run(p) && !rill_read(p, y, out, N * 2);
    if (!ok)
        fprintf(stderr, "%s\n", p ? rill_program_error(p) : rill_error(g));
    rill_program_free(p);
    return ok;
}

/* The largest difference of 20 steps by DDIM, as diffusion has it, and 20 of Euler's along the same
 * model's field on the linear path. */
static int compare(rill_store *store)
{
    static double x0[N * 2], ddim[N * 2], euler[N * 2];
    double grid[SOLVER + 1], size[SOLVER + 1], worst = 0, near = 0;
    rill_graph *g = rill_graph_new(store);
    rill_diffusion model = { rill_flow_field(&flow), { .scheduler = &rill_scheduler_vp } };
    rill_reschedule change = { model.field, &rill_scheduler_vp, &rill_scheduler_linear };
    rill_stream_normal(rill_stream_key(1, "noise"), 0, 0, 0, N * 2, x0);
    rill_tensor *x = rill_constant(g, RILL_F64, RILL_SHAPE(N, 2), x0, N * 2), *z = x,
                *t[SOLVER + 1];
    for (int k = 0; k <= SOLVER; k++) {
        double time = .05 + .95 * k / SOLVER;
        path_at(time, &grid[k], &size[k]);
        t[k] = rill_full(g, RILL_F64, RILL_SHAPE(N), time);
    }
    for (int k = 0; k < SOLVER; k++)
        z = rill_ddim_step(&model, z, t[k], t[k + 1], NULL);
    rill_tensor *y = rill_ode_unroll(rill_rescheduled_field(&change), rill_solver_find("euler"),
                                     grid, SOLVER + 1, rill_scale(x, 1 / size[0]), NULL);
    int ok = run(g, z, ddim) && run(g, rill_scale(y, size[SOLVER]), euler);
    for (int i = 0; i < N * 2; i++)
        worst = fmax(worst, fabs(ddim[i] - euler[i]));
    for (int i = 0; i < N; i++) { /* moons are two half circles of radius 1.5 */
        double a = fabs(hypot(ddim[2 * i] + .75, ddim[2 * i + 1] + .375) - 1.5);
        double b = fabs(hypot(ddim[2 * i] - .75, ddim[2 * i + 1] - .375) - 1.5);
        near += fmin(a, b) < .3;
    }
    printf("DDIM and Euler apart: %.1e; %.0f%% of samples on the moons\n", worst, 100 * near / N);
    rill_graph_free(g);
    return ok && worst < 1e-9 && near > .8 * N;
}

int main(void)
{
    rill_store *store = rill_store_new(0);
    int ok = train(store) && compare(store);
    rill_store_free(store);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
