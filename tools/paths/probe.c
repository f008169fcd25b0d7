#include "probe.h"

#include "base/alloc.h"
#include "core/rng.h"
#include "core/store.h"

#include <math.h>
#include <stddef.h>

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the check of a path");
}

static int64_t rows_of(const path_probe *probe)
{
    return (int64_t)probe->times * probe->pairs;
}

/* Deviates that can be quoted in full: 1.27. */
static void draw(const path_probe *probe, uint64_t seed, int64_t row, double *out)
{
    int64_t n = path_probe_stride(probe);
    rill_stream_normal(rill_stream_key(seed, "paths"), 0, row, 0, n, out);
    for (int64_t i = 0; i < n; i++)
        out[i] = rint(100 * out[i]) / 100;
}

static int take_room(path_probe *probe)
{
    size_t one = (size_t)path_probe_stride(probe), all = (size_t)probe->times * one;
    double **const room[] = { &probe->x0, &probe->x1, &probe->x, &probe->velocity,
                              &probe->derived };
    int there = 1;
    for (size_t i = 0; i < sizeof room / sizeof *room; i++)
        there &= (*room[i] = rill_alloc(i < 2 ? one : all, sizeof **room[i])) != NULL;
    probe->t = rill_alloc((size_t)rows_of(probe), sizeof *probe->t);
    return there && probe->t;
}

/* [pairs, ...] given `times` times, as [times pairs, ...]. */
static rill_tensor *repeated(rill_graph *g, const path_probe *probe, const double *one,
                             rill_shape shape)
{
    int64_t n = path_probe_stride(probe), all = probe->times * n;
    for (int64_t i = 0; i < all; i++)
        probe->x[i] = one[i % n];
    return rill_constant(g, RILL_F64, shape, probe->x, all);
}

static rill_status compile(path_probe *probe, const rill_path *path, const rill_shape *sample,
                           rill_graph *g, rill_message *message)
{
    rill_shape whole = { .rank = sample->rank + 1, .dim = { rows_of(probe) } }, times = whole;
    for (int i = 0; i < sample->rank; i++) {
        whole.dim[i + 1] = sample->dim[i];
        times.dim[i + 1] = 1;
    }
    rill_tensor *x0 = repeated(g, probe, probe->x0, whole);
    rill_tensor *x1 = repeated(g, probe, probe->x1, whole);
    probe->t_in = rill_input(g, "t", RILL_F64, times);
    rill_path_point point = rill_path_point_at(path, x0, x1, probe->t_in);
    probe->out[0] = point.x;
    probe->out[1] = point.velocity;
    probe->out[2] = rill_path_derived_velocity(path, x0, x1, probe->t_in);
    probe->program = rill_compile_outputs(g, probe->out, 3, NULL);
    if (probe->program)
        return RILL_OK;
    return rill_fail(message, RILL_BAD_GRAPH, "%s",
                     rill_error(g) ? rill_error(g) : "the path does not compile");
}

rill_status path_probe_open(path_probe *probe, const rill_path *path, const rill_shape *sample,
                            int pairs, int times, uint64_t seed, rill_message *message)
{
    *probe = (path_probe){ .pairs = pairs, .times = times, .width = rill_shape_count(sample) };
    if (!take_room(probe))
        return no_memory(message);
    draw(probe, seed, 0, probe->x0);
    draw(probe, seed, 1, probe->x1);
    rill_store *store = rill_store_new(seed); /* of a path with parameters */
    rill_graph *g = rill_graph_new(store);
    rill_status status = compile(probe, path, sample, g, message);
    rill_graph_free(g);
    rill_store_free(store);
    return status;
}

void path_probe_close(path_probe *probe)
{
    rill_program_free(probe->program);
    double *const room[] = { probe->x0,       probe->x1,      probe->x,
                             probe->velocity, probe->derived, probe->t };
    for (size_t i = 0; i < sizeof room / sizeof *room; i++)
        rill_free(room[i]);
    *probe = (path_probe){ 0 };
}

rill_status path_probe_run(path_probe *probe, const double *t, int count, rill_message *message)
{
    double *const results[] = { probe->x, probe->velocity, probe->derived };
    int64_t rows = rows_of(probe), all = rows * probe->width;
    for (int64_t row = 0; row < rows; row++) {
        int64_t k = row / probe->pairs;
        probe->t[row] = t[k < count ? k : count - 1];
    }
    rill_status status = rill_feed(probe->program, probe->t_in, probe->t, rows);
    if (status == RILL_OK)
        status = rill_run(probe->program);
    for (int i = 0; i < 3 && status == RILL_OK; i++)
        status = rill_read(probe->program, probe->out[i], results[i], all);
    return status == RILL_OK ? RILL_OK
                             : rill_fail(message, status, "%s", rill_program_error(probe->program));
}
