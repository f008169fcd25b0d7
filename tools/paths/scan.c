/* Where on [0,1] a path's velocity is not finite or grows without bound, and where x jumps. */
#include "check.h"

#include <math.h>
#include <stdio.h>

enum { GRID = 1024, BATCH = 32 }; /* BATCH: times of the probe that are used at once */

/* Of the distance from a time, below which growth is taken for none.  Between the distances that
 * are compared a logarithm grows as a power of .05 and more. */
#define LEAST_POWER 0.02
#define LEAST_JUMP  1e-6

typedef struct scan {
    path_probe *probe;
    path_scan *found;
    rill_message *message;
    double speed[GRID + 1]; /* at k / GRID */
} scan;

/* The largest |velocity| at time k of the last run; infinite when x or the velocity is not finite.
 */
static double speed_at(const path_probe *p, int k)
{
    double most = 0;
    int64_t n = path_probe_stride(p);
    for (int64_t i = k * n; i < (k + 1) * n; i++) {
        if (!isfinite(p->x[i]) || !isfinite(p->velocity[i]))
            return (double)INFINITY;
        most = fmax(most, fabs(p->velocity[i]));
    }
    return most;
}

static rill_status speeds(const scan *s, const double *t, int count, double *speed)
{
    rill_status status = RILL_OK;
    for (int first = 0; first < count && status == RILL_OK; first += BATCH) {
        int n = count - first < BATCH ? count - first : BATCH;
        status = path_probe_run(s->probe, t + first, n, s->message);
        for (int k = 0; k < n && status == RILL_OK; k++)
            speed[first + k] = speed_at(s->probe, k);
    }
    return status;
}

/* In the order of times. */
static void add_singularity(scan *s, double t, double power)
{
    path_singularity *all = s->found->singular;
    int i = s->found->count;
    if (i == PATH_MOST_SINGULAR)
        return;
    for (; i > 0 && all[i - 1].t > t; i--)
        all[i] = all[i - 1];
    all[i] = (path_singularity){ t, power };
    s->found->count++;
}

/* How fast the speed grows from `far` to `near`, of which the distance is 2^-halvings. */
static double growth(double far, double near, double halvings)
{
    return isfinite(near) && near > 1e-9 && far > 0 ? log2(near / far) / halvings : 0;
}

/* ---- The ends: near them, but no nearer than a singular rate is taken, and there. */

static rill_status look_at_end(scan *s, int end)
{
    enum { HALVINGS = 4 };
    double near = 2 * rill_singular_margin(RILL_F64), far = ldexp(near, HALVINGS);
    const double t[] = { fabs(end - far), fabs(end - near), end };
    double speed[3];
    rill_status status = speeds(s, t, 3, speed);
    if (status != RILL_OK)
        return status;
    double power = growth(speed[0], speed[1], HALVINGS);
    if (power > LEAST_POWER)
        add_singularity(s, end, power);
    else if (!isfinite(speed[1]) || !isfinite(speed[2]))
        add_singularity(s, end, 0);
    return RILL_OK;
}

/* ---- Inside: a grid, and around its fastest times closer and closer. */

static rill_status look_at_grid(scan *s)
{
    double t[GRID + 1];
    for (int k = 0; k <= GRID; k++)
        t[k] = (double)k / GRID;
    rill_status status = speeds(s, t, GRID + 1, s->speed);
    for (int k = 1; k < GRID && status == RILL_OK; k++)
        if (isfinite(s->speed[k]) && s->speed[k] > s->found->fastest) {
            s->found->fastest = s->speed[k];
            s->found->fastest_at = t[k];
        }
    return status;
}

typedef struct bracket {
    double low, high;
    double value; /* what is looked for, within it */
} bracket;

/* The fastest of BATCH times in the bracket, with its neighbours. */
static rill_status narrow(const scan *s, bracket *b)
{
    double t[BATCH + 2], speed[BATCH];
    int best = 0;
    for (int k = 0; k < BATCH + 2; k++)
        t[k] = b->low + (b->high - b->low) * k / (BATCH + 1);
    rill_status status = speeds(s, t + 1, BATCH, speed);
    for (int k = 1; k < BATCH && status == RILL_OK; k++)
        if (speed[k] > speed[best])
            best = k;
    *b = (bracket){ t[best], t[best + 2], speed[best] };
    return status;
}

/* The speed at a distance from t, on the faster side. */
static rill_status speed_beside(const scan *s, double t, double distance, double *speed)
{
    double both[2];
    rill_status status = speeds(s, (const double[]){ t - distance, t + distance }, 2, both);
    *speed = both[0] > both[1] ? both[0] : both[1];
    return status;
}

/* Whether the speed around grid time k, a peak, is one without bound. */
static rill_status look_around(scan *s, int k)
{
    enum { ROUNDS = 9 };
    bracket b = { (double)(k - 1) / GRID, (double)(k + 1) / GRID, 0 };
    double far = 0, near = 0;
    rill_status status = RILL_OK;
    for (int round = 0; round < ROUNDS && status == RILL_OK; round++)
        status = narrow(s, &b);
    double t = isfinite(s->speed[k]) ? (b.low + b.high) / 2 : (double)k / GRID;
    if (status == RILL_OK)
        status = speed_beside(s, t, 0x1p-14, &far);
    if (status == RILL_OK)
        status = speed_beside(s, t, 0x1p-30, &near);
    double power = status == RILL_OK ? growth(far, near, 16) : 0;
    if (status == RILL_OK && (power > LEAST_POWER || !isfinite(s->speed[k]) || !isfinite(b.value)))
        add_singularity(s, t, power > LEAST_POWER ? power : 0);
    return status;
}

