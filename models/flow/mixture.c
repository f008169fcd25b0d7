#include "mixture.h"

#include <math.h>
#include <stddef.h>

rill_mixing rill_mixing_linear(double t)
{
    return (rill_mixing){ t, 1.0 - t, 1.0, -1.0 };
}

rill_mixing rill_mixing_cosine(double t)
{
    double alpha = sin(M_PI_2 * t), sigma = sin(M_PI_2 * (1.0 - t));
    return (rill_mixing){ alpha, sigma, M_PI_2 * sigma, -M_PI_2 * alpha };
}

/* One pair of components at (x, t).  The pair is N(mean, spread I) at t and moves with the field
 * u = mean' + (spread'/2/spread)(x - mean). */
typedef struct pair {
    double log_joint; /* log of weight times density at x */
    double slope;     /* of u in each dimension */
    double variance;  /* of dx_t/dt given x_t, summed */
    double u[RILL_MIXTURE_MAX_DIM];
    double score[RILL_MIXTURE_MAX_DIM]; /* of the pair's density at x */
} pair;

static void pair_at(const rill_mixture *source, int64_t j, const rill_mixture *target, int64_t k,
                    rill_mixing at, const double *x, pair *out)
{
    int64_t dim = source->dim;
    double s0 = source->sd[j] * source->sd[j], s1 = target->sd[k] * target->sd[k];
    double spread = at.sigma * at.sigma * s0 + at.alpha * at.alpha * s1;
    double turn = at.sigma * at.alpha_rate - at.sigma_rate * at.alpha;
    double distance = 0.0;
    out->slope = (at.sigma * at.sigma_rate * s0 + at.alpha * at.alpha_rate * s1) / spread;
    out->variance = (double)dim * s0 * s1 * turn * turn / spread;
    for (int64_t i = 0; i < dim; i++) {
        double m0 = source->mean[j * dim + i], m1 = target->mean[k * dim + i];
        double off = x[i] - (at.sigma * m0 + at.alpha * m1);
        out->u[i] = at.sigma_rate * m0 + at.alpha_rate * m1 + out->slope * off;
        out->score[i] = -off / spread;
        distance += off * off / spread;
    }
    out->log_joint = log(source->weight[j] * target->weight[k]) -
                     0.5 * (distance + (double)dim * log(2.0 * M_PI * spread));
}

/* Sums over pairs, each weighted by exp(log_joint - peak). */
typedef struct sums {
    double peak, weight, slope, variance, square, inner; /* inner: of score and u */
    double u[RILL_MIXTURE_MAX_DIM], score[RILL_MIXTURE_MAX_DIM];
} sums;

static void add_pair(sums *total, const pair *p, int64_t dim)
{
    double w = exp(p->log_joint - total->peak);
    total->weight += w;
    total->slope += w * p->slope;
    total->variance += w * p->variance;
    for (int64_t i = 0; i < dim; i++) {
        total->u[i] += w * p->u[i];
        total->score[i] += w * p->score[i];
        total->square += w * p->u[i] * p->u[i];
        total->inner += w * p->u[i] * p->score[i];
    }
}

/* div u = E[slope] dim + E[score.u] - E[score].E[u], the mean over pairs given x. */
static void finish(const sums *total, int64_t dim, rill_mixture_field *field)
{
    double w = total->weight, mean_inner = 0.0, mean_square = 0.0;
    for (int64_t i = 0; i < dim; i++) {
        field->velocity[i] = total->u[i] / w;
        mean_inner += field->velocity[i] * total->score[i] / w;
        mean_square += field->velocity[i] * field->velocity[i];
    }
    field->divergence = (double)dim * total->slope / w + total->inner / w - mean_inner;
    field->variance = (total->variance + total->square) / w - mean_square;
    field->density = w * exp(total->peak);
}

static int usable(const rill_mixture *m)
{
    return m && m->dim >= 1 && m->dim <= RILL_MIXTURE_MAX_DIM && m->count >= 1 && m->weight &&
           m->mean && m->sd;
}

rill_status rill_mixture_field_at(const rill_mixture *source, const rill_mixture *target,
                                  rill_mixing mixing, const double *x, rill_mixture_field *field,
                                  rill_message *message)
{
    if (!usable(source) || !usable(target) || source->dim != target->dim || !x || !field)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "mixture: expected two mixtures of one dimension, 1..%d, and x",
                         RILL_MIXTURE_MAX_DIM);
    pair p;
    sums total = { .peak = -HUGE_VAL };
    for (int64_t j = 0; j < source->count; j++)
        for (int64_t k = 0; k < target->count; k++) {
            pair_at(source, j, target, k, mixing, x, &p);
            total.peak = fmax(total.peak, p.log_joint);
        }
    for (int64_t j = 0; j < source->count; j++)
        for (int64_t k = 0; k < target->count; k++) {
            pair_at(source, j, target, k, mixing, x, &p);
            add_pair(&total, &p, source->dim);
        }
    finish(&total, source->dim, field);
    return RILL_OK;
}
