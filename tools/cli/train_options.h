/* train_options.h - the options of `rill train`, which are also a model's recorded configuration.
 */
#ifndef RILL_TOOLS_CLI_TRAIN_OPTIONS_H
#define RILL_TOOLS_CLI_TRAIN_OPTIONS_H

#include "cli.h"

/* What is learned from, and then how: from TRAIN_OUT on, `rill reflow` has the same. */
enum {
    TRAIN_DATA,
    TRAIN_COND,
    TRAIN_SOURCE,
    TRAIN_MANIFOLD,
    TRAIN_VOCAB,
    TRAIN_KAPPA,
    TRAIN_LOSS,
    TRAIN_X0,
    TRAIN_COUPLING,
    TRAIN_RESUME,
    TRAIN_OUT,
    TRAIN_PATH,
    TRAIN_NET,
    TRAIN_HIDDEN,
    TRAIN_LAYERS,
    TRAIN_ACTIVATION,
    TRAIN_STEPS,
    TRAIN_BATCH,
    TRAIN_OPTIMIZER,
    TRAIN_LR,
    TRAIN_WEIGHT_DECAY,
    TRAIN_CLIP,
    TRAIN_DECAY,
    TRAIN_EMA,
    TRAIN_SEED,
    TRAIN_THREADS,
    TRAIN_TIME,
    TRAIN_STRATIFIED,
    TRAIN_OBJECTIVE,
    TRAIN_WEIGHTING,
    TRAIN_DROPOUT,
    TRAIN_NORMALIZE,
    TRAIN_SAVE_EVERY,
    TRAIN_LOG,
    TRAIN_PROFILE,
    TRAIN_QUIET,
    TRAIN_OPTION_COUNT
};

extern const cli_option cli_train_options[TRAIN_OPTION_COUNT];

/* Limits and defaults that other commands share. */
#define CLI_MODEL_OPTION                                                                           \
    {                                                                                              \
        .name = "model", .kind = CLI_TEXT, .file = CLI_READ, .metavar = "M", .required = 1,        \
        .doc = "a model that rill train wrote"                                                     \
    }
#define CLI_SEED_OPTION                                                                            \
    {                                                                                              \
        .name = "seed", .kind = CLI_WHOLE, .metavar = "S", .standard = "0", .low = 0,              \
        .high = 9007199254740991.0, .recorded = 1, .doc = "what every random number comes from"    \
    }
#define CLI_THREADS_OPTION                                                                         \
    {                                                                                              \
        .name = "threads", .kind = CLI_WHOLE, .metavar = "T", .low = 1, .high = 256,               \
        .doc = "threads to run on, which changes no result; otherwise one a processor"             \
    }

#endif
