/* check.h - what a path has to be, and what is worth knowing of one: found by trying it on random
 * pairs (x0, x1), in f64. */
#ifndef RILL_TOOLS_PATHS_CHECK_H
#define RILL_TOOLS_PATHS_CHECK_H

#include "probe.h"

/* ---- Its ends. */

#define PATH_MOST_MISS 1e-6

typedef struct path_end {
    double t;         /* 0 or 1 */
    double miss;      /* the largest |x - x0| at 0, |x - x1| at 1; infinite if not finite */
    double x0, x1, x; /* where that is */
    int affine;       /* x = sigma x0 + alpha x1 there */
    double alpha, sigma;
} path_end;

rill_status path_find_ends(path_probe *probe, path_end ends[2], rill_message *message);
/* "at t = 0 the path is 0.5 x0: x0 = 1.27, x1 = -0.3 give 0.635, expected 1.27" */
void path_end_describe(const path_end *end, char *text, size_t size);

/* ---- Between its ends. */

/* A pair and a time inside at which the path, or how fast it moves, is NaN or infinite. */
typedef struct path_hole {
    int found, of_velocity;
    double t, x0, x1, value;
} path_hole;

/* The first found, at times all over [0,1]; what is wild at one time alone, path_scan_times finds.
 */
rill_status path_find_hole(path_probe *probe, path_hole *hole, rill_message *message);
/* "the path is not a number at x0 = -0.3, x1 = 1.27, t = 0.0116" */
void path_hole_describe(const path_hole *hole, char *text, size_t size);

/* ---- Its velocity. */

typedef struct path_velocity_check {
    double difference; /* the derived velocity against differences of positions */
    double closed;     /* the closed form against the derived velocity; 0 without one */
} path_velocity_check;

/* At random times; differences are relative to the velocity or to x1 - x0, what is larger. */
rill_status path_check_velocity(path_probe *probe, uint64_t seed, path_velocity_check *check,
                                rill_message *message);

/* ---- Where it goes wild. */

enum { PATH_MOST_SINGULAR = 8 };

/* A time near which the velocity grows as |t - time|^-power; power 0: it is not finite there. */
typedef struct path_singularity {
    double t, power;
} path_singularity;

typedef struct path_scan {
    double fastest;    /* the largest |velocity| of a number, inside; -1: nowhere finite */
    double fastest_at; /* the time of that */
    int count;
    path_singularity singular[PATH_MOST_SINGULAR]; /* ascending in t */
    double jump;    /* how far x jumps at a time inside; 0: it does not */
    double jump_at; /* the time of that */
} path_scan;

/* "grows as (1-t)^-0.5", "grows, about as a logarithm", "is not finite" */
void path_singularity_describe(const path_singularity *s, char *text, size_t size);
rill_status path_scan_times(path_probe *probe, path_scan *scan, rill_message *message);

/* ---- Whether it is affine. */

/* 1 when x = sigma x0 + alpha x1 at time k of the last run, for all pairs and numbers. */
int path_is_affine_at(const path_probe *probe, int k, double *alpha, double *sigma);

enum { PATH_AFFINE_TIMES = 5 };

typedef struct path_affinity {
    int affine; /* at all of these times: 0, 1/4, 1/2, 3/4, 1 */
    double alpha[PATH_AFFINE_TIMES], sigma[PATH_AFFINE_TIMES];
} path_affinity;

rill_status path_check_affine(path_probe *probe, path_affinity *affinity, rill_message *message);

/* ---- What is random in it. */

enum { PATH_SPREAD_TIMES = 3 };

typedef struct path_spread {
    int random;                   /* x is normal about `at`; all else here is of `at` */
    int singular;                 /* ends at which the rate of that deviation is infinite */
    double at[PATH_SPREAD_TIMES]; /* its standard deviation at 0, 1/2 and 1 */
} path_spread;

/* The deviation of a random path at t[0..count-1]. */
rill_status path_spread_at(const rill_path *path, const double *t, int64_t count, double *spread,
                           rill_message *message);
rill_status path_find_spread(const rill_path *path, path_spread *spread, rill_message *message);

/* ---- All of it. */

typedef struct path_report {
    int has_closed_form;
    int misses_start; /* by definition: it only comes near x0 */
    path_spread spread;
    path_end ends[2];
    path_hole hole;
    path_velocity_check velocity;
    path_scan scan;
    path_affinity affinity;
} path_report;

rill_status path_examine(const rill_path *path, const rill_shape *sample, uint64_t seed,
                         path_report *report, rill_message *message);
/* 1 when it is a path; otherwise the reason why not. */
int path_is_one(const path_report *report, rill_message *reason);

/* What training has to know of a path, for samples of a shape: RILL_MISMATCH with the value that a
 * missed end has, RILL_NOT_FINITE with a hole. */
rill_status path_check(const rill_path *path, const rill_shape *sample, rill_message *message);

#endif
