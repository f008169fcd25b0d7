/* What of the choices of rill train does not go together. */
#include "train_run.h"

#include "tools/cli/start.h"
#include "tools/cli/tokens.h"
#include "tools/paths/check.h"

#include <string.h>

/* Tokens start from a source of tokens. */
static int check_token_source(train_run *r)
{
    const cli_value *source = &r->model.setting[TRAIN_SOURCE];
    const char *standard = rill_token_source_at(0)->name;
    if (rill_token_source_find(source->text))
        return CLI_DONE;
    if (r->flag[TRAIN_SOURCE].given)
        return cli_usage(r->args, "--source of tokens is mask or uniform, not '%.200s'",
                         source->text);
    return train_set(r, TRAIN_SOURCE, standard);
}

static int check_manifold_source(train_run *r)
{
    if (r->flag[TRAIN_SOURCE].given && strcmp(r->flag[TRAIN_SOURCE].text, "gaussian") == 0)
        return cli_usage(r->args, "--source gaussian is off the %s; its noise is base",
                         r->model.manifold->name);
    if (r->flag[TRAIN_SOURCE].given || r->model.store)
        return CLI_DONE;
    return train_set(r, TRAIN_SOURCE, "base");
}

static int check_conditions(const train_run *r)
{
    const cli_value *s = r->model.setting;
    if (s[TRAIN_DROPOUT].number > 0 && !s[TRAIN_COND].text)
        return cli_usage(r->args, "--dropout leaves out conditions, and there is no --cond");
    if (rill_coupling_find(s[TRAIN_COUPLING].name)->by_condition && !s[TRAIN_COND].text)
        return cli_usage(r->args, "--coupling %s pairs by conditions, and there is no --cond",
                         s[TRAIN_COUPLING].name);
    return CLI_DONE;
}

static int check_objective(const train_run *r)
{
    const cli_value *s = r->model.setting;
    const rill_objective *objective = rill_objective_find(s[TRAIN_OBJECTIVE].name);
    const char *why =
        rill_flow_complaint(&(rill_flow){ .path = r->model.path.path, .objective = objective });
    if (why)
        return cli_usage(r->args, "--objective %s, --path %s: %s", objective->name,
                         s[TRAIN_PATH].text, why);
    int pairs = s[TRAIN_X0].text || strcmp(s[TRAIN_COUPLING].name, "independent") != 0 ||
                cli_start_has_units(&r->model);
    if (objective->needs & RILL_NEEDS_NO_PAIRS && pairs)
        return cli_usage(r->args,
                         "--objective %s learns without pairs, from Gaussian noise: it "
                         "takes no --coupling, --source or --x0",
                         objective->name);
    return CLI_DONE;
}

/* What is learned from x1 alone looks at none of these. */
static int check_ignored(const train_run *r)
{
    static const int ignored[] = { TRAIN_PATH, TRAIN_TIME, TRAIN_WEIGHTING, TRAIN_STRATIFIED };
    const rill_objective *objective = rill_objective_find(r->model.setting[TRAIN_OBJECTIVE].name);
    if (!(objective->needs & RILL_NEEDS_NO_PAIRS))
        return CLI_DONE;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (r->flag[ignored[i]].given)
            return cli_usage(r->args, "--objective %s learns without pairs, and takes no --%s",
                             objective->name, cli_train_options[ignored[i]].name);
    return CLI_DONE;
}

static int check_pairs(const train_run *r)
{
    const cli_value *s = r->model.setting;
    if (s[TRAIN_X0].text && strcmp(s[TRAIN_COUPLING].name, "independent") != 0)
        return cli_usage(r->args, "--x0 says what makes pairs, and so does --coupling %s",
                         s[TRAIN_COUPLING].name);
    return CLI_DONE;
}

static int check_noise(const train_run *r)
{
    return strcmp(r->model.setting[TRAIN_SOURCE].text, "base") != 0
               ? CLI_DONE
               : cli_usage(r->args, "--source base is the noise of a --manifold; that of points "
                                    "is gaussian");
}

int train_check_choices(train_run *r)
{
    static int (*const checks[])(const train_run *) = { check_noise, check_conditions,
                                                        check_objective, check_ignored,
                                                        check_pairs };
    if (cli_model_has_tokens(&r->model))
        return check_token_source(r);
    if (r->model.manifold)
        return check_manifold_source(r);
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof checks / sizeof *checks && status == CLI_DONE; i++)
        status = checks[i](r);
    return status;
}

/* Where rows are not points of flat space, there is no choice of path. */
int train_check_formula(train_run *r)
{
    rill_message message;
    const cli_path *path = &r->model.path;
    if (!path->path || (!path->formula && rill_path_find(path->path->name)))
        return CLI_DONE;
    rill_status status = path_check(path->path, &r->model.sample, &message);
    if (status == RILL_OK)
        return CLI_DONE;
    if (status == RILL_NO_MEMORY)
        return train_failed(r, &message);
    return path->formula ? cli_usage(r->args, "--path: %s", message.text)
                         : cli_usage(r->args, "--path %s: %s", path->path->name, message.text);
}
