#include "scorer.h"

#include "models/train/average.h"
#include "start.h"

#include <math.h>
#include <stdlib.h>

struct cli_scorer {
    const cli_model *model;
    rill_scorer *flat; /* one of the two */
    rill_manifold_sampler *curved;
};

/* What log p in the network's units loses in the data's: log of the volume of one in the other. */
static double log_volume(const cli_model *model)
{
    double sum = 0.0;
    for (int64_t j = 0; model->scale && j < model->width; j++)
        sum += log(model->scale[j]);
    return sum;
}

static rill_scorer *flat_scorer(cli_model *model, int64_t probes, rill_probe_law law,
                                rill_message *message)
{
    rill_flow flow = cli_model_flow(model);
    rill_store *averages = rill_averaged_store(model->store, message);
    if (!averages)
        return NULL;
    rill_scorer_options options = { .sampler = cli_model_sampler_options(model),
                                    .probes = probes,
                                    .law = law };
    rill_scorer *scorer = rill_scorer_new(averages, rill_flow_field(&flow), &options, message);
    rill_store_free(averages); /* the scorer keeps it */
    return scorer;
}

/* Samples of a random path start from noise too, and have the density that the field makes of it.
 */
static int has_density(const cli_model *model, int64_t probes, rill_message *message)
{
    const char *why = NULL;
    if (cli_start_has_units(model))
        why = "it starts from data, of which no density is known";
    else if (model->manifold && probes > 0)
        why = "on a manifold the divergence is exact, without probes";
    if (why)
        rill_fail(message, RILL_UNSUPPORTED, "the model has no log p: %s", why);
    return !why;
}

rill_status cli_scorer_new(cli_model *model, int64_t probes, rill_probe_law law,
                           cli_scorer **scorer, rill_message *message)
{
    *scorer = NULL;
    if (!has_density(model, probes, message))
        return RILL_UNSUPPORTED;
    cli_scorer *s = calloc(1, sizeof *s);
    if (!s)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for log p");
    s->model = model;
    if (model->manifold)
        s->curved = cli_model_manifold_sampler(model, message);
    else
        s->flat = flat_scorer(model, probes, law, message);
    if (s->curved || s->flat)
        *scorer = s;
    else
        free(s);
    return *scorer ? RILL_OK : RILL_BAD_GRAPH;
}

void cli_scorer_free(cli_scorer *scorer)
{
    if (!scorer)
        return;
    rill_scorer_free(scorer->flat);
    rill_manifold_sampler_free(scorer->curved);
    free(scorer);
}

rill_status cli_scorer_run(cli_scorer *s, const rill_sampling *request, const rill_scores *scores,
                           rill_message *message)
{
    rill_status status =
        s->flat ? rill_scorer_run(s->flat, request, scores, message)
                : rill_manifold_sampler_score(s->curved, request, scores->log_p, message);
    double volume = log_volume(s->model);
    for (int64_t i = 0; i < request->n && status == RILL_OK; i++) {
        scores->log_p[i] -= volume;
        if (!s->flat && scores->standard_error)
            scores->standard_error[i] = (double)NAN;
    }
    return status;
}
