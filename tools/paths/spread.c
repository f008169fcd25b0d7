/* How far a random path strays. */
#include "check.h"

static rill_status evaluate(const rill_path *path, rill_graph *g, const double *times,
                            int64_t count, double *spread, rill_message *message)
{
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(count), times, count);
    rill_tensor *y = path->spread(t, path->self);
    rill_program *program = rill_compile(g, y);
    rill_status status = program ? rill_run(program) : RILL_BAD_GRAPH;
    if (status == RILL_OK)
        status = rill_read(program, y, spread, count);
    rill_program_free(program);
    if (status == RILL_OK)
        return status;
    return rill_fail(message, status, "the spread of the path: %s",
                     rill_error(g) ? rill_error(g) : "cannot be computed");
}

rill_status path_spread_at(const rill_path *path, const double *t, int64_t count, double *spread,
                           rill_message *message)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_status status = evaluate(path, g, t, count, spread, message);
    rill_graph_free(g);
    return status;
}

rill_status path_find_spread(const rill_path *path, path_spread *spread, rill_message *message)
{
    static const double times[PATH_SPREAD_TIMES] = { 0.0, 0.5, 1.0 };
    *spread = (path_spread){ .random = path->spread != NULL, .singular = path->singular };
    return spread->random ? path_spread_at(path, times, PATH_SPREAD_TIMES, spread->at, message)
                          : RILL_OK;
}
