/* A path's velocity against differences of its positions. */
#include "check.h"

#include "base/alloc.h"
#include "core/rng.h"

#include <math.h>

enum { MOST_TIMES = 64, STEP_COUNT = 4 };

/* Steps as parts of the distance to the nearer end: a large one has little rounding, a small one
 * sees no bend that is not at t. */
static const double steps[STEP_COUNT] = { 0x1p-6, 0x1p-10, 0x1p-14, 0x1p-18 };

/* The fourth-order difference (8 (x(t+h) - x(t-h)) - (x(t+2h) - x(t-2h))) / 12h. */
static const struct {
    double steps, weight;
} stencil[] = { { 1, 8 }, { -1, -8 }, { 2, -1 }, { -2, 1 } };

typedef struct differences {
    path_probe *probe;
    double t[MOST_TIMES];
    double *derived; /* [times, pairs, width] at t */
    double *sum;     /* of the stencil */
    double *apart;   /* [times, pairs]: the least over the steps so far */
    double *scale;   /* [times, pairs] */
} differences;

static double room_of(const differences *d, int64_t k)
{
    return fmin(d->t[k], 1 - d->t[k]);
}

/* Keeps what was derived at t, and by what differences are measured. */
static void keep(differences *d)
{
    const path_probe *p = d->probe;
    int64_t rows = (int64_t)p->times * p->pairs;
    for (int64_t row = 0; row < rows; row++) {
        d->apart[row] = (double)INFINITY;
        d->scale[row] = 1e-3; /* of a pair that is very near */
        for (int64_t i = 0; i < p->width; i++) {
            int64_t at = row * p->width + i, in_pair = row % p->pairs * p->width + i;
            d->derived[at] = p->derived[at];
            d->scale[row] = fmax(d->scale[row], fabs(p->derived[at]));
            d->scale[row] = fmax(d->scale[row], fabs(p->x1[in_pair] - p->x0[in_pair]));
        }
    }
}

/* The differences by one step, at every time. */
static rill_status take_differences(differences *d, double step, rill_message *message)
{
    path_probe *p = d->probe;
    int64_t all = p->times * path_probe_stride(p);
    rill_status status = RILL_OK;
    for (int64_t i = 0; i < all; i++)
        d->sum[i] = 0;
    for (size_t s = 0; s < sizeof stencil / sizeof *stencil && status == RILL_OK; s++) {
        double t[MOST_TIMES];
        for (int k = 0; k < p->times; k++)
            t[k] = d->t[k] + stencil[s].steps * step * room_of(d, k);
        status = path_probe_run(p, t, p->times, message);
        for (int64_t i = 0; i < all && status == RILL_OK; i++)
            d->sum[i] += stencil[s].weight * p->x[i];
    }
    return status;
}

static void compare(differences *d, double step)
{
    const path_probe *p = d->probe;
    int64_t rows = (int64_t)p->times * p->pairs;
    for (int64_t row = 0; row < rows; row++) {
        double apart = 0, h = step * room_of(d, row / p->pairs);
        for (int64_t at = row * p->width; at < (row + 1) * p->width; at++)
            apart = fmax(apart, fabs(d->sum[at] / (12 * h) - d->derived[at]));
        d->apart[row] = fmin(d->apart[row], apart);
    }
}

static double worst_of(const differences *d)
{
    double worst = 0;
    for (int64_t row = 0; row < (int64_t)d->probe->times * d->probe->pairs; row++)
        worst = fmax(worst, d->apart[row] / d->scale[row]);
    return worst;
}

/* The closed form against what was derived, in the last run. */
static double closed_apart(const differences *d)
{
    const path_probe *p = d->probe;
    double worst = 0;
    for (int64_t at = 0; at < p->times * path_probe_stride(p); at++)
        worst = fmax(worst, fabs(p->velocity[at] - p->derived[at]) / d->scale[at / p->width]);
    return worst;
}

static rill_status check(differences *d, path_velocity_check *result, rill_message *message)
{
    rill_status status = path_probe_run(d->probe, d->t, d->probe->times, message);
    if (status != RILL_OK)
        return status;
    keep(d);
    result->closed = closed_apart(d);
    for (int s = 0; s < STEP_COUNT && status == RILL_OK; s++) {
        status = take_differences(d, steps[s], message);
        compare(d, steps[s]);
    }
    result->difference = worst_of(d);
    return status;
}

rill_status path_check_velocity(path_probe *probe, uint64_t seed, path_velocity_check *result,
                                rill_message *message)
{
    differences d = { .probe = probe };
    size_t all = (size_t)(probe->times * path_probe_stride(probe));
    size_t rows = (size_t)(probe->times * probe->pairs);
    double *room = probe->times <= MOST_TIMES ? rill_alloc(2 * (all + rows), sizeof *room) : NULL;
    if (!room)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for the check of a path");
    d.derived = room, d.sum = room + all, d.apart = room + 2 * all, d.scale = d.apart + rows;
    rill_stream_uniform(rill_stream_key(seed, "path times"), 0, 0, 0, probe->times, d.t);
    rill_status status = check(&d, result, message);
    rill_free(room);
    return status;
}
