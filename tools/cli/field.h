/* field.h - a model as sample, velocity and plot use it: the learned field and what it is
 * conditioned on. */
#ifndef RILL_TOOLS_CLI_FIELD_H
#define RILL_TOOLS_CLI_FIELD_H

#include "condition.h"

typedef struct cli_field {
    cli_model model;
    cli_condition condition;
    rill_sampler *sampler;
    rill_manifold_sampler *on_manifold; /* instead, where the model is on one */
} cli_field;

/* The model at `path` under the conditions `cond` (see condition.h).  Complains and returns the
 * exit status.  Free it in any case. */
int cli_field_open(const cli_args *args, const char *path, const char *cond, cli_field *field);
/* The same of a model that is there in a field otherwise zero, on a manifold too: those have no
 * cli_field_velocity(). */
int cli_field_begin(const cli_args *args, const char *cond, cli_field *field);
void cli_field_free(cli_field *field);

/* dx/dt at points x [n,width] and times t [n], all in the data's units, into v [n,width].
 * `labels` [n] is room for conditions. */
rill_status cli_field_velocity(cli_field *field, int64_t n, const double *x, const double *t,
                               int32_t *labels, float *v, rill_message *message);

#endif
