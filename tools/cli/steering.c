#include "steering.h"

#include "choices.h"
#include "models/flow/guidance.h"
#include "models/flow/reschedule.h"
#include "models/flow/scoped.h"
#include "models/train/average.h"

#include <string.h>

static const rill_parameter numbers[] = {
    { "w", "1 for the model as it is, more leads further", 1, -100, 100 },
    { "from", "the first time at which it leads", 0, 0, 1 },
    { "to", "the last", 1, 0, 1 },
};
const rill_parameters cli_guidance_numbers = { numbers, 3 };

/* Fields made of fields: they have to live while graphs are built. */
typedef struct plan {
    const cli_args *args;
    const cli_steering_flags *flags;
    cli_model *model, other; /* other: of --guide */
    rill_store *store;       /* the weights that sampling uses, of both */
    rill_flow flow, other_flow;
    rill_scoped guide;
    rill_guidance guidance;
    rill_scheduler wanted;
    rill_reschedule reschedule;
    rill_scoped score_guide;
    rill_guidance score_guidance;
    rill_stochastic stochastic;
    rill_field field; /* so far */
    rill_field score; /* likewise, where the model has learned it; else .at is NULL */
    const rill_scheduler *scheduler; /* of its path; NULL: that is not affine */
    rill_message message;
} plan;

static const rill_objective *objective_of(const cli_model *m)
{
    return rill_objective_find(m->setting[TRAIN_OBJECTIVE].name);
}

static int failed(const plan *p)
{
    return cli_fail(p->args, "%s", p->message.text);
}

static int begin(plan *p)
{
    p->flow = cli_model_flow(p->model);
    p->field = rill_flow_field(&p->flow);
    if (objective_of(p->model)->score)
        p->score = rill_flow_score_field(&p->flow);
    p->scheduler = rill_path_scheduler(p->flow.path);
    p->store = rill_averaged_store(p->model->store, &p->message);
    return p->store ? CLI_DONE : failed(p);
}

/* ---- Guidance. */

static int same_units(const cli_model *a, const cli_model *b)
{
    size_t bytes = (size_t)a->width * sizeof *a->mean;
    if (!a->mean || !b->mean)
        return !a->mean && !b->mean;
    return memcmp(a->mean, b->mean, bytes) == 0 && memcmp(a->scale, b->scale, bytes) == 0;
}

/* NULL, or in what the models differ that guidance needs the same. */
static const char *difference(const plan *p)
{
    const cli_model *a = p->model, *b = &p->other;
    if (!rill_shape_equal(&a->sample, &b->sample))
        return "samples of another shape";
    if (a->classes != b->classes || a->vector != b->vector)
        return "other conditions";
    if (strcmp(a->setting[TRAIN_PATH].text, b->setting[TRAIN_PATH].text) != 0)
        return "another path";
    if (strcmp(a->setting[TRAIN_SOURCE].text, b->setting[TRAIN_SOURCE].text) != 0)
        return "another source";
    if (objective_of(a)->average && !objective_of(b)->average)
        return "no mean velocities, by which the model steps";
    if (p->flags->noise_level->given && p->score.at && !objective_of(b)->score)
        return "no score, which the model has learned";
    return same_units(a, b) ? NULL : "another --normalize";
}

static int take_guide(plan *p)
{
    const char *path = p->flags->guide->text;
    if (!path)
        return CLI_DONE;
    if (cli_model_load(path, p->args->extensions, &p->other, &p->message) != RILL_OK)
        return failed(p);
    if (difference(p))
        return cli_fail(p->args, "--guide '%.200s' has %s", path, difference(p));
    rill_store *weights = rill_averaged_store(p->other.store, &p->message);
    rill_status status =
        weights ? rill_adopt_parameters(p->store, "guide", weights, &p->message) : RILL_NO_MEMORY;
    rill_store_free(weights);
    if (status != RILL_OK)
        return failed(p);
    p->other_flow = cli_model_flow(&p->other);
    p->guide = (rill_scoped){ rill_flow_field(&p->other_flow), "guide" };
    p->guidance.guide = rill_scoped_field(&p->guide);
    p->score_guide = (rill_scoped){ rill_flow_score_field(&p->other_flow), "guide" };
    return CLI_DONE;
}

/* Without a guide, the model has to know what there is without a condition. */
static int check_condition(const plan *p)
{
    if (p->flags->guide->text)
        return CLI_DONE;
    if (!p->model->classes && !p->model->vector)
        return cli_usage(p->args, "--guidance: the model was trained without conditions, and there "
                                  "is no --guide");
    if (p->model->setting[TRAIN_DROPOUT].number > 0)
        return CLI_DONE;
    return cli_usage(p->args,
                     "--guidance: the model was trained with --dropout 0, so that it knows "
                     "no field without a condition");
}

/* The score of the guided field, which is made of scores as that is of velocities. */
static void guide_score(plan *p)
{
    if (!p->score.at)
        return;
    p->score_guidance = p->guidance;
    p->score_guidance.field = p->score;
    if (p->guidance.guide.at)
        p->score_guidance.guide = rill_scoped_field(&p->score_guide);
    p->score = rill_guided_field(&p->score_guidance);
}

