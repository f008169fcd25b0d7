/* run.h - a model under judgement: what it is held against, what has been drawn and found so far.
 *
 * Everything drawn depends on the seed alone.  Draw d of `draws` is samples of the model from noise
 * d n .. (d+1) n - 1 of the seed, as `rill sample` has it; as much data, as `rill data` has it; and
 * as much other data, to say how far samples of the same distribution are apart.  A conditional
 * model has the conditions of the latter, so that both are as far from the data by chance. */
#ifndef RILL_TOOLS_EVAL_RUN_H
#define RILL_TOOLS_EVAL_RUN_H

#include "data.h"
#include "loss.h"
#include "tools/cli/start.h"
#include "tools/metrics/metrics.h"
#include "tools/metrics/trajectory.h"

enum { EVAL_MOST_COUNTS = 16, EVAL_MOST_MEASURES = 24 };

/* How samples are made. */
typedef struct eval_integration {
    const rill_solver *solver;
    int64_t steps;    /* equal ones; with a tolerance, the times at which ways are looked at */
    double tolerance; /* 0: those steps; else the error of a step, and steps are chosen */
} eval_integration;

typedef struct eval_settings {
    int64_t samples, draws;           /* of each distance */
    int64_t bins, points, references; /* of the loss by time: points a bin, samples of posteriors */
    uint64_t seed;
    eval_integration how;             /* that the model is judged with */
    int64_t counts[EVAL_MOST_COUNTS]; /* of steps, for each solver */
    int count_count;
    double tolerances[EVAL_MOST_COUNTS]; /* for solvers that choose their steps, instead */
    int tolerance_count;
    int threads;      /* for distances; changes no result */
    const char *only; /* the measure that is wanted; NULL: all */
} eval_settings;

/* A number with what it should be held against; NaN for what there is none of. */
typedef struct eval_value {
    double value;
    double error; /* standard error of the mean over draws or points */
    double floor; /* the value of a perfect model, with samples as many */
} eval_value;

/* How good samples are after so many steps, by each measure of samples. */
typedef struct eval_point {
    eval_integration how;
    double evaluations;                   /* of the network, for a sample */
    eval_value value[EVAL_MOST_MEASURES]; /* by measure; NaN: not one of samples */
} eval_point;

typedef struct eval_run {
    cli_model *model;
    rill_sampler *sampler;
    const eval_data *data;
    eval_settings settings;
    cli_start start;
    eval_rows real, other; /* [draws*samples] each */
    double *made;          /* [draws*samples,width]: of the model, as it is judged */
    double evaluations;    /* that each of those took */
    eval_floor floor;
    double *references; /* [floor.count,width], in the network's units */
    int32_t *reference_labels;
    eval_bin *bins; /* [settings.bins]; NULL: not measured yet */
    eval_bin overall;
    double known;       /* the share of times at which the floor is */
    rill_travel travel; /* of samples on their way; not measured while w2 is 0 */
    double w2;          /* from where they start to the data */
    eval_value found[EVAL_MOST_MEASURES];
    char missing[EVAL_MOST_MEASURES]
                [160]; /* why a measure has no value; "": it has, or was not wanted */
    eval_point *curve; /* [curve_count] */
    int curve_count;
} eval_run;

/* Draws the data, and samples of the model.  The settings' samples become fewer where a table has
 * not twice as many rows for each draw.  Free it in any case. */
rill_status eval_run_open(eval_run *run, cli_model *model, rill_sampler *sampler,
                          const eval_data *data, const eval_settings *settings,
                          rill_message *message);
void eval_run_free(eval_run *run);

/* draws*samples of the model into x [..,width]; what each took, in evaluations, into *evaluations
 * (NULL: not wanted). */
rill_status eval_samples(eval_run *run, const eval_integration *how, double *x, double *evaluations,
                         rill_message *message);
/* The first n of them on their way, ways [steps+1,n,width], n <= draws*samples. */
rill_status eval_ways(eval_run *run, const eval_integration *how, int64_t n, double *ways,
                      rill_message *message);

/* Fills run->floor, known for noise paired independently with data on an affine path, under a label
 * or nothing. */
rill_status eval_run_floor(eval_run *run, rill_message *message);
/* Fills run->bins, run->floor, run->overall and run->known, once. */
rill_status eval_run_loss(eval_run *run, rill_message *message);

/* Every measure, or the one wanted, into run->found; then, if `curves`, run->curve. */
rill_status eval_run_measure(eval_run *run, rill_message *message);
rill_status eval_run_curves(eval_run *run, rill_message *message);

#endif
