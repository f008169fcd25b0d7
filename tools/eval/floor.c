#include "floor.h"

#include <math.h>
#include <string.h>

static const char *const says[EVAL_FLOOR_COUNT] = {
    [EVAL_FLOOR_UNKNOWN] = "not known",
    [EVAL_FLOOR_MIXTURE] = "exact: the data are a mixture of Gaussians",
    [EVAL_FLOOR_ROWS] = "exact for these rows alone, by the posterior over them",
    [EVAL_FLOOR_SAMPLES] = "estimated, by the posterior over other samples of the data",
};

const char *eval_floor_says(eval_floor_kind kind)
{
    return kind >= 0 && kind < EVAL_FLOOR_COUNT ? says[kind] : says[EVAL_FLOOR_UNKNOWN];
}

/* ---- Built-in sets that are mixtures. */

#define EIGHTH   .125, .125, .125, .125, .125, .125, .125, .125
#define DIAGONAL 1.4142135623730951 /* 2 cos(pi/4) */

static const struct set {
    const char *name;
    rill_mixture mixture;
} sets[] = {
    { "8gaussians",
      { 2, 8, (const double[]){ EIGHTH },
        (const double[]){ 2, 0, DIAGONAL, DIAGONAL, 0, 2, -DIAGONAL, DIAGONAL, -2, 0, -DIAGONAL,
                          -DIAGONAL, 0, -2, DIAGONAL, -DIAGONAL },
        (const double[]){ .1, .1, .1, .1, .1, .1, .1, .1 } } },
    { "1d-mixture",
      { 1, 2, (const double[]){ .5, .5 }, (const double[]){ -2, 2 }, (const double[]){ .3, .3 } } },
};

int eval_mixture_of(const char *set, rill_mixture *mixture)
{
    for (size_t i = 0; set && i < sizeof sets / sizeof *sets; i++)
        if (strcmp(sets[i].name, set) == 0) {
            *mixture = sets[i].mixture;
            return 1;
        }
    return 0;
}

static const double one = 1.0, origin[RILL_MIXTURE_MAX_DIM] = { 0 };

static rill_mixture component(const rill_mixture *m, int32_t label)
{
    if (label < 0)
        return *m;
    return (rill_mixture){ m->dim, 1, &one, m->mean + label * m->dim, m->sd + label };
}

double eval_mixture_density(const rill_mixture *mixture, const double *x, int32_t label)
{
    const rill_mixture noise = { mixture->dim, 1, &one, origin, &one };
    const rill_mixture target = component(mixture, label);
    rill_mixture_field field = { .density = 0.0 };
    rill_mixture_field_at(&noise, &target, rill_mixing_linear(1.0), x, &field, NULL);
    return field.density;
}

static rill_status at_mixture(const eval_floor *floor, rill_mixing mixing, const double *x,
                              int32_t label, double *velocity, eval_best *best,
                              rill_message *message)
{
    const rill_mixture noise = { floor->dim, 1, &one, origin, &one };
    if (label >= floor->mixture.count)
        return rill_fail(message, RILL_UNSUPPORTED, "the mixture has no label %d", (int)label);
    rill_mixture target = component(&floor->mixture, label);
    rill_mixture_field field;
    rill_status status = rill_mixture_field_at(&noise, &target, mixing, x, &field, message);
    if (status == RILL_OK) {
        memcpy(velocity, field.velocity, (size_t)floor->dim * sizeof *velocity);
        *best = (eval_best){ .variance = field.variance };
    }
    return status;
}

/* ---- The posterior over samples. */

/* Logarithms of the weights into room; the greatest, or -infinity when none has the label. */
static double log_weights(const eval_floor *f, rill_mixing m, const double *x, int32_t label)
{
    double peak = -HUGE_VAL;
    for (int64_t i = 0; i < f->count; i++) {
        double distance = 0.0;
        for (int64_t k = 0; k < f->dim; k++) {
            double off = x[k] - m.alpha * f->y[i * f->dim + k];
            distance += off * off;
        }
        int counts = label < 0 || f->labels[i] == label;
        f->room[i] = counts ? -0.5 * distance / (m.sigma * m.sigma) : -HUGE_VAL;
        peak = fmax(peak, f->room[i]);
    }
    return peak;
}

/* The weights themselves, of sum 1; returns the sum of their squares. */
static double normalize_weights(const eval_floor *f, double peak)
{
    double sum = 0.0, squares = 0.0;
    for (int64_t i = 0; i < f->count; i++) {
        double below = f->room[i] - peak;
        f->room[i] = below > -40.0 ? exp(below) : 0.0; /* beyond the digits of the sum */
        sum += f->room[i];
    }
    for (int64_t i = 0; i < f->count; i++) {
        f->room[i] /= sum;
        squares += f->room[i] * f->room[i];
    }
    return squares;
}

static void mean_of(const eval_floor *f, double *mean)
{
    memset(mean, 0, (size_t)f->dim * sizeof *mean);
    for (int64_t i = 0; i < f->count; i++)
        for (int64_t k = 0; f->room[i] > 0.0 && k < f->dim; k++)
            mean[k] += f->room[i] * f->y[i * f->dim + k];
}

/* Variance of y, and the variance of its mean as an estimate: sums over the dimensions. */
static void spread_of(const eval_floor *f, const double *mean, double *variance, double *doubt)
{
    *variance = *doubt = 0.0;
    for (int64_t i = 0; i < f->count; i++) {
        double square = 0.0;
        for (int64_t k = 0; f->room[i] > 0.0 && k < f->dim; k++) {
            double off = f->y[i * f->dim + k] - mean[k];
            square += off * off;
        }
        *variance += f->room[i] * square;
        *doubt += f->room[i] * f->room[i] * square;
    }
}

/* The velocity given y is sigma'/sigma x + c y with c = alpha' - sigma' alpha / sigma.  A mean that
 * is estimated by weights of squares q has a variance that is too small by 1 - q. */
static rill_status at_samples(const eval_floor *f, rill_mixing m, const double *x, int32_t label,
                              double *velocity, eval_best *best, rill_message *message)
{
    double peak = log_weights(f, m, x, f->labels ? label : -1);
    if (!(peak > -HUGE_VAL))
        return rill_fail(message, RILL_UNSUPPORTED, "no sample of the data has the label %d",
                         (int)label);
    double share = normalize_weights(f, peak), variance, doubt;
    double lean = m.sigma_rate / m.sigma, c = m.alpha_rate - lean * m.alpha;
    mean_of(f, velocity);
    spread_of(f, velocity, &variance, &doubt);
    for (int64_t k = 0; k < f->dim; k++)
        velocity[k] = lean * x[k] + c * velocity[k];
    int estimated = f->kind == EVAL_FLOOR_SAMPLES;
    *best = (eval_best){ .variance = c * c * variance / (estimated && share < 1 ? 1 - share : 1),
                         .doubt = estimated ? c * c * doubt : 0.0,
                         .share = estimated ? share : 0.0 };
    return RILL_OK;
}

rill_status eval_floor_at(const eval_floor *floor, rill_mixing mixing, const double *x,
                          int32_t label, double *velocity, eval_best *best, rill_message *message)
{
    if (floor->kind == EVAL_FLOOR_MIXTURE)
        return at_mixture(floor, mixing, x, label, velocity, best, message);
    if (floor->kind == EVAL_FLOOR_ROWS || floor->kind == EVAL_FLOOR_SAMPLES)
        return at_samples(floor, mixing, x, label, velocity, best, message);
    return rill_fail(message, RILL_UNSUPPORTED, "the floor of the loss is not known");
}
