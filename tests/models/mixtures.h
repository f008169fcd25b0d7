/* mixtures.h - some mixtures of Gaussians and schedulers, for the tests of exact fields. */
#ifndef RILL_TESTS_MODELS_MIXTURES_H
#define RILL_TESTS_MODELS_MIXTURES_H

#include "models/flow/mixture.h"

#include <math.h>

/* N(0,1) to two modes at +-2 of sd .3. */
static const rill_mixture noise = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, (double[]){ 1 } };
static const rill_mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                                    (double[]){ .3, .3 } };

static const rill_mixture wide = { 1, 1, (double[]){ 1 }, (double[]){ .5 }, (double[]){ 1.7 } };
static const rill_mixture three = { 1, 3, (double[]){ .2, .5, .3 }, (double[]){ -2, 0, 1 },
                                    (double[]){ .4, .6, .5 } };
static const rill_mixture uneven = { 1, 2, (double[]){ .3, .7 }, (double[]){ -1, 1.5 },
                                     (double[]){ .5, .4 } };
static const rill_mixture plane = { 2, 1, (double[]){ 1 }, (double[]){ 0, 0 }, (double[]){ .8 } };
static const rill_mixture plane_two = { 2, 2, (double[]){ .3, .7 }, (double[]){ -1, 0, 1, .5 },
                                        (double[]){ .6, .9 } };
static const rill_mixture plane_three = { 2, 3, (double[]){ .2, .5, .3 },
                                          (double[]){ 1, 1, -1, 2, 0, -2 },
                                          (double[]){ .4, .5, .6 } };

static inline rill_mixing linear_vp_mixing(double t)
{
    double s = sqrt(1 - t * t);
    return (rill_mixing){ t, s, 1, -t / s };
}

static inline rill_mixing power_mixing(double t)
{
    return (rill_mixing){ t * t, 1 - t * t, 2 * t, -2 * t };
}

#endif
