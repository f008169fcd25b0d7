#include "grid.h"

#include <math.h>

rill_status rill_time_grid(double from, double to, int64_t steps, double *times,
                           rill_message *message)
{
    if (!times || steps < 1 || !isfinite(from) || !isfinite(to))
        return rill_fail(message, RILL_BAD_ARGUMENT, "time grid: %lld steps from %g to %g",
                         (long long)steps, from, to);
    for (int64_t i = 0; i < steps; i++)
        times[i] = from + (to - from) * ((double)i / (double)steps);
    times[steps] = to;
    return RILL_OK;
}

rill_status rill_time_grid_shift(double shift, double *times, int64_t count, rill_message *message)
{
    if (!times || count < 0 || !(shift > 0) || !isfinite(shift))
        return rill_fail(message, RILL_BAD_ARGUMENT, "time grid: %lld times shifted by %g",
                         (long long)count, shift);
    for (int64_t i = 0; i < count; i++)
        if (!(times[i] >= 0 && times[i] <= 1))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "time grid: time %lld is %g; only times from 0 to 1 can be shifted",
                             (long long)i, times[i]);
    for (int64_t i = 0; i < count; i++)
        times[i] = times[i] / (times[i] + shift * (1 - times[i])); /* exact at both ends */
    return RILL_OK;
}

rill_status rill_time_grid_check(const double *times, int64_t count, rill_message *message)
{
    if (!times || count < 1)
        return rill_fail(message, RILL_BAD_ARGUMENT, "time grid: expected at least one time");
    int descends = count > 1 && times[1] < times[0];
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(times[i]))
            return rill_fail(message, RILL_BAD_ARGUMENT, "time grid: time %lld is not finite",
                             (long long)i);
        if (i > 0 && !(descends ? times[i] < times[i - 1] : times[i] > times[i - 1]))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "time grid: times have to ascend or descend throughout, but time %lld "
                             "is %g after %g",
                             (long long)i, times[i], times[i - 1]);
    }
    return RILL_OK;
}

int rill_time_grid_ascends(const double *times, int64_t count)
{
    return times[count - 1] > times[0];
}
