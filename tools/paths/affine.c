/* Whether x_t is alpha(t) x1 + sigma(t) x0 with two numbers at each t. */
#include "check.h"

#include <math.h>

/* The least squares fit of x[i] = sigma x0[i] + alpha x1[i]. */
static void fit(const path_probe *probe, const double *x, double *alpha, double *sigma)
{
    double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
    for (int64_t i = 0; i < path_probe_stride(probe); i++) {
        double a = probe->x0[i], b = probe->x1[i];
        aa += a * a, ab += a * b, bb += b * b;
        ax += a * x[i], bx += b * x[i];
    }
    double determinant = aa * bb - ab * ab;
    *sigma = (ax * bb - bx * ab) / determinant;
    *alpha = (bx * aa - ax * ab) / determinant;
}

int path_is_affine_at(const path_probe *probe, int k, double *alpha, double *sigma)
{
    int64_t n = path_probe_stride(probe);
    const double *x = probe->x + k * n;
    fit(probe, x, alpha, sigma);
    /* Rounding of x and of the fit, whose two columns are far from parallel. */
    double tolerance = 1e-10 * (1 + fabs(*alpha) + fabs(*sigma));
    for (int64_t i = 0; i < n; i++)
        if (!(fabs(*sigma * probe->x0[i] + *alpha * probe->x1[i] - x[i]) <= tolerance))
            return 0;
    return n > 2; /* two numbers fit any two */
}

rill_status path_check_affine(path_probe *probe, path_affinity *affinity, rill_message *message)
{
    enum { MORE = 11 };
    double t[PATH_AFFINE_TIMES + MORE], alpha, sigma;
    for (int k = 0; k < PATH_AFFINE_TIMES; k++)
        t[k] = k / (PATH_AFFINE_TIMES - 1.0);
    for (int k = 0; k < MORE; k++) /* where no harmonic vanishes with those */
        t[PATH_AFFINE_TIMES + k] = (k + 0.37) / MORE;
    rill_status status = path_probe_run(probe, t, PATH_AFFINE_TIMES + MORE, message);
    affinity->affine = 1;
    for (int k = 0; k < PATH_AFFINE_TIMES + MORE && status == RILL_OK; k++) {
        affinity->affine &= path_is_affine_at(probe, k, &alpha, &sigma);
        if (k < PATH_AFFINE_TIMES)
            affinity->alpha[k] = alpha, affinity->sigma[k] = sigma;
    }
    return status;
}
