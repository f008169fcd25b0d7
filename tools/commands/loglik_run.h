/* loglik_run.h - a run of rill loglik, and the stages it goes through.  A stage complains and
 * returns the exit status; CLI_DONE: the next one may follow. */
#ifndef RILL_TOOLS_COMMANDS_LOGLIK_RUN_H
#define RILL_TOOLS_COMMANDS_LOGLIK_RUN_H

#include "tools/cli/array.h"
#include "tools/cli/condition.h"
#include "tools/cli/scorer.h"

enum {
    LOGLIK_MODEL,
    LOGLIK_DATA,
    LOGLIK_OUT,
    LOGLIK_ERRORS,
    LOGLIK_DIVERGENCE,
    LOGLIK_PROBES,
    LOGLIK_SOLVER,
    LOGLIK_TOL,
    LOGLIK_STEPS,
    LOGLIK_LEVELS,
    LOGLIK_RANGE,
    LOGLIK_COND,
    LOGLIK_SEED,
    LOGLIK_THREADS,
    LOGLIK_OPTION_COUNT
};

/* How the divergence is found. */
typedef struct loglik_divergence {
    const char *name, *doc;
    int by_probes;
    rill_probe_law law;
} loglik_divergence;

typedef struct loglik_run {
    const cli_args *args;
    const loglik_divergence *divergence;
    cli_model model;
    cli_condition condition;
    cli_array data;
    cli_scorer *scorer;
    int64_t n;
    float *x;         /* [n,width], in the network's units */
    int32_t *labels;  /* [n] */
    int64_t steps;    /* intervals of the grid */
    double *times;    /* [steps+1] */
    double tolerance; /* 0: one step for each interval */
    rill_ode_counts counts;
    double *log_p, *errors; /* [n] */
    rill_message message;
} loglik_run;

/* What was asked for: the model, the steps, the data, and memory for the rest. */
int loglik_open(loglik_run *r);
/* Data that are to be levels are. */
int loglik_check_levels(loglik_run *r);
/* log p of every row; the files; what is printed. */
int loglik_score(loglik_run *r);
int loglik_write(loglik_run *r);
int loglik_print(loglik_run *r);

/* The step between levels; 0 where the data have none. */
double loglik_level_step(const loglik_run *r);
/* The data as the network sees them, into r->x. */
void loglik_take_data(loglik_run *r);
/* Complains about r->message, and returns CLI_FAILED. */
int loglik_failed(const loglik_run *r);

#endif
