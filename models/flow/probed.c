#include "probed.h"

#include "base/alloc.h"
#include "core/rng.h"
#include "models/sampling/rows.h"
#include "ops/cast.h"
#include "ops/shape.h"
#include "source.h"

#include <string.h>

/* Numbers of the network's own condition. */
static int64_t own_width(const rill_probed *p)
{
    return p->labels ? 1 : p->vector;
}

static int64_t sample_width(const rill_probed *p)
{
    return rill_shape_count(&p->spreading.sample);
}

int64_t rill_probed_width(const rill_probed *p)
{
    return own_width(p) + p->spreading.probe_count * sample_width(p);
}

/* ---- In the graph. */

static rill_tensor *own_condition(const rill_probed *p, rill_tensor *cond)
{
    rill_tensor *own = rill_slice(cond, 1, 0, own_width(p), 1);
    if (p->labels)
        return rill_cast(rill_squeeze(own, 1), RILL_I32);
    return p->vector > 0 ? own : NULL;
}

rill_tensor *rill_probed_at(rill_tensor *row, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const rill_probed *p = self;
    rill_spreading s = p->spreading;
    rill_tensor **probes = rill_alloc((size_t)s.probe_count, sizeof *probes);
    if (!probes)
        return rill_graph_fail(rill_graph_of(row), "scorer: out of memory");
    for (int64_t i = 0, at = own_width(p); i < s.probe_count; i++, at += sample_width(p))
        probes[i] = rill_spreading_samples(&s, rill_slice(cond, 1, at, at + sample_width(p), 1));
    s.probes = probes;
    rill_tensor *rates = rill_spreading_at(row, t, own_condition(p, cond), &s);
    rill_free(probes);
    return rates;
}

/* ---- On the host. */

static rill_status fill_own(const rill_probed *p, const void *cond, int64_t index, void *array,
                            int64_t at, rill_message *message)
{
    if (!p->labels) {
        size_t bytes = (size_t)p->vector * rill_dtype_size(p->dtype);
        memcpy((unsigned char *)array + (size_t)at * rill_dtype_size(p->dtype),
               rill_row_of(cond, index, bytes), bytes);
        return RILL_OK;
    }
    int32_t label = ((const int32_t *)cond)[index];
    rill_put_number(p->dtype, array, at, label);
    if (rill_number_at(p->dtype, array, at) == label)
        return RILL_OK;
    return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: label %d is too large", (int)label);
}

/* Probe i of a row, from number `at` of an array on. */
static void draw_probe(const rill_probed *p, uint64_t key, int64_t row, int64_t i, void *array,
                       int64_t at)
{
    int64_t width = sample_width(p);
    double u;
    if (p->law == RILL_GAUSSIAN)
        rill_normal_rows(p->dtype, key, (uint32_t)i, row, 1, width,
                         (unsigned char *)array + (size_t)at * rill_dtype_size(p->dtype));
    else
        for (int64_t j = 0; j < width; j++) {
            rill_stream_uniform(key, (uint32_t)i, row, j, 1, &u);
            rill_put_number(p->dtype, array, at + j, u < .5 ? -1.0 : 1.0);
        }
}

rill_status rill_probed_fill(const rill_probed *p, uint64_t seed, int64_t row, const void *cond,
                             int64_t index, void *array, int64_t at, rill_message *message)
{
    uint64_t key = rill_stream_key(seed, "probes");
    int64_t place = at * rill_probed_width(p);
    if (cond && fill_own(p, cond, index, array, place, message))
        return RILL_BAD_ARGUMENT;
    place += own_width(p);
    for (int64_t i = 0; i < p->spreading.probe_count; i++, place += sample_width(p))
        draw_probe(p, key, row, i, array, place);
    return RILL_OK;
}
