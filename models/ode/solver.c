#include "solver.h"

#include <stddef.h>
#include <string.h>

#define ROW(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define RILL_SOLVER(method, text, its_order, its_stages, c_row, a_row, b_row, e_row, d_row)        \
    { .name = #method,                                                                             \
      .doc = text,                                                                                 \
      .order = its_order,                                                                          \
      .stages = its_stages,                                                                        \
      .c = c_row,                                                                                  \
      .a = a_row,                                                                                  \
      .b = b_row,                                                                                  \
      .e = e_row,                                                                                  \
      .d = d_row },
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

int rill_solver_is_adaptive(const rill_solver *solver)
{
    return solver && solver->e[0] != 0.0;
}
