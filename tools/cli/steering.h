/* steering.h - a model's field as samples may be drawn along it: guided, on another scheduler, with
 * noise on the way. */
#ifndef RILL_TOOLS_CLI_STEERING_H
#define RILL_TOOLS_CLI_STEERING_H

#include "field.h"
#include "models/flow/stochastic.h"

/* The options of that name; each may be not given, but a guide needs guidance. */
typedef struct cli_steering_flags {
    const cli_value *guidance, *guide, *scheduler, *noise_level;
} cli_steering_flags;

/* What `rill sample` puts into its table. */
#define CLI_GUIDANCE_OPTION                                                                        \
    {                                                                                              \
        .name = "guidance", .kind = CLI_NUMBERS, .metavar = "W[,FROM,TO]",                         \
        .numbers = &cli_guidance_numbers,                                                          \
        .doc =                                                                                     \
            "leads samples towards their condition, or away from the model of --guide, by this "   \
            "weight"                                                                               \
    }
#define CLI_GUIDE_OPTION                                                                           \
    {                                                                                              \
        .name = "guide", .kind = CLI_TEXT, .file = CLI_READ, .metavar = "MODEL",                   \
        .doc = "a worse model of the same data, which --guidance leads away from"                  \
    }
#define CLI_SCHEDULER_OPTION                                                                       \
    {                                                                                              \
        .name = "scheduler", .kind = CLI_CHOICE, .metavar = "V", .choices = cli_scheduler_choices, \
        .doc = "runs the model on another path than it was trained on; both have to be affine"     \
    }
#define CLI_NOISE_LEVEL_OPTION                                                                     \
    {                                                                                              \
        .name = "noise-level", .kind = CLI_CHOICE, .metavar = "V",                                 \
        .choices = cli_noise_level_choices,                                                        \
        .doc =                                                                                     \
            "noise added on the way, e(t) of dx = (v + e^2/2 score) dt + e dW, for models on an "  \
            "affine path from noise, or that learned the score; otherwise none"                    \
    }

extern const rill_parameters cli_guidance_numbers;

typedef struct cli_steering {
    rill_noise_level level;
    rill_stochastic_sampler *noisy; /* NULL: without noise */
} cli_steering;

/* Replaces field->sampler by one of the field that is asked for, or makes steering->noisy.
 * Complains and returns the exit status.  Free it in any case. */
int cli_steering_open(const cli_args *args, const cli_steering_flags *flags, cli_field *field,
                      cli_steering *steering);
void cli_steering_free(cli_steering *steering);

/* Draws samples by what was made. */
rill_status cli_steering_run(const cli_steering *steering, const cli_field *field,
                             const rill_sampling *sampling, rill_message *message);

#endif
