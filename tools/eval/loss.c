#include "loss.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* The mean of 1 / (samples that count) up to which the best field is taken as known. */
#define MOST_SHARE 0.1

/* Sums over the points of a bin. */
typedef struct tally {
    double loss, loss_square, floor, excess, excess_square, share;
    int64_t count;
} tally;

static double squared_distance(const float *a, const double *b, int64_t dim)
{
    double sum = 0.0;
    for (int64_t k = 0; k < dim; k++)
        sum += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
    return sum;
}

static void widen(const float *from, int64_t dim, double *to)
{
    for (int64_t k = 0; k < dim; k++)
        to[k] = (double)from[k];
}

/* room [2,dim] */
static rill_status add_point(const eval_points *p, const eval_floor *floor, int64_t i, double *room,
                             tally *sums, rill_message *message)
{
    int64_t dim = p->dim;
    double *x = room, *u = room + dim;
    widen(p->target + i * dim, dim, x);
    double loss = squared_distance(p->v + i * dim, x, dim) / (double)dim;
    sums->count++;
    sums->loss += loss;
    sums->loss_square += loss * loss;
    if (floor->kind == EVAL_FLOOR_UNKNOWN)
        return RILL_OK;
    eval_best best;
    widen(p->x + i * dim, dim, x);
    rill_status status =
        eval_floor_at(floor, p->mixing[i], x, p->labels ? p->labels[i] : -1, u, &best, message);
    if (status != RILL_OK)
        return status;
    double excess = (squared_distance(p->v + i * dim, u, dim) - best.doubt) / (double)dim;
    sums->excess += excess;
    sums->excess_square += excess * excess;
    sums->floor += best.variance / (double)dim;
    sums->share += best.share;
    return RILL_OK;
}

static double standard_error(double sum, double squares, double n)
{
    return n > 1 ? sqrt(fmax(0.0, squares / n - sum / n * (sum / n)) / (n - 1)) : (double)NAN;
}

static void finish(const tally *sums, int known, eval_bin *bin)
{
    double n = (double)sums->count;
    bin->count = sums->count;
    bin->loss = sums->loss / n; /* 0/0 is NaN: a bin without points */
    bin->loss_error = standard_error(sums->loss, sums->loss_square, n);
    known = known && sums->share <= MOST_SHARE * n;
    bin->floor = known ? sums->floor / n : (double)NAN;
    bin->excess = known ? sums->excess / n : (double)NAN;
    bin->excess_error = known ? standard_error(sums->excess, sums->excess_square, n) : (double)NAN;
}

rill_status eval_loss_by_time(const eval_points *points, const eval_floor *floor, int64_t count,
                              eval_bin *bins, rill_message *message)
{
    tally *sums = calloc((size_t)count, sizeof *sums);
    double *room = malloc(2 * (size_t)points->dim * sizeof *room);
    rill_status status =
        sums && room ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int64_t i = 0; i < points->n && status == RILL_OK; i++) {
        int64_t bin = (int64_t)(points->t[i] * (double)count);
        bin = bin < 0 ? 0 : bin >= count ? count - 1 : bin;
        status = add_point(points, floor, i, room, &sums[bin], message);
    }
    for (int64_t b = 0; b < count && status == RILL_OK; b++) {
        bins[b] =
            (eval_bin){ .low = (double)b / (double)count, .high = (double)(b + 1) / (double)count };
        finish(&sums[b], floor->kind != EVAL_FLOOR_UNKNOWN, &bins[b]);
    }
    free(sums);
    free(room);
    return status;
}

/* The mean of bins[] that is not NaN, by the offset of a member; how many are, in *n. */
static double mean_member(const eval_bin *bins, int64_t count, size_t member, int squares,
                          double *n)
{
    double sum = 0.0;
    *n = 0.0;
    for (int64_t b = 0; b < count; b++) {
        double value = *(const double *)((const char *)&bins[b] + member);
        if (isnan(value))
            continue;
        sum += squares ? value * value : value;
        ++*n;
    }
    return squares ? sqrt(sum) / *n : sum / *n;
}

eval_bin eval_loss_overall(const eval_bin *bins, int64_t count, double *known)
{
    eval_bin all = { .low = 0.0, .high = 1.0 };
    double n, with_points;
    for (int64_t b = 0; b < count; b++)
        all.count += bins[b].count;
    all.loss_error = mean_member(bins, count, offsetof(eval_bin, loss_error), 1, &n);
    all.excess_error = mean_member(bins, count, offsetof(eval_bin, excess_error), 1, &n);
    all.loss = mean_member(bins, count, offsetof(eval_bin, loss), 0, &with_points);
    all.floor = mean_member(bins, count, offsetof(eval_bin, floor), 0, &n);
    all.excess = mean_member(bins, count, offsetof(eval_bin, excess), 0, &n);
    *known = with_points > 0 ? n / with_points : 0.0;
    return all;
}