/* A grid time that is faster than both neighbours, or the first at which something is not finite.
 */
static int is_peak(const scan *s, int k)
{
    if (!isfinite(s->speed[k]))
        return isfinite(s->speed[k - 1]) || k == 1;
    return s->speed[k] > s->speed[k - 1] && s->speed[k] >= s->speed[k + 1];
}

enum { MOST_PEAKS = 6 };

/* The fastest peaks, in any order; returns how many there are. */
static int find_peaks(const scan *s, int peaks[MOST_PEAKS])
{
    int count = 0;
    for (int k = 1; k < GRID; k++) {
        int slowest = 0;
        if (!is_peak(s, k))
            continue;
        for (int i = 1; i < count; i++)
            if (s->speed[peaks[i]] < s->speed[peaks[slowest]])
                slowest = i;
        if (count < MOST_PEAKS)
            peaks[count++] = k;
        else if (s->speed[k] > s->speed[peaks[slowest]])
            peaks[slowest] = k;
    }
    return count;
}

static rill_status look_inside(scan *s)
{
    int peaks[MOST_PEAKS];
    rill_status status = look_at_grid(s);
    int count = status == RILL_OK ? find_peaks(s, peaks) : 0;
    for (int i = 0; i < count && status == RILL_OK; i++)
        status = look_around(s, peaks[i]);
    return status;
}

/* ---- Jumps: where x moves by what the velocity does not account for, however near one looks. */

/* The largest |x(t[k+1]) - x(t[k]) - (v(t[k]) + v(t[k+1])) (t[k+1] - t[k]) / 2|. */
static double defect_at(const path_probe *p, const double *t, int k)
{
    double most = 0;
    int64_t n = path_probe_stride(p);
    for (int64_t i = k * n; i < (k + 1) * n; i++) {
        double mean = (p->velocity[i] + p->velocity[i + n]) / 2;
        double defect = fabs(p->x[i + n] - p->x[i] - mean * (t[k + 1] - t[k]));
        most = isfinite(defect) ? fmax(most, defect) : most;
    }
    return most;
}

/* The part of the bracket, out of BATCH - 1, with the largest defect, which is its value. */
static rill_status find_defect(const scan *s, bracket *b)
{
    double t[BATCH];
    bracket worst = { .value = -1 };
    for (int k = 0; k < BATCH; k++)
        t[k] = b->low + (b->high - b->low) * k / (BATCH - 1);
    rill_status status = path_probe_run(s->probe, t, BATCH, s->message);
    for (int k = 0; k + 1 < BATCH && status == RILL_OK; k++) {
        double defect = defect_at(s->probe, t, k);
        if (defect > worst.value)
            worst = (bracket){ t[k], t[k + 1], defect };
    }
    *b = worst;
    return status;
}

static int is_near_singular(const path_scan *found, double t)
{
    for (int i = 0; i < found->count; i++)
        if (fabs(found->singular[i].t - t) < 0x1p-20)
            return 1;
    return 0;
}

static rill_status look_for_jump(scan *s, double low, double high)
{
    enum { ROUNDS = 8 };
    bracket b = { low, high, HUGE_VAL };
    rill_status status = RILL_OK;
    for (int round = 0; round < ROUNDS && b.value > LEAST_JUMP && status == RILL_OK; round++)
        status = find_defect(s, &b);
    double t = (b.low + b.high) / 2;
    if (status == RILL_OK && b.value > LEAST_JUMP && b.value > s->found->jump &&
        !is_near_singular(s->found, t)) {
        s->found->jump = b.value;
        s->found->jump_at = t;
    }
    return status;
}

static rill_status look_for_jumps(scan *s)
{
    enum { PARTS = 32 }; /* of [1/GRID, 1 - 1/GRID]: what is wild at the ends is no jump */
    const double first = 1.0 / GRID, part = (1 - 2 * first) / PARTS;
    rill_status status = RILL_OK;
    for (int k = 0; k < PARTS && status == RILL_OK; k++)
        status = look_for_jump(s, first + k * part, first + (k + 1) * part);
    return status;
}

#define SLOW 0.1 /* a power that a logarithm may have been taken for */

void path_singularity_describe(const path_singularity *s, char *text, size_t size)
{
    if (s->power <= SLOW)
        snprintf(text, size, s->power > 0 ? "grows, about as a logarithm" : "is not finite");
    else if (s->t == 0 || s->t == 1)
        snprintf(text, size, "grows as %s^-%.2g", s->t > 0 ? "(1-t)" : "t", s->power);
    else
        snprintf(text, size, "grows as |t-%.6g|^-%.2g", s->t, s->power);
}

rill_status path_scan_times(path_probe *probe, path_scan *found, rill_message *message)
{
    scan s = { .probe = probe, .found = found, .message = message };
    *found = (path_scan){ .fastest = -1 };
    rill_status status = look_at_end(&s, 0);
    if (status == RILL_OK)
        status = look_at_end(&s, 1);
    if (status == RILL_OK)
        status = look_inside(&s);
    return status == RILL_OK ? look_for_jumps(&s) : status;
}
