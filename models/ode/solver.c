#include "solver.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define ROW(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define RILL_SOLVER(method, text, its_order, its_stages, c_row, a_row, b_row)                      \
    { .name = #method,                                                                             \
      .doc = text,                                                                                 \
      .order = its_order,                                                                          \
      .stages = its_stages,                                                                        \
      .c = c_row,                                                                                  \
      .a = a_row,                                                                                  \
      .b = b_row },
static const rill_solver solvers[] = {
#include "solvers.def"
};
#undef RILL_SOLVER

const rill_solver *rill_solver_at(int i)
{
    return i >= 0 && i < (int)(sizeof solvers / sizeof *solvers) ? &solvers[i] : NULL;
}

const rill_solver *rill_solver_find(const char *name)
{
    for (int i = 0; name && rill_solver_at(i); i++)
        if (strcmp(solvers[i].name, name) == 0)
            return &solvers[i];
    return NULL;
}

rill_status rill_time_grid(double from, double to, int64_t steps, double *times,
                           rill_message *message)
{
    if (!times || steps < 1 || !isfinite(from) || !isfinite(to))
        return rill_fail(message, RILL_BAD_ARGUMENT, "time grid: %lld steps from %g to %g",
                         (long long)steps, from, to);
    for (int64_t i = 0; i < steps; i++)
        times[i] = from + (to - from) * ((double)i / (double)steps);
    times[steps] = to;
    return RILL_OK;
}
