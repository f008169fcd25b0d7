#include "train_options.h"

#include "choices.h"

static cli_choice source_choices(const rill_extensions *extensions, int i)
{
    if (i == 0)
        return (cli_choice){ "gaussian", "standard normal noise" };
    return cli_data_choices(extensions, i - 1);
}

const cli_option cli_train_options[TRAIN_OPTION_COUNT] = {
    [TRAIN_DATA] = { .name = "data",
                     .kind = CLI_TEXT,
                     .metavar = "D",
                     .choices = cli_data_choices,
                     .recorded = 1,
                     .doc = "what to learn: a .npy or .csv file whose rows are samples, or a "
                            "built-in set; needed unless --resume says it" },
    [TRAIN_OUT] = { .name = "out",
                    .kind = CLI_TEXT,
                    .metavar = "MODEL.safetensors",
                    .doc = "the model; needed, but with --resume it is that model otherwise" },
    [TRAIN_PATH] = { .name = "path",
                     .kind = CLI_PATH,
                     .metavar = "P",
                     .standard = "linear",
                     .choices = cli_path_choices,
                     .recorded = 1,
                     .doc = "where a sample is at time t: a name, or a formula such as "
                            "'(1-t)*x0 + t*x1'" },
    [TRAIN_NET] = { .name = "net",
                    .kind = CLI_CHOICE,
                    .metavar = "N",
                    .standard = "mlp",
                    .choices = cli_net_choices,
                    .recorded = 1,
                    .doc = "the network" },
    [TRAIN_HIDDEN] = { .name = "hidden",
                       .kind = CLI_WHOLE,
                       .metavar = "H",
                       .low = 1,
                       .high = 65536,
                       .recorded = 1,
                       .doc = "its width; otherwise 64 where a sample has at most 8 numbers, else "
                              "256" },
    [TRAIN_LAYERS] = { .name = "layers",
                       .kind = CLI_WHOLE,
                       .metavar = "L",
                       .low = 1,
                       .high = 1000,
                       .recorded = 1,
                       .doc =
                           "its hidden layers or blocks; otherwise 3 where a sample has at most 8 "
                           "numbers, else 4" },
    [TRAIN_STEPS] = { .name = "steps",
                      .kind = CLI_WHOLE,
                      .metavar = "N",
                      .standard = "20000",
                      .low = 1,
                      .high = 2000000000,
                      .recorded = 1,
                      .doc = "training steps in all, those before --resume included" },
    [TRAIN_BATCH] = { .name = "batch",
                      .kind = CLI_WHOLE,
                      .metavar = "B",
                      .standard = "256",
                      .low = 1,
                      .high = 1048576,
                      .recorded = 1,
                      .doc = "samples a step" },
    [TRAIN_LR] = { .name = "lr",
                   .kind = CLI_NUMBER,
                   .metavar = "X",
                   .standard = "0.001",
                   .low = 1e-30,
                   .high = 1e30,
                   .recorded = 1,
                   .doc = "learning rate of Adam" },
    [TRAIN_DECAY] = { .name = "lr-schedule",
                      .kind = CLI_CHOICE,
                      .metavar = "S",
                      .standard = "cosine",
                      .choices = cli_decay_choices,
                      .recorded = 1,
                      .doc = "how the rate falls over --steps" },
    [TRAIN_EMA] = { .name = "ema",
                    .kind = CLI_NUMBER,
                    .metavar = "X",
                    .standard = "0.999",
                    .low = 0,
                    .high = 0.999999999,
                    .recorded = 1,
                    .doc =
                        "decay of the averaged weights, which are those that sampling uses; 0: no "
                        "average" },
    [TRAIN_SEED] = CLI_SEED_OPTION,
    [TRAIN_THREADS] = CLI_THREADS_OPTION,
    [TRAIN_COUPLING] = { .name = "coupling",
                         .kind = CLI_CHOICE,
                         .metavar = "C",
                         .standard = "independent",
                         .choices = cli_coupling_choices,
                         .recorded = 1,
                         .doc = "how noise and data are paired" },
    [TRAIN_TIME] = { .name = "time",
                     .kind = CLI_CHOICE,
                     .metavar = "T",
                     .standard = "uniform",
                     .choices = cli_time_choices,
                     .recorded = 1,
                     .doc = "the distribution times are drawn from" },
    [TRAIN_COND] = { .name = "cond",
                     .kind = CLI_TEXT,
                     .metavar = "LABELS",
                     .recorded = 1,
                     .doc =
                         "what the network is told beside x and t: `labels` of a built-in set, or "
                         "a .npy or .csv file with a label (a whole number from 0) or a vector for "
                         "each row of the data" },
    [TRAIN_NORMALIZE] = { .name = "normalize",
                          .kind = CLI_FLAG,
                          .recorded = 1,
                          .doc =
                              "centres and scales each column; the model keeps the transform, and "
                              "its samples are in the data's units" },
    [TRAIN_SOURCE] = { .name = "source",
                       .kind = CLI_TEXT,
                       .metavar = "D",
                       .standard = "gaussian",
                       .choices = source_choices,
                       .recorded = 1,
                       .doc = "what samples start from: noise, a built-in set, or a .npy or .csv "
                              "file" },
    [TRAIN_RESUME] = { .name = "resume",
                       .kind = CLI_TEXT,
                       .metavar = "MODEL",
                       .doc = "goes on where this model stopped; --steps, --threads, --out, --log, "
                              "--save-every, --profile and --quiet may differ, all else must agree "
                              "with it; "
                              "the same steps in one go or in several give the same bytes, more "
                              "steps stretch the cosine from here on" },
    [TRAIN_SAVE_EVERY] = { .name = "save-every",
                           .kind = CLI_WHOLE,
                           .metavar = "K",
                           .low = 1,
                           .high = 2000000000,
                           .doc = "saves the model after every K steps too" },
    [TRAIN_LOG] = { .name = "log",
                    .kind = CLI_TEXT,
                    .metavar = "FILE.csv",
                    .doc = "step,loss every 10 steps, the loss being the mean over those 10; with "
                           "--resume it is cut back to the checkpoint first" },
    [TRAIN_PROFILE] = { .name = "profile",
                        .kind = CLI_TEXT,
                        .metavar = "PREFIX",
                        .doc = "where the time went: at the end, a table on the standard output; "
                               "PREFIX.json, a trace of the last steps for chrome://tracing or "
                               "ui.perfetto.dev; PREFIX.dot, what is run, coloured by time" },
    [TRAIN_QUIET] = { .name = "quiet",
                      .kind = CLI_FLAG,
                      .doc = "no progress: neither the line on a "
                             "terminal nor, elsewhere, the first loss" },
};
