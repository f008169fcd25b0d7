#include "tokens.h"

#include "choices.h"
#include "column.h"
#include "models/train/average.h"
#include "on_manifold.h"
#include "ops/cast.h"
#include "ops/shape.h"
#include "place.h"

#include <math.h>

int cli_model_has_tokens(const cli_model *model)
{
    return cli_space_of(model->setting) == CLI_TOKENS;
}

rill_discrete cli_model_discrete(cli_model *model)
{
    const cli_value *s = model->setting;
    model->net = cli_model_net(model);
    model->kappa = *rill_kappa_find(s[TRAIN_KAPPA].name);
    if (s[TRAIN_KAPPA].parameters.count > 0)
        model->kappa.self = s[TRAIN_KAPPA].parameter;
    return (rill_discrete){
        .vocab = s[TRAIN_VOCAB].whole,
        .kappa = &model->kappa,
        .source = rill_token_source_find(s[TRAIN_SOURCE].text),
        .net = rill_embedded_net(&model->net),
        .loss = rill_token_loss_find(s[TRAIN_LOSS].text),
        .time = cli_model_time(model),
        .stratified = (int)s[TRAIN_STRATIFIED].whole,
    };
}

rill_jump_sampler *cli_model_jump_sampler(cli_model *model, rill_message *message)
{
    rill_discrete flow = cli_model_discrete(model);
    rill_store *averages = rill_averaged_store(model->store, message);
    if (!averages)
        return NULL;
    rill_sampler_options options = { .sample = RILL_SHAPE(model->width),
                                     .labels = model->classes > 0,
                                     .vector = model->vector };
    rill_jump_sampler *sampler = rill_jump_sampler_new(averages, &flow, &options, message);
    rill_store_free(averages); /* the sampler keeps it */
    return sampler;
}

rill_tensor *cli_tokens_of(rill_tensor *rows)
{
    return rill_cast(rill_reshape(rows, RILL_SHAPE(rill_dim(rows, 0), -1)), RILL_I32);
}

rill_discrete_parts cli_model_token_parts(cli_model *model, rill_flow_batch batch)
{
    rill_discrete flow = cli_model_discrete(model);
    return rill_discrete_build(
        &flow, (rill_discrete_batch){ .x1 = cli_tokens_of(batch.x1), .cond = batch.cond });
}

rill_flow_parts cli_model_flow_parts(cli_model *model, rill_flow_batch batch)
{
    rill_flow flow = cli_model_flow(model);
    if (model->manifold)
        batch = cli_manifold_batch(model->manifold, batch);
    return rill_flow_build(&flow, batch);
}

rill_tensor *cli_model_loss(cli_model *model, rill_flow_batch batch)
{
    return cli_model_has_tokens(model) ? cli_model_token_parts(model, batch).loss
                                       : cli_model_flow_parts(model, batch).loss;
}

rill_status cli_check_tokens(const char *path, const double *x, int64_t rows, int64_t width,
                             int64_t taken, int64_t low, int64_t high, rill_message *message)
{
    char place[CLI_PLACE_TEXT];
    for (int64_t i = 0; i < rows * width; i++)
        if (!(x[i] >= (double)low && x[i] <= (double)high && x[i] == floor(x[i])))
            return rill_fail(
                message, RILL_MISMATCH,
                "'%.200s': %s is %g; expected tokens, whole numbers from %lld to %lld", path,
                cli_place(path, i / width, cli_column_in_file(i % width, taken), place), x[i],
                (long long)low, (long long)high);
    return RILL_OK;
}
