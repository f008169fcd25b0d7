#include "choices.h"

#include "models/manifold/manifold.h"

#include "core/op.h"
#include "models/data/data.h"
#include "models/discrete/discrete.h"
#include "models/flow/coupling.h"
#include "models/flow/noise_level.h"
#include "models/flow/objective.h"
#include "models/flow/time_law.h"
#include "models/flow/weighting.h"
#include "models/nets/activation.h"
#include "models/ode/solver.h"
#include "models/train/optimizer.h"

#include <stddef.h>
#include <string.h>

static int built_in_nets(void)
{
    int n = 0;
    while (rill_net_at(n))
        n++;
    return n;
}

static int built_in_paths(void)
{
    int n = 0;
    while (rill_path_built_in(n))
        n++;
    return n;
}

const rill_net_kind *cli_net_at(const rill_extensions *extensions, int i)
{
    int added = i - built_in_nets();
    if (added < 0)
        return rill_net_at(i);
    return extensions->nets && added < extensions->net_count ? &extensions->nets[added] : NULL;
}

const rill_path *cli_path_at(const rill_extensions *extensions, int i)
{
    int added = i - built_in_paths();
    if (added < 0)
        return rill_path_built_in(i);
    return extensions->paths && added < extensions->path_count ? &extensions->paths[added] : NULL;
}

const rill_net_kind *cli_net_find(const rill_extensions *extensions, const char *name)
{
    const rill_net_kind *net;
    for (int i = 0; (net = cli_net_at(extensions, i)); i++)
        if (strcmp(net->name, name) == 0)
            return net;
    return NULL;
}

cli_choice cli_net_choices(const rill_extensions *extensions, int i)
{
    const rill_net_kind *net = cli_net_at(extensions, i);
    return net ? (cli_choice){ net->name, net->doc } : (cli_choice){ 0 };
}

rill_parameters cli_path_parameters(const rill_path *path)
{
    const rill_scheduler *scheduler = rill_path_scheduler(path);
    return scheduler ? scheduler->parameters : path->parameters;
}

cli_choice cli_path_choices(const rill_extensions *extensions, int i)
{
    const rill_path *path = cli_path_at(extensions, i);
    return path ? (cli_choice){ path->name, path->doc, cli_path_parameters(path) }
                : (cli_choice){ 0 };
}

cli_choice cli_coupling_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_coupling *coupling = rill_coupling_at(i);
    return coupling ? (cli_choice){ coupling->name, coupling->doc, coupling->parameters }
                    : (cli_choice){ 0 };
}

cli_choice cli_time_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_time_law *law = rill_time_law_at(i);
    return law ? (cli_choice){ law->name, law->doc, law->parameters } : (cli_choice){ 0 };
}

cli_choice cli_objective_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_objective *o = rill_objective_at(i);
    return o ? (cli_choice){ o->name, o->doc, o->parameters } : (cli_choice){ 0 };
}

cli_choice cli_weighting_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_weighting *w = rill_weighting_at(i);
    return w ? (cli_choice){ w->name, w->doc, w->parameters } : (cli_choice){ 0 };
}

cli_choice cli_scheduler_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_scheduler *s = rill_scheduler_built_in(i);
    return s ? (cli_choice){ s->name, s->doc, s->parameters } : (cli_choice){ 0 };
}

cli_choice cli_noise_level_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_noise_level *level = rill_noise_level_at(i);
    return level ? (cli_choice){ level->name, level->doc, level->parameters } : (cli_choice){ 0 };
}

cli_choice cli_kappa_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_kappa *k = rill_kappa_built_in(i);
    return k ? (cli_choice){ k->name, k->doc, k->parameters } : (cli_choice){ 0 };
}

cli_choice cli_token_loss_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_token_loss *loss = rill_token_loss_at(i);
    return loss ? (cli_choice){ loss->name, loss->doc } : (cli_choice){ 0 };
}

cli_choice cli_activation_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_activation *a = rill_activation_at(i);
    return a ? (cli_choice){ a->name, a->doc } : (cli_choice){ 0 };
}

cli_choice cli_optimizer_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_optimizer *o = rill_optimizer_at(i);
    return o ? (cli_choice){ o->name, o->doc } : (cli_choice){ 0 };
}

cli_choice cli_decay_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_decay_kind *decay = rill_decay_at(i);
    return decay ? (cli_choice){ decay->name, decay->doc } : (cli_choice){ 0 };
}

cli_choice cli_manifold_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_manifold *manifold = rill_manifold_at(i);
    return manifold ? (cli_choice){ manifold->name, manifold->doc } : (cli_choice){ 0 };
}

cli_choice cli_solver_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_solver *solver = rill_solver_at(i);
    return solver ? (cli_choice){ solver->name, solver->doc } : (cli_choice){ 0 };
}

cli_choice cli_data_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_data_set *set = rill_data_at(i);
    return set ? (cli_choice){ set->name, set->doc } : (cli_choice){ 0 };
}

cli_choice cli_op_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const rill_op *op = rill_op_at(i);
    return op ? (cli_choice){ op->name, op->doc } : (cli_choice){ 0 };
}
