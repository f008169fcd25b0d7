#include "on_manifold.h"

#include "place.h"

#include "core/program.h"
#include "ops/elementwise.h"

#include <math.h>
#include <stdlib.h>

enum { CHUNK = 256 };

/* The point that goes nowhere is the point itself, in its normal form. */
static rill_tensor *normal_form(const rill_manifold *m, rill_tensor *x)
{
    rill_tensor *on = rill_manifold_project(m, x);
    return rill_manifold_exp(m, on, rill_sub(on, on));
}

static rill_status check_rows(const char *path, const rill_manifold *m, const double *x,
                              const double *near, int64_t first, int64_t rows, int64_t n,
                              rill_message *message)
{
    char place[CLI_PLACE_TEXT];
    for (int64_t i = 0; i < rows; i++) {
        double square = 0.0;
        for (int64_t j = 0; j < n; j++)
            square += (x[i * n + j] - near[i * n + j]) * (x[i * n + j] - near[i * n + j]);
        if (!(sqrt(square) <= CLI_OFF_MANIFOLD))
            return rill_fail(message, RILL_MISMATCH,
                             "'%.200s': %s, which begins %g, is %.3g off the "
                             "%s; at most %g is taken for rounding",
                             path, cli_place(path, first + i, -1, place), x[i * n], sqrt(square),
                             m->name, CLI_OFF_MANIFOLD);
    }
    return RILL_OK;
}

rill_status cli_check_on_manifold(const char *path, const rill_manifold *m, const double *x,
                                  int64_t rows, int64_t n, rill_message *message)
{
    rill_status status = rill_manifold_check(m, n, message);
    double *near = status == RILL_OK ? malloc((size_t)(CHUNK * n) * sizeof *near) : NULL;
    double *some = near ? calloc((size_t)(CHUNK * n), sizeof *some) : NULL;
    rill_graph *g = some ? rill_graph_new(NULL) : NULL;
    rill_tensor *in = rill_input(g, "x", RILL_F64, RILL_SHAPE(CHUNK, n));
    rill_tensor *out = normal_form(m, in);
    rill_program *p = g ? rill_compile(g, out) : NULL;
    if (status == RILL_OK && !p)
        status = rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int64_t first = 0; first < rows && status == RILL_OK; first += CHUNK) {
        int64_t count = rows - first < CHUNK ? rows - first : CHUNK;
        for (int64_t i = 0; i < count * n; i++)
            some[i] = x[first * n + i];
        rill_feed(p, in, some, CHUNK * n);
        status = rill_run(p);
        if (status == RILL_OK)
            status = rill_read(p, out, near, CHUNK * n);
        if (status == RILL_OK)
            status = check_rows(path, m, some, near, first, count, n, message);
        else
            rill_fail(message, status, "%s", rill_program_error(p));
    }
    rill_program_free(p);
    rill_graph_free(g);
    free(some);
    free(near);
    return status;
}

rill_flow_batch cli_manifold_batch(const rill_manifold *m, rill_flow_batch batch)
{
    batch.x1 = normal_form(m, batch.x1);
    batch.x0 = batch.x0 ? normal_form(m, batch.x0) : rill_manifold_draw(m, batch.x1);
    return batch;
}
