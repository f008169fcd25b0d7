#include "spreading.h"

#include "divergence.h"
#include "models/nets/net.h"
#include "ops/shape.h"

const char *rill_spreading_complaint(int averages, const rill_solver *solver, int ascends)
{
    if (!averages || !ascends || (solver && solver->stages > 1))
        return NULL;
    return "log p goes by the velocity, but steps of this solver by its mean: take one of more "
           "stages, such as heun";
}

int64_t rill_spreading_integrals(int64_t probe_count)
{
    return probe_count > 0 ? probe_count : 1;
}

rill_tensor *rill_spreading_samples(const rill_spreading *spreading, rill_tensor *row)
{
    rill_shape shape = { .rank = spreading->sample.rank + 1, .dim = { rill_dim(row, 0) } };
    for (int i = 0; i < spreading->sample.rank; i++)
        shape.dim[i + 1] = spreading->sample.dim[i];
    return rill_reshape(rill_slice(row, 1, 0, rill_shape_count(&spreading->sample), 1), shape);
}

rill_tensor *rill_spreading_at(rill_tensor *row, rill_tensor *t, rill_tensor *cond,
                               const void *self)
{
    const rill_spreading *s = self;
    rill_tensor *x = rill_spreading_samples(s, row);
    rill_tensor *u = s->field.at(x, t, cond, s->field.self);
    rill_tensor *rates = s->probe_count > 0
                             ? rill_divergence_samples(u, x, s->probes, s->probe_count)
                             : rill_expand_dims(rill_divergence(u, x), 1);
    return rill_concat(rill_net_rows(u), rates, 1);
}
