/* wasserstein.c - W1 and W2: by sorting on the line, by assignment in space. */
#include "clouds.h"
#include "metrics.h"

#include <models/transport/assignment.h>

#include <math.h>
#include <stdlib.h>

typedef void distances_function(const struct cloud *from, int64_t i, const struct cloud *to,
                                int64_t count, double *out);

/* In one dimension the best coupling is monotone: the mean of |F^-1 - G^-1|^p, constant between the
 * steps of either quantile function.  The end of a's quantile i is (i+1)/n; compared as whole
 * numbers, the ends of equal sizes meet exactly. */
static double monotone_cost(const struct cloud *a, const struct cloud *b, int p)
{
    double sum = 0.0, n = (double)a->count, m = (double)b->count, at = 0.0;
    for (int64_t i = 0, j = 0; i < a->count && j < b->count;) {
        double end_a = (double)(i + 1) * m, end_b = (double)(j + 1) * n;
        double end = fmin(end_a, end_b), gap = fabs(a->axis[i] - b->axis[j]);
        sum += (end - at) * (p == 1 ? gap : gap * gap);
        at = end;
        i += end_a <= end_b;
        j += end_b <= end_a;
    }
    return sum / (n * m);
}

static rill_status wasserstein_line(const rill_points *a, const rill_points *b, int p,
                                    rill_distance *out, rill_message *message)
{
    struct clouds clouds;
    rill_status status = rill_clouds_sorted(a, b, &clouds, message);
    if (status != RILL_OK)
        return status;
    double cost = monotone_cost(&clouds.a, &clouds.b, p);
    *out = rill_clouds_result(&clouds);
    out->value = ldexp(p == 1 ? cost : sqrt(cost), clouds.exponent);
    rill_clouds_free(&clouds);
    return RILL_OK;
}

/* The costs of an assignment: rows kept [n,n] where a row is dear to make and memory is there. */
struct pair_costs {
    const struct clouds *clouds;
    distances_function *distances;
    double *kept;
};

static const double *pair_row(const void *self, int64_t i, double *space)
{
    const struct pair_costs *costs = self;
    if (costs->kept)
        return costs->kept + i * costs->clouds->b.count;
    costs->distances(&costs->clouds->a, i, &costs->clouds->b, costs->clouds->b.count, space);
    return space;
}

static void keep_rows(struct pair_costs *costs)
{
    enum { DEAR = 8, MOST = 8192 };
    int64_t n = costs->clouds->b.count;
    if (costs->clouds->a.dim <= DEAR || n > MOST)
        return;
    costs->kept = malloc((size_t)(n * n) * sizeof *costs->kept);
    for (int64_t i = 0; costs->kept && i < n; i++)
        costs->distances(&costs->clouds->a, i, &costs->clouds->b, n, costs->kept + i * n);
}

/* The mean cost of the best assignment, and how much less another could cost. */
static rill_status best_assignment(const rill_cost *cost, double *mean, double *slack,
                                   rill_message *message)
{
    size_t n = (size_t)cost->n;
    rill_assignment *assignment = rill_assignment_new(cost->n);
    int64_t *permutation = malloc(n * sizeof *permutation);
    double *prices = malloc(2 * n * sizeof *prices), total = 0.0;
    rill_status status = RILL_OK;
    if (!assignment || !permutation || !prices)
        status = rill_fail(message, RILL_NO_MEMORY, "no memory to assign %zu points", n);
    if (status == RILL_OK)
        status = rill_assignment_solve(assignment, cost, permutation, &total, prices, prices + n,
                                       message);
    if (status == RILL_OK)
        status = rill_assignment_slack(cost, permutation, prices, prices + n, slack, message);
    if (status == RILL_OK) {
        *mean = total / (double)n;
        *slack /= (double)n;
    }
    rill_assignment_free(assignment);
    free(permutation);
    free(prices);
    return status;
}

static rill_status wasserstein_space(const rill_points *a, const rill_points *b, int p,
                                     uint64_t seed, rill_distance *out, rill_message *message)
{
    struct clouds clouds;
    rill_status status = rill_clouds_make(a, b, RILL_ASSIGNMENT_LIMIT, 1, seed, &clouds, message);
    if (status != RILL_OK)
        return status;
    struct pair_costs costs = { &clouds, p == 1 ? rill_cloud_distances : rill_cloud_squares, NULL };
    keep_rows(&costs);
    rill_cost cost = { clouds.a.count, pair_row, &costs };
    double mean = 0.0, slack = 0.0;
    status = best_assignment(&cost, &mean, &slack, message);
    if (status == RILL_OK) {
        *out = rill_clouds_result(&clouds);
        out->value = ldexp(p == 1 ? mean : sqrt(mean), clouds.exponent);
        out->slack = ldexp(slack, p * clouds.exponent);
    }
    free(costs.kept);
    rill_clouds_free(&clouds);
    return status;
}

static rill_status wasserstein(const rill_points *a, const rill_points *b, int p, uint64_t seed,
                               rill_distance *out, rill_message *message)
{
    if (!out)
        return rill_fail(message, RILL_BAD_ARGUMENT, "wasserstein: no place to put the result");
    if (rill_points_on_line(a, b))
        return wasserstein_line(a, b, p, out, message);
    return wasserstein_space(a, b, p, seed, out, message);
}

rill_status rill_w1(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                    rill_message *message)
{
    return wasserstein(a, b, 1, seed, out, message);
}

rill_status rill_w2(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                    rill_message *message)
{
    return wasserstein(a, b, 2, seed, out, message);
}
