/* Whether a path is a number between its ends, and how fast it moves there. */
#include "check.h"

#include <math.h>
#include <stdio.h>

/* The first number of time k of the last run that is not finite; 0 when all are. */
static int hole_at(const path_probe *p, int k, double t, path_hole *hole)
{
    int64_t n = path_probe_stride(p);
    for (int64_t i = 0; i < n; i++) {
        double x = p->x[k * n + i], velocity = p->velocity[k * n + i];
        if (isfinite(x) && isfinite(velocity))
            continue;
        *hole = (path_hole){ .found = 1, .t = t, .x0 = p->x0[i], .x1 = p->x1[i] };
        hole->of_velocity = isfinite(x);
        hole->value = isfinite(x) ? velocity : x;
        return 1;
    }
    return 0;
}

rill_status path_find_hole(path_probe *probe, path_hole *hole, rill_message *message)
{
    enum { TIMES = 32, MOST_AT_ONCE = 32 };
    int at_once = probe->times < MOST_AT_ONCE ? probe->times : MOST_AT_ONCE;
    double t[MOST_AT_ONCE];
    rill_status status = RILL_OK;
    *hole = (path_hole){ 0 };
    for (int first = 0; first < TIMES && status == RILL_OK; first += at_once) {
        int count = TIMES - first < at_once ? TIMES - first : at_once;
        for (int k = 0; k < count; k++) /* where a formula is hardly ever singular */
            t[k] = (first + k + 0.37) / TIMES;
        status = path_probe_run(probe, t, count, message);
        for (int k = 0; k < count && status == RILL_OK; k++)
            if (hole_at(probe, k, t[k], hole))
                return RILL_OK;
    }
    return status;
}

void path_hole_describe(const path_hole *hole, char *text, size_t size)
{
    snprintf(text, size, "the %s is %s at x0 = %g, x1 = %g, t = %.3g",
             hole->of_velocity ? "velocity" : "path",
             isnan(hole->value) ? "not a number" : "infinite", hole->x0, hole->x1, hole->t);
}
