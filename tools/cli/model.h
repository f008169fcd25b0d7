/* model.h - a model file: weights and the rest of the store as tensors, and as metadata the
 * configuration it was trained with, so that the file alone is enough to sample or to go on. */
#ifndef RILL_TOOLS_CLI_MODEL_H
#define RILL_TOOLS_CLI_MODEL_H

#include "core/store.h"
#include "models/discrete/kappa.h"
#include "models/flow/coupling.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/manifold/geodesic.h"
#include "models/manifold/sampler.h"
#include "number.h"
#include "path.h"
#include "source.h"
#include "train_options.h"

typedef struct cli_model {
    const rill_extensions *extensions;
    rill_store *store;
    cli_value setting[TRAIN_OPTION_COUNT]; /* of options that are recorded; texts are owned */
    rill_shape sample;                     /* of one sample: [2] */
    int64_t width;                         /* its numbers */
    int64_t classes, vector;               /* of conditions; 0: none */
    cli_words words;                       /* that the labels are; none: they are numbers */
    int64_t rows;                          /* of the data; 0: endless */
    uint64_t checksum;                     /* of the data */
    uint64_t start_checksum;               /* of the file that samples start from; 0: unknown */
    int64_t done;                          /* steps */
    double loss_sum;                       /* since the last line of the log */
    double *mean, *scale;                  /* [width], of the data; NULL: not normalised */
    rill_net_size size;
    rill_manifold *manifold; /* points are on it; NULL: in flat space */
    rill_path geodesic;
    rill_tangent_net tangent;
    rill_net net;       /* of a model over tokens (tokens.h), and */
    rill_kappa kappa;   /* its scheduler */
    rill_time_law time; /* what the settings stand for, with the numbers given */
    rill_objective objective;
    rill_weighting weighting;
    cli_path path; /* what the setting of that name stands for */
} cli_model;

/* What samples are made of. */
typedef enum cli_space { CLI_POINTS, CLI_TOKENS, CLI_ON_MANIFOLD, CLI_SPACE_COUNT } cli_space;

typedef struct cli_space_info {
    const char *name;    /* "a model over ..." */
    const char *refusal; /* why most commands do not take such a model; NULL: they do */
} cli_space_info;

extern const cli_space_info cli_spaces[CLI_SPACE_COUNT];

/* By what TRAIN_VOCAB and TRAIN_MANIFOLD say of the flags of rill train, or a model's settings. */
cli_space cli_space_of(const cli_value *option);
/* 1 when an option of rill train is one of that kind of models. */
int cli_option_applies(int option, cli_space kind);

/* Takes a copy of a value as the recorded setting.  0 without memory. */
int cli_model_set(cli_model *model, int option, const char *text);

rill_status cli_model_save(const cli_model *model, const char *path, rill_message *message);
/* RILL_BAD_FORMAT, naming the path and what is wrong, for what rill has not written.
 * RILL_UNSUPPORTED for models over other things than points of flat space. */
rill_status cli_model_load(const char *path, const rill_extensions *extensions, cli_model *model,
                           rill_message *message);
/* The same of models over some spaces, a sum of 1 << cli_space. */
rill_status cli_model_load_of(const char *path, const rill_extensions *extensions, int spaces,
                              cli_model *model, rill_message *message);
/* And of all. */
rill_status cli_model_load_any(const char *path, const rill_extensions *extensions,
                               cli_model *model, rill_message *message);
void cli_model_free(cli_model *model);

/* What an entry of a model file is for, by its name. */
rill_role cli_entry_role(const char *name);

/* Keeps mean and scale in the store as well, from where they are saved. */
rill_status cli_model_keep_transform(cli_model *model, rill_message *message);

/* Network and time law by the recorded names. */
rill_net cli_model_net(cli_model *model);
const rill_time_law *cli_model_time(cli_model *model);
/* Network, path and time law by the recorded names; the network's size is the model's. */
rill_flow cli_model_flow(cli_model *model);
/* Which rows of a batch are paired; the model has to outlive it. */
rill_coupling cli_model_coupling(const cli_model *model);
/* The shape of a sample and of its condition. */
rill_sampler_options cli_model_sampler_options(const cli_model *model);
/* With the averaged weights where there are any. */
rill_sampler *cli_model_sampler(cli_model *model, rill_message *message);
/* The same of a model on a manifold. */
rill_manifold_sampler *cli_model_manifold_sampler(cli_model *model, rill_message *message);
/* n rows from the data's units to the network's, and back; in place. */
void cli_model_normalize(const cli_model *model, int64_t n, float *x);
void cli_model_restore(const cli_model *model, int64_t n, float *x);

#endif
