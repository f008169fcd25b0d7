/* sample_options.h - the options of rill sample, and what draws from either kind of model. */
#ifndef RILL_TOOLS_COMMANDS_SAMPLE_OPTIONS_H
#define RILL_TOOLS_COMMANDS_SAMPLE_OPTIONS_H

#include "tools/cli/field.h"

enum {
    SAMPLE_MODEL,
    SAMPLE_N,
    SAMPLE_OUT,
    SAMPLE_SOLVER,
    SAMPLE_STEPS,
    SAMPLE_GRID,
    SAMPLE_TOL,
    SAMPLE_BACKWARD,
    SAMPLE_SEED,
    SAMPLE_X0,
    SAMPLE_COND,
    SAMPLE_GUIDANCE,
    SAMPLE_GUIDE,
    SAMPLE_SCHEDULER,
    SAMPLE_NOISE_LEVEL,
    SAMPLE_TRAJECTORY,
    SAMPLE_LOGP,
    SAMPLE_FIXED,
    SAMPLE_CORRECTORS,
    SAMPLE_THREADS,
    SAMPLE_OPTION_COUNT
};

enum { SAMPLE_CHUNK = 8192 };               /* samples that are drawn at a time */
#define SAMPLE_MOST_KEPT (INT64_C(1) << 30) /* numbers of a trajectory, or of tokens */

/* The name of an option that was given though it is not for models over that space; NULL: none. */
const char *sample_foreign(const cli_args *args, cli_space space);

/* Of a model over points, of flat space or a manifold, which is in a field otherwise zero, and of
 * one over tokens.  They return the exit status. */
int sample_points(const cli_args *args, cli_field *field);
int sample_tokens(const cli_args *args, cli_model *model);

#endif
