/* How far samples are from data, by every distance that is wanted: one job for each and each draw,
 * on several threads. */
#include "mean.h"
#include "measures.h"

#include "base/ahead.h"

#include <stdlib.h>

typedef struct jobs {
    const eval_run *run;
    const double *x;                        /* [draws*samples,width] */
    int measure[EVAL_MOST_MEASURES], count; /* those wanted, by number */
    double *value;                          /* [count,draws] */
} jobs;

static void find_wanted(const eval_run *run, jobs *j)
{
    eval_measure m;
    for (int i = 0; eval_measure_at(i, &m); i++)
        if (m.of_samples && eval_is_wanted(run, m.name))
            j->measure[j->count++] = i;
}

static rill_status measure_one(void *self, int64_t number, int slot, rill_message *message)
{
    jobs *j = self;
    (void)slot; /* each has a value of its own */
    const eval_settings *s = &j->run->settings;
    int64_t draw = number % s->draws, width = j->run->model->width;
    if (number >= j->count * s->draws)
        return RILL_OK; /* ahead of need */
    eval_measure m;
    eval_measure_at(j->measure[number / s->draws], &m);
    int64_t first = draw * s->samples * width;
    rill_points a = { j->x + first, s->samples, width };
    rill_points b = { j->run->real.x + first, s->samples, width };
    rill_distance distance = { 0 };
    rill_message why = { "" };
    rill_status status = m.of_samples->distance(&a, &b, s->seed, &distance, &why);
    j->value[number] = distance.value;
    return status == RILL_OK ? status : rill_fail(message, status, "%s: %s", m.name, why.text);
}

static rill_status run_jobs(jobs *j, rill_message *message)
{
    int64_t all = j->count * j->run->settings.draws;
    int threads = j->run->settings.threads > 1 ? j->run->settings.threads : 0, slot;
    rill_ahead *ahead = rill_ahead_new(measure_one, j, 0, threads + 1, threads);
    rill_status status = ahead ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int64_t k = 0; k < all && status == RILL_OK; k++)
        status = rill_ahead_next(ahead, &slot, message);
    rill_ahead_free(ahead);
    return status;
}

rill_status eval_distances(const eval_run *run, const double *x, eval_value *values,
                           rill_message *message)
{
    int64_t draws = run->settings.draws;
    jobs j = { .run = run, .x = x };
    find_wanted(run, &j);
    j.value = malloc((size_t)(j.count * draws + 1) * sizeof *j.value);
    rill_status status =
        j.value ? run_jobs(&j, message) : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int k = 0; k < j.count && status == RILL_OK; k++)
        values[j.measure[k]] = eval_mean(j.value + k * draws, draws);
    free(j.value);
    return status;
}
