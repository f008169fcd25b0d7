/* Flow matching on a sphere: four bumps learned, sampled, and weighed.  Other than in the plane are
 * the path, the network (made tangent), the noise and the sampler (which stays on the sphere). */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 3000, N = 2000, SOLVER = 20 };

static const double centre[4][3] = {
    { 0, 0, 1 }, { .94, 0, -.33 }, { -.47, .82, -.33 }, { -.47, -.82, -.33 }
};
static const double share[4] = { .5, .25, .125, .125 };

static const rill_tangent_net tangent = { &rill_sphere, { .velocity = rill_mlp, .name = "mlp" } };

/* Rows of the data: a centre, a deviate of .2 around it, and back to length 1. */
static void draw(int64_t first, float *x)
{
    static const int bump[8] = { 0, 0, 0, 0, 1, 1, 2, 3 };
    for (int i = 0; i < BATCH; i++) {
        double z[3];
        rill_stream_normal(rill_stream_key(1, "bumps"), 0, first + i, 0, 3, z);
        for (int j = 0; j < 3; j++)
            z[j] = centre[bump[i % 8]][j] + .2 * z[j];
        for (int j = 0; j < 3; j++)
            x[3 * i + j] = (float)(z[j] / sqrt(z[0] * z[0] + z[1] * z[1] + z[2] * z[2]));
    }
}

static int train(rill_store *store)
{
    static float rows[BATCH * 3];
    rill_path path = rill_geodesic_path(&rill_sphere);
    rill_flow flow = { .path = &path, .net = rill_tangent_net_of(&tangent) };
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 3));
    rill_flow_batch batch = { .x0 = rill_manifold_draw(&rill_sphere, x1), .x1 = x1 };
    rill_tensor *loss = rill_flow_loss(&flow, batch);
    rill_adam_options adam = { .lr = 1e-2, .schedule = { rill_decay_cosine, .steps = STEPS } };
    rill_program *step = rill_compile(g, loss, rill_adam(loss, adam));
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        draw((int64_t)i * BATCH, rows);
        rill_feed(step, x1, rows, BATCH * 3);
        status = rill_run(step);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return status == RILL_OK;
}

/* Every sample is on the sphere, and the cap of .7 around each bump has its share. */
static int check_samples(rill_manifold_sampler *sampler)
{
    static float x[N * 3];
    double times[SOLVER + 1], off = 0, worst = 0, caught[4] = { 0 };
    rill_time_grid(0, 1, SOLVER, times, NULL);
    rill_sampling sampling = { .solver = rill_solver_find("midpoint"),
                               .times = times,
                               .time_count = SOLVER + 1,
                               .n = N,
                               .samples = x };
    if (rill_manifold_sampler_run(sampler, &sampling, NULL) != RILL_OK)
        return 0;
    for (int i = 0; i < N; i++) {
        double a = (double)x[3 * i], b = (double)x[3 * i + 1], c = (double)x[3 * i + 2];
        off = fmax(off, fabs(sqrt(a * a + b * b + c * c) - 1));
        for (int k = 0; k < 4; k++)
            caught[k] += centre[k][0] * a + centre[k][1] * b + centre[k][2] * c > cos(.7);
    }
    printf("%d samples, %.0e off the sphere at most; shares of the bumps:", N, off);
    for (int k = 0; k < 4; k++) {
        printf(" %.3f%s", caught[k] / N, k < 3 ? "" : "\n");
        worst = fmax(worst, fabs(caught[k] / N - share[k]));
    }
    return off < 1e-6 && worst < .05;
}

/* The learned density is 1 in all: its mean over points spread evenly, times the area. */
static int check_density(rill_manifold_sampler *sampler)
{
    static float x[N * 3];
    static double log_density[N];
    double times[SOLVER + 1], sum = 0;
    for (int i = 0; i < N; i++) { /* a spiral by the golden angle */
        double z = 1 - (2 * i + 1.0) / N, r = sqrt(1 - z * z), turn = i * M_PI * (3 - sqrt(5));
        x[3 * i] = (float)(r * cos(turn)), x[3 * i + 1] = (float)(r * sin(turn));
        x[3 * i + 2] = (float)z;
    }
    rill_time_grid(1, 0, SOLVER, times, NULL);
    rill_sampling request = {
        .solver = rill_solver_find("rk4"), .times = times, .time_count = SOLVER + 1, .n = N, .x0 = x
    };
    if (rill_manifold_sampler_score(sampler, &request, log_density, NULL) != RILL_OK)
        return 0;
    for (int i = 0; i < N; i++)
        sum += exp(log_density[i]) * 4 * M_PI / N;
    printf("their density integrates to %.4f\n", sum);
    return fabs(sum - 1) < .01;
}

int main(void)
{
    rill_store *store = rill_store_new(0);
    rill_net net = rill_tangent_net_of(&tangent);
    rill_sampler_options options = { .sample = RILL_SHAPE(3) };
    rill_manifold_sampler *sampler = NULL;
    if (train(store))
        sampler =
            rill_manifold_sampler_new(store, rill_net_field(&net), &rill_sphere, &options, NULL);
    int ok = sampler && check_samples(sampler) && check_density(sampler);
    rill_manifold_sampler_free(sampler);
    rill_store_free(store);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
