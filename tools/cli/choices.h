/* choices.h - what names stand for, built in or added by an extension. */
#ifndef RILL_TOOLS_CLI_CHOICES_H
#define RILL_TOOLS_CLI_CHOICES_H

#include "cli.h"

/* Built-in ones first.  NULL past the end, or for an unknown name. */
const rill_net_kind *cli_net_at(const rill_extensions *extensions, int i);
const rill_net_kind *cli_net_find(const rill_extensions *extensions, const char *name);
const rill_path *cli_path_at(const rill_extensions *extensions, int i);
/* Those of the path, or of its scheduler. */
rill_parameters cli_path_parameters(const rill_path *path);

cli_choice cli_net_choices(const rill_extensions *extensions, int i);
cli_choice cli_path_choices(const rill_extensions *extensions, int i);
cli_choice cli_coupling_choices(const rill_extensions *extensions, int i);
cli_choice cli_time_choices(const rill_extensions *extensions, int i);
cli_choice cli_objective_choices(const rill_extensions *extensions, int i);
cli_choice cli_weighting_choices(const rill_extensions *extensions, int i);
cli_choice cli_scheduler_choices(const rill_extensions *extensions, int i);
cli_choice cli_noise_level_choices(const rill_extensions *extensions, int i);
cli_choice cli_kappa_choices(const rill_extensions *extensions, int i);
cli_choice cli_token_loss_choices(const rill_extensions *extensions, int i);
cli_choice cli_activation_choices(const rill_extensions *extensions, int i);
cli_choice cli_optimizer_choices(const rill_extensions *extensions, int i);
cli_choice cli_decay_choices(const rill_extensions *extensions, int i);
cli_choice cli_manifold_choices(const rill_extensions *extensions, int i);
cli_choice cli_solver_choices(const rill_extensions *extensions, int i);
cli_choice cli_data_choices(const rill_extensions *extensions, int i);
cli_choice cli_op_choices(const rill_extensions *extensions, int i);

#endif
