#include "noise_level.h"

#include "core/program.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const rill_noise_level *const levels[] = {
#define RILL_NOISE_LEVEL(name) &rill_noise_##name,
#include "noise_levels.def"
#undef RILL_NOISE_LEVEL
};

const rill_noise_level *rill_noise_level_at(int i)
{
    return i >= 0 && i < (int)(sizeof levels / sizeof *levels) ? levels[i] : NULL;
}

const rill_noise_level *rill_noise_level_find(const char *name)
{
    for (int i = 0; name && rill_noise_level_at(i); i++)
        if (strcmp(levels[i]->name, name) == 0)
            return levels[i];
    return NULL;
}

static rill_status run_once(rill_graph *g, rill_tensor *y, double *values, rill_message *message)
{
    rill_program *p = rill_compile(g, y);
    rill_status status = p ? rill_run(p) : RILL_BAD_GRAPH;
    if (!status)
        status = rill_read(p, y, values, rill_count(y));
    const char *why = p ? rill_program_error(p) : rill_error(g);
    if (status)
        rill_fail(message, status, "noise level: %s", why ? why : rill_status_text(status));
    rill_program_free(p);
    return status;
}

rill_status rill_noise_level_values(const rill_noise_level *level, const double *times,
                                    int64_t count, double *values, rill_message *message)
{
    if (!level || !level->at || !times || count < 1 || !values)
        return rill_fail(message, RILL_BAD_ARGUMENT, "noise level: an argument is missing");
    rill_graph *g = rill_graph_new(NULL);
    rill_shape shape = RILL_SHAPE(count, 1);
    rill_tensor *t = rill_constant(g, RILL_F64, shape, times, count);
    rill_tensor *y = level->at(t, level->self);
    rill_shape got = rill_shape_of(y);
    rill_status status = rill_shape_equal(&got, &shape) || rill_is_inert(y)
                             ? run_once(g, y, values, message)
                             : rill_fail(message, RILL_MISMATCH,
                                         "noise level: it has another "
                                         "shape than t");
    rill_graph_free(g);
    for (int64_t i = 0; i < count && !status; i++)
        if (!(values[i] >= 0.0) || !isfinite(values[i]))
            status = rill_fail(message, RILL_BAD_ARGUMENT, "noise level: it is %g at t = %g",
                               values[i], times[i]);
    return status;
}
