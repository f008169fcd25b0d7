/* rill train - learns a velocity field, and can stop and go on anywhere. */
#include "commands.h"
#include "train_run.h"

#include "tools/cli/interrupt.h"
#include "tools/cli/train_log.h"

#include <stdio.h>

int train_failed(const train_run *r, const rill_message *message)
{
    cli_progress_clear(&r->progress);
    return cli_fail(r->args, "%s", message->text);
}

/* The log first: a checkpoint never knows more than it. */
static int save(train_run *r)
{
    rill_message message;
    rill_status status = RILL_OK;
    if (r->log)
        status = cli_log_flush(r->log, r->flag[TRAIN_LOG].text, &message);
    if (status == RILL_OK)
        status = cli_model_save(&r->model, r->out, &message);
    return status == RILL_OK ? CLI_DONE : train_failed(r, &message);
}

static void log_step(train_run *r, double loss)
{
    cli_model *m = &r->model;
    int64_t in_interval = (m->done - 1) % CLI_LOG_INTERVAL + 1;
    m->loss_sum += loss;
    if (in_interval < CLI_LOG_INTERVAL && m->done < m->setting[TRAIN_STEPS].whole)
        return;
    if (r->log)
        cli_log_line(r->log, m->done, m->loss_sum / (double)in_interval);
    if (in_interval == CLI_LOG_INTERVAL)
        m->loss_sum = 0.0;
}

static int take_steps(train_run *r)
{
    rill_message message;
    int64_t steps = r->model.setting[TRAIN_STEPS].whole, every = r->flag[TRAIN_SAVE_EVERY].whole;
    while (r->model.done < steps && !cli_interrupted()) {
        double loss;
        if (cli_trainer_step(&r->trainer, &loss, &message) != RILL_OK)
            return train_failed(r, &message);
        log_step(r, loss);
        cli_progress_show(&r->progress, r->model.done, steps, loss);
        if (!every || r->model.done % every != 0 || r->model.done == steps)
            continue;
        int status = save(r);
        if (status != CLI_DONE)
            return status;
    }
    cli_progress_end(&r->progress, steps);
    return save(r);
}

static int train(train_run *r)
{
    rill_message message;
    int threads = rill_set_threads((int)r->flag[TRAIN_THREADS].whole);
    if (cli_trainer_make(&r->trainer, &r->model, &r->data, r->has_start ? &r->start : NULL,
                         threads - 1, &message) != RILL_OK)
        return train_failed(r, &message);
    if (r->model.done >= r->model.setting[TRAIN_STEPS].whole)
        cli_note(r->args, "nothing left to do: %lld of %lld steps are done",
                 (long long)r->model.done, (long long)r->model.setting[TRAIN_STEPS].whole);
    if (r->flag[TRAIN_PROFILE].text &&
        !(r->trainer.profile = profile_new(r->trainer.program, threads)))
        return cli_fail(r->args, "no memory for the profile");
    r->progress = cli_progress_begin(r->flag[TRAIN_QUIET].given, r->model.done);
    cli_interrupt_watch();
    int status = take_steps(r);
    int interrupted = cli_interrupted();
    if (status == CLI_DONE)
        status = train_tell_profile(r);
    cli_interrupt_release();
    if (status != CLI_DONE || !interrupted)
        return status;
    cli_note(r->args, "stopped after step %lld; --resume %s goes on", (long long)r->model.done,
             r->out);
    return CLI_INTERRUPTED;
}

static void end(train_run *r)
{
    cli_trainer_free(&r->trainer);
    cli_source_free(&r->data);
    cli_source_free(&r->start);
    cli_model_free(&r->model);
    if (r->log)
        fclose(r->log);
}

static train_run begin(const cli_args *args)
{
    return (train_run){ .args = args, .flag = args->value, .out = args->value[TRAIN_OUT].text };
}

static int run_train(const cli_args *args)
{
    train_run r = begin(args);
    static int (*const stages[])(train_run *) = { train_settle,
                                                  train_check_choices,
                                                  train_open_data,
                                                  train_check_formula,
                                                  train_check_outputs,
                                                  train_open_log,
                                                  train };
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    end(&r);
    return status;
}

int train_check_alone(const cli_args *args, const char *teacher, const rill_shape *sample)
{
    train_run r = begin(args);
    r.teacher = teacher;
    int status = train_settle(&r);
    r.model.sample = *sample;
    if (status == CLI_DONE)
        status = train_check_choices(&r);
    if (status == CLI_DONE)
        status = train_check_formula(&r);
    if (status == CLI_DONE)
        status = train_check_outputs(&r);
    end(&r);
    return status;
}

const cli_command cli_train_command = {
    .name = "train",
    .operands = "",
    .doc = "learns the velocity that carries noise to the data, and writes it as a model",
    .options = cli_train_options,
    .option_count = TRAIN_OPTION_COUNT,
    .run = run_train,
};
