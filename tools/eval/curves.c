/* Steps against quality: how near samples come to data, by solver and number of steps. */
#include "measures.h"

#include <math.h>
#include <stdlib.h>

static int solver_count(void)
{
    int count = 0;
    while (rill_solver_at(count))
        count++;
    return count;
}

static rill_status measure_point(eval_run *run, eval_point *point, double *x, rill_message *message)
{
    for (int i = 0; i < EVAL_MOST_MEASURES; i++)
        point->value[i] = (eval_value){ (double)NAN, (double)NAN, (double)NAN };
    rill_status status = eval_samples(run, point->solver, point->steps, x, message);
    if (status == RILL_OK)
        status = eval_distances(run, x, point->value, message);
    for (int i = 0; i < EVAL_MOST_MEASURES; i++)
        point->value[i].floor = run->found[i].floor;
    return status;
}

rill_status eval_run_curves(eval_run *run, rill_message *message)
{
    int solvers = solver_count(), counts = run->settings.count_count;
    int64_t n = run->settings.draws * run->settings.samples;
    double *x = malloc((size_t)(n * run->model->width) * sizeof *x);
    run->curve = calloc((size_t)(solvers * counts) + 1, sizeof *run->curve);
    rill_status status =
        x && run->curve ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int i = 0; i < solvers * counts && status == RILL_OK; i++) {
        eval_point *point = &run->curve[run->curve_count++];
        point->solver = rill_solver_at(i / counts);
        point->steps = run->settings.counts[i % counts];
        point->evaluations = point->steps * point->solver->stages;
        status = measure_point(run, point, x, message);
    }
    free(x);
    return status;
}
