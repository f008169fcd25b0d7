/* toys.c - the toy distributions, each a map from the unit cube: u[0] picks the component or the
 * place along a curve, u[1] the rest of the shape, and u[2] and u[3] make the noise. */
#include "sets.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* One of `count` equally likely choices, as 0..count-1. */
static int32_t choice(double uniform, int32_t count)
{
    return (int32_t)(uniform * count);
}

/* Two independent N(0, sd^2) deviates by Box and Muller's formula, added to x. */
static void add_noise(const double u[4], double sd, double x[2])
{
    double radius = sd * sqrt(-2.0 * log(u[2]));
    x[0] += radius * cos(2.0 * pi * u[3]);
    x[1] += radius * sin(2.0 * pi * u[3]);
}

/* Two half circles of radius 1 that interlock, noise of sd .05, centred and stretched by 1.5. */
int32_t rill_data_moons(const double u[4], double *x)
{
    int32_t moon = choice(u[0], 2);
    double angle = pi * u[1];
    x[0] = moon ? 0.5 - cos(angle) : cos(angle) - 0.5;
    x[1] = moon ? 0.25 - sin(angle) : sin(angle) - 0.25;
    add_noise(u, 0.05, x);
    x[0] *= 1.5;
    x[1] *= 1.5;
    return moon;
}

/* Uniform on the 8 of the 16 unit squares of [-2,2]^2 whose corner's coordinates have an even sum.
 */
int32_t rill_data_checkerboard(const double u[4], double *x)
{
    int32_t square = choice(u[0], 8);
    int32_t row = square / 2;
    int32_t column = 2 * (square % 2) + row % 2;
    x[0] = (column - 2 + u[1]) / 0.45;
    x[1] = (row - 2 + u[2]) / 0.45;
    return 0;
}

int32_t rill_data_8gaussians(const double u[4], double *x)
{
    int32_t mode = choice(u[0], 8);
    double angle = 2.0 * pi * mode / 8.0;
    x[0] = 2.0 * cos(angle);
    x[1] = 2.0 * sin(angle);
    add_noise(u, 0.1, x);
    return mode;
}

/* One and a half turns of two arms; the square root spreads samples evenly over the area swept. */
int32_t rill_data_2spirals(const double u[4], double *x)
{
    int32_t arm = choice(u[0], 2);
    double along = sqrt(u[1]);
    double radius = arm ? -2.25 * along : 2.25 * along;
    x[0] = radius * cos(3.0 * pi * along);
    x[1] = radius * sin(3.0 * pi * along);
    add_noise(u, 0.05, x);
    return arm;
}

int32_t rill_data_swissroll(const double u[4], double *x)
{
    double turn = (1.0 + 2.0 * u[0]) / 3.0;
    x[0] = 2.25 * turn * cos(4.5 * pi * turn);
    x[1] = 2.25 * turn * sin(4.5 * pi * turn);
    add_noise(u, 0.05, x);
    return 0;
}

int32_t rill_data_scurve(const double u[4], double *x)
{
    double angle = 3.0 * pi * (u[0] - 0.5);
    x[0] = 1.2 * sin(angle);
    x[1] = copysign(1.2, angle) * (cos(angle) - 1.0);
    add_noise(u, 0.05, x);
    return 0;
}

int32_t rill_data_circles(const double u[4], double *x)
{
    int32_t circle = choice(u[0], 2);
    double radius = circle ? 1.0 : 2.0;
    x[0] = radius * cos(2.0 * pi * u[1]);
    x[1] = radius * sin(2.0 * pi * u[1]);
    add_noise(u, 0.08, x);
    return circle;
}

/* Five arms, each a Gaussian stretched along the radius and then sheared by an angle that grows
 * with it.  Johnson et al., "Composing graphical models with neural networks", NeurIPS 2016. */
int32_t rill_data_pinwheel(const double u[4], double *x)
{
    int32_t arm = choice(u[0], 5);
    double noise[2] = { 0.0, 0.0 };
    add_noise(u, 1.0, noise);
    double along = 1.0 + 0.3 * noise[0], across = 0.1 * noise[1];
    double angle = 2.0 * pi * arm / 5.0 + 0.25 * exp(along);
    x[0] = 1.4 * (along * cos(angle) - across * sin(angle));
    x[1] = 1.4 * (along * sin(angle) + across * cos(angle));
    return arm;
}

int32_t rill_data_1d_mixture(const double u[4], double *x)
{
    int32_t mode = choice(u[0], 2);
    double noise[2] = { 0.0, 0.0 };
    add_noise(u, 0.3, noise);
    x[0] = (mode ? 2.0 : -2.0) + noise[0];
    return mode;
}
