#include "average.h"

#include "base/alloc.h"
#include "ops/cast.h"
#include "ops/effect.h"
#include "ops/elementwise.h"

#include <stdio.h>

#define NAME_MAX_BYTES 512

/* "ema.NAME"; 0 when it does not fit, so that a long name is an error and not another entry's. */
static int average_name(char name[NAME_MAX_BYTES], const char *param)
{
    int length = snprintf(name, NAME_MAX_BYTES, "ema.%s", param);
    return length > 0 && length < NAME_MAX_BYTES;
}

/* max(1 - decay, 9/(9 + n)), in doubles before it is cast. */
rill_tensor *rill_average_weight(rill_tensor *n, double decay, rill_dtype dtype)
{
    rill_tensor *done = rill_cast(n, RILL_F64);
    rill_tensor *early = rill_scale(rill_reciprocal(rill_shift(done, 9.0)), 9.0);
    return rill_cast(rill_max(rill_scalar_like(done, 1.0 - decay), early), dtype);
}

rill_tensor *rill_average(rill_tensor *param, rill_tensor *weight, rill_tensor *n, double decay)
{
    char name[NAME_MAX_BYTES];
    rill_graph *g = rill_graph_of(param);
    if (!(decay > 0.0 && decay < 1.0))
        return rill_graph_fail(g, "average: the decay is %g, expected 0 < decay < 1", decay);
    if (!average_name(name, rill_name_of(param)))
        return rill_graph_fail(g, "average: the name %.64s... is too long", rill_name_of(param));
    rill_tensor *average = rill_state(g, RILL_AVERAGE, rill_dtype_of(param), rill_shape_of(param),
                                      (rill_init){ RILL_INIT_CONSTANT, 0.0 }, name);
    rill_tensor *w = rill_average_weight(n, decay, rill_dtype_of(param));
    return rill_assign(average, rill_lerp(average, weight, w));
}

/* Copies one parameter's average, or else its own value, to `to`. */
static rill_status copy_averaged(const rill_store *from, const rill_entry_info *param,
                                 rill_store *to, rill_message *message)
{
    char name[NAME_MAX_BYTES];
    rill_entry_info source;
    int averaged = average_name(name, param->name) && !rill_store_find(from, name, &source) &&
                   source.count == param->count && source.dtype == param->dtype;
    void *value = rill_alloc((size_t)param->count, rill_dtype_size(param->dtype));
    if (!value)
        return rill_fail(message, RILL_NO_MEMORY, "%s: out of memory", param->name);
    rill_status status =
        rill_store_get(from, averaged ? name : param->name, value, param->count, message);
    if (!status)
        status = rill_store_put(to, param->name, param->role, param->dtype, param->shape, value,
                                message);
    rill_free(value);
    return status;
}

rill_store *rill_averaged_store(const rill_store *store, rill_message *message)
{
    rill_store *averages = store ? rill_store_new(rill_store_seed(store)) : NULL;
    if (!averages) {
        rill_fail(message, store ? RILL_NO_MEMORY : RILL_BAD_ARGUMENT, "averages: %s",
                  store ? "out of memory" : "there is no store");
        return NULL;
    }
    for (int64_t i = 0; i < rill_store_count(store); i++) {
        rill_entry_info info;
        if (rill_store_at(store, i, &info) || info.role != RILL_PARAMETER)
            continue;
        if (copy_averaged(store, &info, averages, message)) {
            rill_store_free(averages);
            return NULL;
        }
    }
    return averages;
}