static int guide(plan *p)
{
    const double *number = p->flags->guidance->parameter;
    int status = take_guide(p);
    if (status != CLI_DONE || !p->flags->guidance->given)
        return status;
    if (number[1] >= number[2])
        return cli_usage(p->args, "--guidance from %g to %g: from has to be less", number[1],
                         number[2]);
    status = check_condition(p);
    p->guidance.field = p->field;
    p->guidance.weight = number[0];
    if (number[1] > 0.0 || number[2] < 1.0)
        p->guidance.times = (rill_interval){ number[1], number[2] };
    p->field = rill_guided_field(&p->guidance);
    guide_score(p);
    return status;
}

/* ---- Another scheduler, noise. */

/* Some objectives learn any field that leads to the data, along no path. */
static int follows_no_path(const cli_model *m)
{
    return (objective_of(m)->needs & RILL_NEEDS_NO_PAIRS) != 0;
}

/* NULL, or what in the model's training had its velocity tell no score: that takes an x0 of noise
 * that knows nothing of x1. */
static const char *score_hidden_by(const cli_model *m)
{
    if (follows_no_path(m))
        return "objective";
    if (m->setting[TRAIN_X0].text)
        return "x0";
    return cli_model_coupling(m).pair ? "coupling" : NULL;
}

static int reschedule(plan *p)
{
    const cli_value *asked = p->flags->scheduler;
    if (!asked->given)
        return CLI_DONE;
    if (!p->scheduler)
        return cli_usage(p->args, "--scheduler: the model's path, %.200s, is not affine",
                         p->model->setting[TRAIN_PATH].text);
    if (follows_no_path(p->model))
        return cli_usage(p->args, "--scheduler: the model's objective, %.200s, follows no path",
                         p->model->setting[TRAIN_OBJECTIVE].text);
    p->wanted = *rill_scheduler_find(asked->name);
    if (asked->parameters.count > 0)
        p->wanted.self = asked->parameter;
    p->reschedule = (rill_reschedule){ p->field, p->scheduler, &p->wanted };
    p->field = rill_rescheduled_field(&p->reschedule);
    p->scheduler = &p->wanted;
    return CLI_DONE;
}

/* Complains where the score does not follow from the velocity. */
static int check_conversion(const plan *p)
{
    const cli_value *setting = p->model->setting;
    if (!p->scheduler)
        return cli_usage(p->args,
                         "--noise-level: the score is known on affine paths, which %.200s is not, "
                         "and of models that have learned it (--objective sf2m)",
                         setting[TRAIN_PATH].text);
    if (strcmp(setting[TRAIN_SOURCE].text, "gaussian") != 0)
        return cli_usage(p->args,
                         "--noise-level: the score is known for models that start from noise, not "
                         "from %.200s",
                         setting[TRAIN_SOURCE].text);
    const char *why = score_hidden_by(p->model);
    if (!why)
        return CLI_DONE;
    return cli_usage(p->args,
                     "--noise-level: the score is known where noise and data were drawn apart, and "
                     "the model was trained with --%s",
                     why);
}

static int add_noise(plan *p, cli_steering *steering)
{
    const cli_value *asked = p->flags->noise_level;
    if (!asked->given)
        return CLI_DONE;
    int status = p->score.at ? CLI_DONE : check_conversion(p);
    if (status != CLI_DONE)
        return status;
    steering->level = *rill_noise_level_find(asked->name);
    if (asked->parameters.count > 0)
        steering->level.self = asked->parameter;
    p->stochastic =
        (rill_stochastic){ p->field, { .scheduler = p->scheduler }, &steering->level, p->score };
    return CLI_DONE;
}

static int make(plan *p, cli_field *field, cli_steering *steering)
{
    rill_sampler_options options = cli_model_sampler_options(p->model);
    if (p->stochastic.level) {
        steering->noisy =
            rill_stochastic_sampler_new(p->store, &p->stochastic, &options, &p->message);
        return steering->noisy ? CLI_DONE : failed(p);
    }
    rill_sampler_free(field->sampler);
    field->sampler = rill_sampler_new(p->store, p->field, &options, &p->message);
    return field->sampler ? CLI_DONE : failed(p);
}

int cli_steering_open(const cli_args *args, const cli_steering_flags *flags, cli_field *field,
                      cli_steering *steering)
{
    *steering = (cli_steering){ .noisy = NULL };
    if (!flags->guidance->given && !flags->guide->text && !flags->scheduler->given &&
        !flags->noise_level->given)
        return CLI_DONE;
    plan p = { .args = args, .flags = flags, .model = &field->model };
    int status = begin(&p);
    if (status == CLI_DONE)
        status = guide(&p);
    if (status == CLI_DONE)
        status = reschedule(&p);
    if (status == CLI_DONE)
        status = add_noise(&p, steering);
    if (status == CLI_DONE)
        status = make(&p, field, steering);
    rill_store_free(p.store); /* samplers keep it */
    cli_model_free(&p.other);
    return status;
}

void cli_steering_free(cli_steering *steering)
{
    rill_stochastic_sampler_free(steering->noisy);
    steering->noisy = NULL;
}

rill_status cli_steering_run(const cli_steering *steering, const cli_field *field,
                             const rill_sampling *sampling, rill_message *message)
{
    if (steering->noisy)
        return rill_stochastic_sampler_run(steering->noisy, sampling, message);
    return rill_sampler_run(field->sampler, sampling, message);
}
