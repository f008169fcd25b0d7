/* What a model means: its network, its units. */
#include "model.h"

#include "choices.h"
#include "models/train/average.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_path(cli_model *model, const char *text)
{
    mistake wrong;
    cli_path_close(&model->path);
    return cli_path_open(model->extensions, text, &model->path, &wrong);
}

static int set_manifold(cli_model *model, const char *text)
{
    rill_manifold_free(model->manifold);
    model->manifold = rill_manifold_parse(text, NULL);
    return model->manifold != NULL;
}

int cli_model_set(cli_model *model, int option, const char *text)
{
    cli_value value = { 0 };
    char *copy = strdup(text);
    if (!copy ||
        !cli_parse_value(&cli_train_options[option], model->extensions, copy, &value, NULL) ||
        (option == TRAIN_PATH && !set_path(model, copy)) ||
        (option == TRAIN_MANIFOLD && !set_manifold(model, copy))) {
        free(copy);
        return 0;
    }
    free((void *)(uintptr_t)model->setting[option].text);
    model->setting[option] = value;
    return 1;
}

void cli_model_free(cli_model *model)
{
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++)
        free((void *)(uintptr_t)model->setting[i].text);
    cli_path_close(&model->path);
    rill_manifold_free(model->manifold);
    free(model->mean);
    free(model->scale);
    rill_store_free(model->store);
    cli_words_free(&model->words);
    *model = (cli_model){ 0 };
}

rill_status cli_model_keep_transform(cli_model *model, rill_message *message)
{
    rill_shape shape = RILL_SHAPE(model->width);
    rill_status status = rill_store_put(model->store, "normalize.mean", RILL_COUNTER, RILL_F64,
                                        shape, model->mean, message);
    if (status == RILL_OK)
        status = rill_store_put(model->store, "normalize.scale", RILL_COUNTER, RILL_F64, shape,
                                model->scale, message);
    return status;
}

/* What a choice's functions are told: its numbers where it takes some. */
static const void *self_of(const cli_value *value, const void *standard)
{
    return value->parameters.count > 0 ? value->parameter : standard;
}

rill_net cli_model_net(cli_model *model)
{
    const cli_value *s = model->setting;
    model->size = (rill_net_size){ .hidden = s[TRAIN_HIDDEN].whole,
                                   .layers = s[TRAIN_LAYERS].whole,
                                   .activation = rill_activation_find(s[TRAIN_ACTIVATION].text),
                                   .classes = model->classes };
    return rill_net_make(cli_net_find(model->extensions, s[TRAIN_NET].text), &model->size);
}

const rill_time_law *cli_model_time(cli_model *model)
{
    const cli_value *chosen = &model->setting[TRAIN_TIME];
    model->time = *rill_time_law_find(chosen->name);
    model->time.self = self_of(chosen, model->time.self);
    return &model->time;
}

static rill_flow manifold_flow(cli_model *model)
{
    model->geodesic = rill_geodesic_path(model->manifold);
    model->tangent = (rill_tangent_net){ model->manifold, cli_model_net(model) };
    return (rill_flow){ .path = &model->geodesic,
                        .net = rill_tangent_net_of(&model->tangent),
                        .time = cli_model_time(model),
                        .stratified = (int)model->setting[TRAIN_STRATIFIED].whole };
}

rill_flow cli_model_flow(cli_model *model)
{
    if (model->manifold)
        return manifold_flow(model);
    const cli_value *s = model->setting;
    model->objective = *rill_objective_find(s[TRAIN_OBJECTIVE].name);
    model->objective.self = self_of(&s[TRAIN_OBJECTIVE], model->objective.self);
    model->weighting = *rill_weighting_find(s[TRAIN_WEIGHTING].name);
    model->weighting.self = self_of(&s[TRAIN_WEIGHTING], model->weighting.self);
    return (rill_flow){
        .path = model->path.path,
        .net = cli_model_net(model),
        .time = cli_model_time(model),
        .objective = &model->objective,
        .weighting = &model->weighting,
        .stratified = (int)s[TRAIN_STRATIFIED].whole,
        .dropout = s[TRAIN_DROPOUT].number,
    };
}

rill_coupling cli_model_coupling(const cli_model *model)
{
    const cli_value *chosen = &model->setting[TRAIN_COUPLING];
    if (!chosen->name) /* tokens */
        return rill_coupling_independent;
    rill_coupling coupling = *rill_coupling_find(chosen->name);
    coupling.self = self_of(chosen, coupling.self);
    return coupling;
}

rill_sampler_options cli_model_sampler_options(const cli_model *model)
{
    return (rill_sampler_options){ .sample = model->sample,
                                   .labels = model->classes > 0,
                                   .vector = model->vector };
}

rill_sampler *cli_model_sampler(cli_model *model, rill_message *message)
{
    rill_flow flow = cli_model_flow(model);
    rill_store *averages = rill_averaged_store(model->store, message);
    if (!averages)
        return NULL;
    rill_sampler_options options = cli_model_sampler_options(model);
    rill_sampler *sampler = rill_sampler_new(averages, rill_flow_field(&flow), &options, message);
    rill_store_free(averages); /* the sampler keeps it */
    return sampler;
}

rill_manifold_sampler *cli_model_manifold_sampler(cli_model *model, rill_message *message)
{
    rill_flow flow = cli_model_flow(model);
    rill_store *averages = rill_averaged_store(model->store, message);
    if (!averages)
        return NULL;
    rill_sampler_options options = cli_model_sampler_options(model);
    rill_manifold_sampler *sampler = rill_manifold_sampler_new(averages, rill_flow_field(&flow),
                                                               model->manifold, &options, message);
    rill_store_free(averages); /* the sampler keeps it */
    return sampler;
}

void cli_model_normalize(const cli_model *model, int64_t n, float *x)
{
    for (int64_t i = 0; model->mean && i < n * model->width; i++) {
        int64_t j = i % model->width;
        x[i] = (float)(((double)x[i] - model->mean[j]) / model->scale[j]);
    }
}

void cli_model_restore(const cli_model *model, int64_t n, float *x)
{
    for (int64_t i = 0; model->mean && i < n * model->width; i++) {
        int64_t j = i % model->width;
        x[i] = (float)((double)x[i] * model->scale[j] + model->mean[j]);
    }
}
