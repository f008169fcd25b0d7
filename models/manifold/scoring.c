/* The density of points: their journey with the integral of the divergence along it. */
#include "divergence.h"
#include "sampler_impl.h"

/* The divergence takes n tangents of the network, which sampling does without. */
static rill_status prepare(rill_manifold_sampler *s, rill_message *message)
{
    rill_status status = RILL_OK;
    if (s->weigh)
        return status;
    if (!s->spreading) {
        s->div = rill_manifold_divergence(s->manifold, s->u, s->y);
        rill_tensor *outputs[] = { s->dwdt, s->div };
        status = rill_compile_part(s->g, outputs, 2, "the scorer", &s->spreading, message);
    }
    return status ? status
                  : rill_compile_part(s->g, &s->log_base, 1, "the scorer", &s->weigh, message);
}

rill_status rill_manifold_sampler_score(rill_manifold_sampler *s, const rill_sampling *request,
                                        double *log_p, rill_message *message)
{
    if (!s || !request || (request->n > 0 && !log_p))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: a NULL");
    rill_status status = prepare(s, message);
    return status ? status : rill_manifold_carry(s, request, log_p, message);
}
