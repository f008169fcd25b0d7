/* The density of points: their journey with the integral of the divergence along it. */
#include "divergence.h"
#include "sampler_impl.h"

rill_status rill_manifold_sampler_score(rill_manifold_sampler *s, const rill_sampling *request,
                                        double *log_p, rill_message *message)
{
    if (!s || !request || (request->n > 0 && !log_p))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: a NULL");
    if (s->scoring.count == 0) /* it takes n tangents of the network, which sampling does without */
        s->div = rill_manifold_divergence(s->manifold, s->u, s->y);
    rill_status status = rill_lanes_begin(&s->scoring, message);
    return status ? status : rill_manifold_carry(s, request, log_p, message);
}
