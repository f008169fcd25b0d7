#include "trajectory.h"

#include <math.h>
#include <stddef.h>

/* Neumaier's sum: millions of terms, none of which is lost. */
typedef struct total {
    double sum, rest;
} total;

static void add(total *t, double value)
{
    double sum = t->sum + value;
    t->rest += fabs(t->sum) >= fabs(value) ? t->sum - sum + value : value - sum + t->sum;
    t->sum = sum;
}

static double time_at(const rill_trajectory *t, int64_t k)
{
    return t->times ? t->times[k] : (double)k / (double)(t->time_count - 1);
}

static rill_status check(const rill_trajectory *t, const rill_travel *out, rill_message *message)
{
    if (!t || !t->x || !out)
        return rill_fail(message, RILL_BAD_ARGUMENT, "trajectory: an argument is NULL");
    if (t->time_count < 2 || t->count < 1 || t->dim < 1)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "trajectory: %lld times of %lld samples of %lld numbers; expected two "
                         "times and one sample at least",
                         (long long)t->time_count, (long long)t->count, (long long)t->dim);
    for (int64_t k = 0; k < t->time_count; k++)
        if (!isfinite(time_at(t, k)) || (k > 0 && !(time_at(t, k) > time_at(t, k - 1))))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "trajectory: time %lld (counted from 0) is %g; expected times that "
                             "ascend",
                             (long long)k, time_at(t, k));
    return RILL_OK;
}

/* One interval: the numbers of all samples from x to y, which move from `first` to `last` in all.
 */
static void measure_step(const rill_trajectory *t, int64_t k, total *speed, total *bend)
{
    int64_t numbers = t->count * t->dim;
    const double *x = t->x + k * numbers, *y = x + numbers;
    const double *first = t->x, *last = t->x + (t->time_count - 1) * numbers;
    double h = time_at(t, k + 1) - time_at(t, k);
    double span = time_at(t, t->time_count - 1) - time_at(t, 0);
    for (int64_t i = 0; i < numbers; i++) {
        double velocity = (y[i] - x[i]) / h, straight = (last[i] - first[i]) / span;
        add(speed, h * velocity * velocity);
        add(bend, h * (straight - velocity) * (straight - velocity));
    }
}

static rill_status refuse(const rill_trajectory *t, rill_message *message)
{
    for (int64_t i = 0; i < t->time_count * t->count * t->dim; i++)
        if (!isfinite(t->x[i]))
            return rill_fail(message, RILL_NOT_FINITE,
                             "trajectory: sample %lld is not finite at time %lld (counted from 0)",
                             (long long)(i / t->dim % t->count),
                             (long long)(i / t->dim / t->count));
    return rill_fail(message, RILL_NOT_FINITE, "trajectory: what is travelled is not finite");
}

rill_status rill_trajectory_measure(const rill_trajectory *t, rill_travel *out,
                                    rill_message *message)
{
    total speed = { 0 }, bend = { 0 };
    rill_status status = check(t, out, message);
    if (status != RILL_OK)
        return status;
    for (int64_t k = 0; k + 1 < t->time_count; k++)
        measure_step(t, k, &speed, &bend);
    out->squared_speed = (speed.sum + speed.rest) / (double)t->count;
    out->straightness = (bend.sum + bend.rest) / (double)t->count;
    return isfinite(out->squared_speed) && isfinite(out->straightness) ? RILL_OK
                                                                       : refuse(t, message);
}

double rill_normalized_path_energy(double squared_speed, double w2)
{
    return fabs(squared_speed - w2 * w2) / (w2 * w2);
}
