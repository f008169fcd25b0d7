/* probe.h - a path as numbers: where it is and how fast, in f64, for some pairs (x0, x1) at some
 * times at once. */
#ifndef RILL_TOOLS_PATHS_PROBE_H
#define RILL_TOOLS_PATHS_PROBE_H

#include "core/program.h"
#include "models/flow/path.h"

#include <stdint.h>

/* Room for results; those of the last run begin at time k, pair p at [(k pairs + p) width]. */
typedef struct path_probe {
    int pairs, times;
    int64_t width;              /* numbers of a sample */
    double *x0, *x1;            /* [pairs, width], normal deviates to two decimals */
    double *x;                  /* [times, pairs, width] */
    double *velocity;           /* the closed form where there is one, else the derived one */
    double *derived;            /* derived in any case */
    double *t;                  /* [times, pairs] */
    rill_tensor *t_in, *out[3]; /* x, velocity, derived */
    rill_program *program;
} path_probe;

/* Compiles the path for samples of a shape.  RILL_BAD_GRAPH says what is wrong with the path. Close
 * the probe in any case. */
rill_status path_probe_open(path_probe *probe, const rill_path *path, const rill_shape *sample,
                            int pairs, int times, uint64_t seed, rill_message *message);
void path_probe_close(path_probe *probe);

/* Fills x, velocity and derived at times t[0..count-1], 1 <= count <= times; what is beyond repeats
 * the last. */
rill_status path_probe_run(path_probe *probe, const double *t, int count, rill_message *message);

/* Elements of one time, and where they begin. */
static inline int64_t path_probe_stride(const path_probe *probe)
{
    return probe->pairs * probe->width;
}

#endif
