#include "measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const eval_value nothing = { (double)NAN, (double)NAN, (double)NAN };

static rill_status measure_loss(eval_run *run, eval_value *value, rill_message *message)
{
    rill_status status = eval_run_loss(run, message);
    if (status == RILL_OK)
        *value = (eval_value){ run->overall.loss, run->overall.loss_error,
                               run->known == 1.0 ? run->overall.floor : (double)NAN };
    return status;
}

static rill_status measure_excess(eval_run *run, eval_value *value, rill_message *message)
{
    rill_status status = eval_run_loss(run, message);
    if (status != RILL_OK)
        return status;
    if (!(run->known > 0.0))
        return rill_fail(message, RILL_UNSUPPORTED,
                         "the floor is known for noise that is paired independently with data, on "
                         "an affine path, without vectors as conditions");
    *value = (eval_value){ run->overall.excess, run->overall.excess_error, 0.0 };
    return RILL_OK;
}

/* ---- Ways. */

enum { MOST_WAYS = 2000, MOST_PLACES = 1 << 25 /* numbers in memory */ };

static int64_t way_count(const eval_run *run)
{
    int64_t n = run->settings.samples, most = MOST_WAYS;
    int64_t room = MOST_PLACES / ((run->settings.how.steps + 1) * run->model->width);
    if (room < most)
        most = room < 2 ? 2 : room;
    return n < most ? n : most;
}

/* Once for all measures of them: of the first draw, as far as memory and W2 go. */
static rill_status travel(eval_run *run, rill_message *message)
{
    const eval_settings *s = &run->settings;
    int64_t n = way_count(run), width = run->model->width;
    if (run->w2 > 0.0)
        return RILL_OK;
    double *ways = malloc((size_t)((s->how.steps + 1) * n * width) * sizeof *ways);
    rill_status status =
        ways ? eval_ways(run, &s->how, n, ways, message)
             : rill_fail(message, RILL_NO_MEMORY, "out of memory for samples on their way");
    rill_trajectory trajectory = { ways, NULL, s->how.steps + 1, n, width };
    rill_points from = { ways, n, width }, to = { run->real.x, n, width };
    rill_distance w2 = { 0 };
    if (status == RILL_OK)
        status = rill_trajectory_measure(&trajectory, &run->travel, message);
    if (status == RILL_OK)
        status = rill_w2(&from, &to, s->seed, &w2, message);
    run->w2 = w2.value;
    free(ways);
    return status;
}

static rill_status measure_energy(eval_run *run, eval_value *value, rill_message *message)
{
    rill_status status = travel(run, message);
    double energy = rill_normalized_path_energy(run->travel.squared_speed, run->w2);
    *value = (eval_value){ energy, (double)NAN, 0.0 };
    return status;
}

static rill_status measure_straightness(eval_run *run, eval_value *value, rill_message *message)
{
    rill_status status = travel(run, message);
    *value = (eval_value){ run->travel.straightness, (double)NAN, 0.0 };
    return status;
}

static const eval_measure own[] = {
    { "loss", "mean squared error of the velocity", measure_loss, NULL },
    { "excess", "what is left to learn: the loss above its floor", measure_excess, NULL },
    { "path-energy", "normalised path energy: what is travelled beyond W2 from start to data",
      measure_energy, NULL },
    { "straightness", "mean square of how ways differ from straight ones, evenly fast",
      measure_straightness, NULL },
    { "NLL", "negative log-likelihood of the data, in nats a sample", eval_measure_nll, NULL },
};

enum { OWN = sizeof own / sizeof *own };

int eval_measure_at(int i, eval_measure *measure)
{
    if (i < 0 || i >= OWN + rill_metric_count() || i >= EVAL_MOST_MEASURES)
        return 0;
    if (i < OWN) {
        *measure = own[i];
        return 1;
    }
    const rill_metric *metric = rill_metric_at(i - OWN);
    *measure = (eval_measure){ metric->name, metric->doc, NULL, metric };
    return 1;
}

/* ---- All of them. */

int eval_is_wanted(const eval_run *run, const char *name)
{
    return !run->settings.only || strcmp(run->settings.only, name) == 0;
}

/* Of the model as a whole.  What makes no sense is an error where it alone is wanted. */
static rill_status measure_model(eval_run *run, rill_message *message)
{
    eval_measure m;
    for (int i = 0; eval_measure_at(i, &m); i++) {
        rill_message why = { "" };
        run->found[i] = nothing;
        if (!m.of_model || !eval_is_wanted(run, m.name))
            continue;
        rill_status status = m.of_model(run, &run->found[i], &why);
        if (status == RILL_UNSUPPORTED && !run->settings.only)
            memcpy(run->missing[i], why.text, sizeof run->missing[i] - 1);
        else if (status != RILL_OK)
            return rill_fail(message, status, "%s: %s", m.name, why.text);
    }
    return RILL_OK;
}

rill_status eval_run_measure(eval_run *run, rill_message *message)
{
    eval_measure m;
    eval_value floor[EVAL_MOST_MEASURES];
    rill_status status = measure_model(run, message);
    if (status == RILL_OK)
        status = eval_distances(run, run->made, run->found, message);
    if (status == RILL_OK)
        status = eval_distances(run, run->other.x, floor, message);
    for (int i = 0; eval_measure_at(i, &m) && status == RILL_OK; i++)
        if (m.of_samples && eval_is_wanted(run, m.name))
            run->found[i].floor = floor[i].value;
    return status;
}
