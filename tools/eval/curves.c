/* Steps against quality: how near samples come to data, by solver and number of steps. */
#include "measures.h"

#include <math.h>
#include <stdlib.h>

/* Point number i of those of a solver; 0 when i is out of range. */
static int integration_at(const eval_settings *s, const rill_solver *solver, int i,
                          eval_integration *how)
{
    int adaptive = rill_solver_is_adaptive(solver);
    if (i >= (adaptive ? s->tolerance_count : s->count_count))
        return 0;
    *how = (eval_integration){ solver, adaptive ? 1 : s->counts[i],
                               adaptive ? s->tolerances[i] : 0.0 };
    return 1;
}

/* Room for the points of all solvers, which say how they are made; NULL without memory. */
static eval_point *make_points(const eval_settings *s, int *count)
{
    int solvers = 0;
    while (rill_solver_at(solvers))
        solvers++;
    eval_point *points = calloc((size_t)(solvers * EVAL_MOST_COUNTS), sizeof *points);
    *count = 0;
    for (int k = 0; points && k < solvers; k++)
        for (int i = 0; integration_at(s, rill_solver_at(k), i, &points[*count].how); i++)
            ++*count;
    return points;
}

static rill_status measure_point(eval_run *run, eval_point *point, double *x, rill_message *message)
{
    for (int i = 0; i < EVAL_MOST_MEASURES; i++)
        point->value[i] = (eval_value){ (double)NAN, (double)NAN, (double)NAN };
    rill_status status = eval_samples(run, &point->how, x, &point->evaluations, message);
    if (status == RILL_OK)
        status = eval_distances(run, x, point->value, message);
    for (int i = 0; i < EVAL_MOST_MEASURES; i++)
        point->value[i].floor = run->found[i].floor;
    return status;
}

rill_status eval_run_curves(eval_run *run, rill_message *message)
{
    int64_t n = run->settings.draws * run->settings.samples;
    double *x = malloc((size_t)(n * run->model->width) * sizeof *x);
    run->curve = make_points(&run->settings, &run->curve_count);
    rill_status status =
        x && run->curve ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int i = 0; i < run->curve_count && status == RILL_OK; i++)
        status = measure_point(run, &run->curve[i], x, message);
    free(x);
    return status;
}
