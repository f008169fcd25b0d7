#include "trainer.h"

#include "models/train/optimizer.h"
#include "rows.h"
#include "tokens.h"

rill_tensor *cli_batch_input(rill_graph *g, const char *name, const cli_model *model, int64_t batch)
{
    return rill_input(g, name, RILL_F32, cli_rows_shape(model, 0, batch));
}

rill_tensor *cli_condition_input(rill_graph *g, const cli_model *model, int64_t batch)
{
    if (model->classes)
        return rill_input(g, "cond", RILL_I32, RILL_SHAPE(batch));
    if (model->vector)
        return rill_input(g, "cond", RILL_F32, RILL_SHAPE(batch, model->vector));
    return NULL;
}

rill_tensor *cli_model_update(const cli_model *model, rill_tensor *loss)
{
    const cli_value *s = model->setting;
    rill_schedule schedule = { .decay = rill_decay_find(s[TRAIN_DECAY].text)->decay,
                               .steps = s[TRAIN_STEPS].whole };
    return rill_optimizer_find(s[TRAIN_OPTIMIZER].text)
        ->minimize(loss, (rill_adam_options){ .lr = s[TRAIN_LR].number,
                                              .weight_decay = s[TRAIN_WEIGHT_DECAY].number,
                                              .clip = s[TRAIN_CLIP].number,
                                              .ema = s[TRAIN_EMA].number,
                                              .schedule = schedule });
}

static rill_status compile(cli_trainer *t, rill_message *message)
{
    rill_graph *g = rill_graph_new(t->model->store);
    t->x1 = cli_batch_input(g, "x1", t->model, t->batch);
    t->x0 = cli_batches_have_x0(t->batches) ? cli_batch_input(g, "x0", t->model, t->batch) : NULL;
    t->cond = cli_condition_input(g, t->model, t->batch);
    t->loss = cli_model_loss(t->model, (rill_flow_batch){ t->x0, t->x1, NULL, t->cond });
    rill_tensor *update = cli_model_update(t->model, t->loss);
    t->program = rill_compile(g, t->loss, update);
    rill_status status = RILL_OK;
    if (!t->program)
        status = rill_fail(message, RILL_BAD_GRAPH, "%s",
                           rill_error(g) ? rill_error(g) : "the graph does not compile");
    rill_graph_free(g); /* the program keeps it */
    return status;
}

rill_status cli_trainer_make(cli_trainer *trainer, cli_model *model, const cli_source *data,
                             const cli_source *start, int spare, rill_message *message)
{
    *trainer = (cli_trainer){ .model = model, .batch = model->setting[TRAIN_BATCH].whole };
    trainer->batches = cli_batches_new(model, data, start, spare, message);
    rill_status status = trainer->batches ? compile(trainer, message) : RILL_NO_MEMORY;
    if (status != RILL_OK)
        cli_trainer_free(trainer);
    return status;
}

void cli_trainer_free(cli_trainer *trainer)
{
    profile_free(trainer->profile);
    rill_program_free(trainer->program);
    cli_batches_free(trainer->batches);
    *trainer = (cli_trainer){ 0 };
}

static rill_status feed(cli_trainer *t, const cli_batch *batch)
{
    int64_t count = t->batch * t->model->width;
    rill_status status = rill_feed(t->program, t->x1, batch->x1, count);
    if (status == RILL_OK && t->x0)
        status = rill_feed(t->program, t->x0, batch->x0, count);
    if (status == RILL_OK && t->cond)
        status = rill_feed(t->program, t->cond, batch->cond, rill_count(t->cond));
    return status;
}

rill_status cli_trainer_step(cli_trainer *t, double *loss, rill_message *message)
{
    float value = 0.0f;
    cli_batch batch;
    rill_status status = cli_batches_next(t->batches, &batch, message);
    if (status != RILL_OK)
        return status;
    status = feed(t, &batch);
    if (status == RILL_OK)
        status = t->profile ? profile_run(t->profile) : rill_run(t->program);
    if (status == RILL_OK)
        status = rill_read(t->program, t->loss, &value, 1);
    if (status != RILL_OK)
        return rill_fail(message, status, "step %lld: %s", (long long)t->model->done + 1,
                         rill_program_error(t->program));
    *loss = (double)value;
    t->model->done++;
    return RILL_OK;
}
