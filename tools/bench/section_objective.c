/* What objectives, weightings and label dropout make of a training step, as times the plain step,
 * and what the JVP of a network costs, as times the network.  The two of a pair take turns on one
 * thread, so that a clock that drifts meets both, and only the time counts in which it had a
 * processor. */
#include "limits.h"
#include "sections.h"
#include "workloads.h"

#include "core/grad.h"
#include "models/models.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 2048 };
#define ROUND_SECONDS 1e-3 /* of each of the two, or one run */

/* Processor seconds of a run, over `runs` of them. */
static rill_status time_runs(rill_program *p, int64_t runs, double *seconds)
{
    rill_status status = RILL_OK;
    double start = bench_processor_now();
    for (int64_t i = 0; i < runs && !status; i++)
        status = rill_run(p);
    *seconds = (bench_processor_now() - start) / (double)runs;
    return status;
}

/* How many runs make a round; the first makes what later ones find made. */
static rill_status runs_of_a_round(rill_program *p, int64_t *runs)
{
    double once = 0;
    rill_status status = time_runs(p, 1, &once);
    if (!status)
        status = time_runs(p, 1, &once);
    *runs = once > 0 && once < ROUND_SECONDS ? (int64_t)(ROUND_SECONDS / once) : 1;
    return status;
}

/* The median over rounds of the time of one program over that of another. */
static rill_status compare(bench *b, rill_program *plain, rill_program *other, double *ratio)
{
    double ratios[MOST_ROUNDS], of_plain = 0, of_other = 0;
    int64_t plain_runs, other_runs;
    int count = 0;
    rill_set_threads(1);
    rill_status status = runs_of_a_round(plain, &plain_runs);
    if (status)
        return bench_fail_program(b, status, plain);
    status = runs_of_a_round(other, &other_runs);
    double start = bench_now();
    while (!status && count < MOST_ROUNDS &&
           (count < LEAST_ROUNDS || bench_now() - start < b->seconds)) {
        status = time_runs(plain, plain_runs, &of_plain);
        if (!status)
            status = time_runs(other, other_runs, &of_other);
        ratios[count++] = of_other / of_plain;
    }
    *ratio = bench_median(ratios, count);
    return status ? bench_fail_program(b, status, other) : RILL_OK;
}

static rill_status tell(bench *b, const char *name, bench_quantity quantity, rill_program *plain,
                        rill_program *other)
{
    double ratio = 0;
    rill_status status = compare(b, plain, other, &ratio);
    if (status)
        return status;
    bench_put(b, &(bench_key){ "objective", name }, quantity, ratio);
    bench_show(b);
    return RILL_OK;
}

/* ---- Steps. */

static rill_status run_flow(bench *b, const bench_workload *w, rill_program *plain,
                            const char *what, const rill_flow *flow, int classes)
{
    char name[BENCH_NAME];
    bench_step step;
    snprintf(name, sizeof name, "%s %s", w->name, what);
    if (!bench_wants(b, name))
        return RILL_OK;
    rill_status status = bench_flow_step_make(&step, w, flow, classes, &b->message);
    if (!status)
        status = tell(b, name, BENCH_STEPS, plain, step.program);
    bench_step_free(&step);
    return status;
}

/* All of them on the plain path, but where it does not serve.  One that takes no pairs is no step
 * of this kind. */
static rill_status run_objectives(bench *b, const bench_workload *w, rill_program *plain)
{
    rill_status status = RILL_OK;
    const rill_objective *objective;
    for (int i = 0; (objective = rill_objective_at(i)) && !status; i++) {
        int random = objective->needs & RILL_NEEDS_NOISE;
        rill_flow flow = { .path = random ? &rill_path_bridge : NULL, .objective = objective };
        if (!(objective->needs & RILL_NEEDS_NO_PAIRS))
            status = run_flow(b, w, plain, objective->name, &flow, 0);
    }
    return status;
}

static rill_status run_weightings(bench *b, const bench_workload *w, rill_program *plain)
{
    rill_status status = RILL_OK;
    const rill_weighting *weighting;
    for (int i = 0; (weighting = rill_weighting_at(i)) && !status; i++)
        status = run_flow(b, w, plain, weighting->name, &(rill_flow){ .weighting = weighting }, 0);
    return status;
}

/* Labels beside the plain step, and a tenth of them left out beside labels. */
static rill_status run_labels(bench *b, const bench_workload *w, rill_program *plain)
{
    enum { CLASSES = 8 };
    const rill_flow flow = { .dropout = 0.1 };
    bench_step labelled;
    rill_status status = run_flow(b, w, plain, "labels", &(rill_flow){ 0 }, CLASSES);
    if (status)
        return status;
    status = bench_flow_step_make(&labelled, w, &(rill_flow){ 0 }, CLASSES, &b->message);
    if (!status)
        status = run_flow(b, w, labelled.program, "dropout", &flow, CLASSES);
    bench_step_free(&labelled);
    return status;
}

/* ---- The JVP. */

static rill_status run_jvp(bench *b, const bench_workload *w)
{
    char name[BENCH_NAME];
    bench_network net;
    snprintf(name, sizeof name, "%s jvp", w->name);
    if (!bench_wants(b, name))
        return RILL_OK;
    rill_status status = bench_network_make(&net, w, &b->message);
    if (!status)
        status = tell(b, name, BENCH_FORWARDS, net.forward, net.jvp);
    bench_network_free(&net);
    return status;
}

static rill_status run_workload(bench *b, const bench_workload *w)
{
    bench_step plain;
    rill_status status = bench_step_make(&plain, w, &b->message);
    if (!status)
        status = run_objectives(b, w, plain.program);
    if (!status)
        status = run_weightings(b, w, plain.program);
    if (!status)
        status = run_labels(b, w, plain.program);
    if (!status)
        status = run_jvp(b, w);
    bench_step_free(&plain);
    return status;
}

static rill_status run(bench *b)
{
    static const char *const names[] = { "toy", "mid" };
    rill_status status = RILL_OK;
    for (const bench_workload *w = bench_workloads; w->name && !status; w++)
        for (int i = 0; i < 2 && !status; i++)
            if (strcmp(w->name, names[i]) == 0)
                status = run_workload(b, w);
    return status;
}

const bench_section bench_objective_section = {
    .name = "objective",
    .doc = "training steps of each objective, weighting and of label dropout beside the plain one",
    .run = run,
};
