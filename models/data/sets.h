/* sets.h (private) - the functions behind the table in data.c. */
#ifndef RILL_MODELS_DATA_SETS_H
#define RILL_MODELS_DATA_SETS_H

#include <stdint.h>

/* Endless: a map of four uniforms on (0,1) to a point. */
int32_t rill_data_moons(const double u[4], double *x);
int32_t rill_data_checkerboard(const double u[4], double *x);
int32_t rill_data_8gaussians(const double u[4], double *x);
int32_t rill_data_2spirals(const double u[4], double *x);
int32_t rill_data_swissroll(const double u[4], double *x);
int32_t rill_data_scurve(const double u[4], double *x);
int32_t rill_data_circles(const double u[4], double *x);
int32_t rill_data_pinwheel(const double u[4], double *x);
int32_t rill_data_1d_mixture(const double u[4], double *x);

/* Finite: row `index` of the table. */
#define RILL_DIGITS_TRAIN    1500
#define RILL_DIGITS_HELD_OUT 297
int32_t rill_data_digits(int64_t index, double *x);

#endif
