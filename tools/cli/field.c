#include "field.h"

int cli_field_begin(const cli_args *args, const char *cond, cli_field *field)
{
    rill_message message;
    int status = cli_condition_open(args, &field->model, cond, &field->condition);
    if (status != CLI_DONE)
        return status;
    if (field->model.manifold)
        field->on_manifold = cli_model_manifold_sampler(&field->model, &message);
    else
        field->sampler = cli_model_sampler(&field->model, &message);
    return field->sampler || field->on_manifold ? CLI_DONE : cli_fail(args, "%s", message.text);
}

int cli_field_open(const cli_args *args, const char *path, const char *cond, cli_field *field)
{
    rill_message message;
    *field = (cli_field){ .sampler = NULL };
    if (cli_model_load(path, args->extensions, &field->model, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    return cli_field_begin(args, cond, field);
}

void cli_field_free(cli_field *field)
{
    rill_sampler_free(field->sampler);
    rill_manifold_sampler_free(field->on_manifold);
    cli_model_free(&field->model);
    cli_condition_free(&field->condition);
    field->sampler = NULL;
    field->on_manifold = NULL;
}

rill_status cli_field_velocity(cli_field *field, int64_t n, const double *x, const double *t,
                               int32_t *labels, float *v, rill_message *message)
{
    const cli_model *m = &field->model;
    for (int64_t i = 0; i < n * m->width; i++)
        v[i] = (float)x[i];
    cli_model_normalize(m, n, v);
    const void *cond = cli_condition_rows(&field->condition, 0, n, labels);
    rill_status status = rill_sampler_velocity(field->sampler, n, v, t, cond, v, message);
    for (int64_t i = 0; m->scale && i < n * m->width; i++) /* a velocity has units, but no origin */
        v[i] = (float)((double)v[i] * m->scale[i % m->width]);
    return status;
}
