/* solver.h - the solvers, as data. */
#ifndef RILL_MODELS_ODE_SOLVER_H
#define RILL_MODELS_ODE_SOLVER_H

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_SOLVER_MAX_STAGES 6

/* An explicit Runge-Kutta method.  solvers.def is the list of them and explains the tableau. */
typedef struct rill_solver {
    const char *name, *doc;
    int order;  /* the error after integrating over a given time falls as step^order */
    int stages; /* evaluations of the velocity a step */
    double c[RILL_SOLVER_MAX_STAGES];
    double a[RILL_SOLVER_MAX_STAGES * (RILL_SOLVER_MAX_STAGES - 1) / 2]; /* a_ij at i(i-1)/2 + j */
    double b[RILL_SOLVER_MAX_STAGES];
    double e[RILL_SOLVER_MAX_STAGES + 1]; /* of the error's estimate; zeros: there is none */
    double d[RILL_SOLVER_MAX_STAGES + 1]; /* of what is between the ends of a step */
} rill_solver;

/* In the order that --help lists; NULL when i is out of range. */
const rill_solver *rill_solver_at(int i);
/* NULL when there is none of that name. */
const rill_solver *rill_solver_find(const char *name);
/* 1 if it estimates its error, so that it can choose its steps. */
int rill_solver_is_adaptive(const rill_solver *solver);

#ifdef __cplusplus
}
#endif
#endif
