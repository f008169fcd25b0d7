/* trajectory.h - how much is travelled on the way from noise to data, and how straight it is.
 *
 * Between two times a sample moves as fast as the two places say, so that a trajectory of K steps
 * is measured to within order 1/K^2. */
#ifndef RILL_TOOLS_METRICS_TRAJECTORY_H
#define RILL_TOOLS_METRICS_TRAJECTORY_H

#include <base/status.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where `count` samples of `dim` numbers are at each time, as rill_sampler_run() keeps it.  The
 * arrays are the caller's. */
typedef struct rill_trajectory {
    const double *x;     /* [time_count, count, dim] */
    const double *times; /* [time_count], ascending; NULL: even ones from 0 to 1 */
    int64_t time_count;  /* at least 2 */
    int64_t count, dim;
} rill_trajectory;

/* Means over the samples, dx/dt being the velocity u along a trajectory. */
typedef struct rill_travel {
    double squared_speed; /* integral of |dx/dt|^2 dt */
    double straightness;  /* integral of |x_1 - x_0 - dx/dt|^2 dt: 0 where all ways are straight and
                           * evenly fast.  Liu et al., "Flow straight and fast", 2022, equation 4. */
} rill_travel;

/* Both for times that go from 0 to 1; over other spans x_1 - x_0 is taken per unit of time.
 * RILL_BAD_ARGUMENT: a NULL, nothing to measure, times that do not ascend; RILL_NOT_FINITE: a place
 * that is not. */
rill_status rill_trajectory_measure(const rill_trajectory *trajectory, rill_travel *out,
                                    rill_message *message);

/* |squared_speed - W2^2| / W2^2, W2 being from where samples start to where they are to go: what is
 * travelled beyond the least that any flow between the two has to.  Tong et al., "Improving and
 * generalizing flow-based generative models with minibatch optimal transport", 2024, section 5. */
double rill_normalized_path_energy(double squared_speed, double w2);

#ifdef __cplusplus
}
#endif
#endif
