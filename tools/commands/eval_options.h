/* eval_options.h - the options of rill eval, and what they ask for. */
#ifndef RILL_TOOLS_COMMANDS_EVAL_OPTIONS_H
#define RILL_TOOLS_COMMANDS_EVAL_OPTIONS_H

#include "tools/cli/cli.h"
#include "tools/eval/run.h"

enum {
    EVAL_MODEL,
    EVAL_DATA,
    EVAL_COND,
    EVAL_TRAINED_ON,
    EVAL_OUT,
    EVAL_CSV,
    EVAL_PICTURES,
    EVAL_METRIC,
    EVAL_SOLVER,
    EVAL_STEPS,
    EVAL_TOL,
    EVAL_STEP_COUNTS,
    EVAL_TOLERANCES,
    EVAL_N,
    EVAL_DRAWS,
    EVAL_BINS,
    EVAL_POINTS,
    EVAL_REFERENCES,
    EVAL_SEED,
    EVAL_THREADS,
    EVAL_OPTION_COUNT
};

extern const cli_option eval_options[EVAL_OPTION_COUNT];

/* These complain and return the exit status.  The settings that the options make, and whether all
 * that are given are of models over that space. */
int eval_settle(const cli_args *args, eval_settings *settings);
int eval_check_space(const cli_args *args, cli_space space);

#endif
