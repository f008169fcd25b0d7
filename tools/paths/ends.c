/* Whether a path begins at x0 and ends at x1. */
#include "check.h"

#include <math.h>
#include <stdio.h>

static path_end end_at(const path_probe *probe, int k)
{
    path_end end = { .t = k };
    const double *wanted = k ? probe->x1 : probe->x0;
    int64_t n = path_probe_stride(probe);
    for (int64_t i = n - 1; i >= 0; i--) {
        double x = probe->x[k * n + i], miss = fabs(x - wanted[i]);
        if (!isfinite(x))
            miss = (double)INFINITY;
        if (miss < end.miss)
            continue;
        x = isnan(x) ? (double)NAN : x; /* not -nan */
        end = (path_end){ k, miss, probe->x0[i], probe->x1[i], x, .affine = 0 };
    }
    end.affine = path_is_affine_at(probe, k, &end.alpha, &end.sigma);
    return end;
}

rill_status path_find_ends(path_probe *probe, path_end ends[2], rill_message *message)
{
    rill_status status = path_probe_run(probe, (const double[]){ 0, 1 }, 2, message);
    for (int k = 0; k < 2 && status == RILL_OK; k++)
        ends[k] = end_at(probe, k);
    return status;
}

/* "0.5 x0", "x1 - 0.25 x0", "0" */
static int describe_affine(double alpha, double sigma, char *text, size_t size)
{
    const double coefficient[2] = { sigma, alpha };
    int used = 0;
    for (int i = 0; i < 2; i++) {
        double c = coefficient[i], size_of = fabs(c);
        const char *joint = c < 0 ? (used ? " - " : "-") : used ? " + " : "";
        if (size_of < 1e-9)
            continue;
        used += snprintf(text + used, size - (size_t)used, "%s", joint);
        if (fabs(size_of - 1) > 1e-9)
            used += snprintf(text + used, size - (size_t)used, "%.6g ", size_of);
        used += snprintf(text + used, size - (size_t)used, "x%d", i);
    }
    return used ? used : snprintf(text, size, "0");
}

void path_end_describe(const path_end *end, char *text, size_t size)
{
    char is[80];
    snprintf(is, sizeof is, "not x%d", end->t > 0);
    if (end->affine)
        describe_affine(end->alpha, end->sigma, is, sizeof is);
    snprintf(text, size, "at t = %g the path is %s: x0 = %g, x1 = %g give %.9g, expected %g",
             end->t, is, end->x0, end->x1, end->x, end->t > 0 ? end->x1 : end->x0);
}
