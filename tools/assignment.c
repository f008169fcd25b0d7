#include "assignment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 64 }; /* rows of the part that is solved first; see solve() */

/* Rows and columns are -1 where there is none.  A row is free while it has no column. */
struct solver {
    const rill_cost *cost;
    int32_t n, free_count;       /* rows and columns taken into account so far */
    int32_t *column_of, *row_of; /* [n] the assignment, both ways */
    int32_t *free_rows;          /* [n] free_count of them */
    int32_t *before;             /* [n] the row from which a path reached a column */
    int32_t *settled;            /* [n] columns whose distance is final, in that order */
    double *v;                   /* [n] prices of columns */
    double *space;               /* [n] for a row of costs */
    double *distance, *price;    /* [n] of a search: see shortest_path() */
    double *final;               /* [n] distances of the settled columns */
};

static const double *row_costs(const struct solver *s, int32_t i)
{
    return s->cost->row(s->cost->self, i, s->n, s->space);
}

/* The two least reduced costs of a row and their columns; of one column, that one twice. */
struct cheapest {
    double first, second;
    int32_t column, other;
};

static struct cheapest cheapest_two(const struct solver *s, int32_t i)
{
    const double *cost = row_costs(s, i);
    struct cheapest best = { HUGE_VAL, HUGE_VAL, 0, 0 };
    for (int32_t j = 0; j < s->n; j++) {
        double reduced = cost[j] - s->v[j];
        if (reduced >= best.second)
            continue;
        if (reduced < best.first) {
            best.second = best.first, best.other = best.column;
            best.first = reduced, best.column = j;
        } else {
            best.second = reduced, best.other = j;
        }
    }
    if (s->n == 1)
        best.second = best.first;
    return best;
}

/* Gives row i its cheapest column at the price at which the second choice is as good; returns the
 * row that had the column, or -1.  *cheaper tells whether the price fell. */
static int32_t bid(struct solver *s, int32_t i, int *cheaper)
{
    struct cheapest best = cheapest_two(s, i);
    int32_t column = best.column;
    double price = s->v[column] - (best.second - best.first);
    *cheaper = price < s->v[column];
    if (*cheaper)
        s->v[column] = price;
    else if (s->row_of[column] >= 0)
        column = best.other;
    int32_t displaced = s->row_of[column];
    s->row_of[column] = i;
    s->column_of[i] = column;
    if (displaced >= 0)
        s->column_of[displaced] = -1;
    return displaced;
}

/* One pass of augmenting row reduction over the free rows.  A displaced row bids again at once
 * while prices fall; `bids` bounds that, since prices may fall by ever less. */
static void reduce_rows(struct solver *s)
{
    int32_t count = s->free_count, left = 0;
    int64_t bids = 4 * (int64_t)s->n;
    for (int32_t k = 0; k < count; k++) {
        int32_t i = s->free_rows[k];
        int cheaper = 1;
        while (i >= 0 && cheaper && bids-- > 0)
            i = bid(s, i, &cheaper);
        if (i >= 0)
            s->free_rows[left++] = i;
    }
    s->free_count = left;
}

/* Shortens the distances to all columns by paths that end in row i, at `offset` plus the reduced
 * cost, and returns the nearest column that is not settled, -1 when there is none.  Of columns that
 * are equally near it is one that no row has, which ends the search: where points coincide nearly
 * all are.  A settled column's price is minus infinity, so that no path to it is shorter. */
static int32_t relax(struct solver *s, int32_t i, const double *cost, double offset)
{
    double *distance = s->distance, nearest = HUGE_VAL;
    const double *price = s->price;
    int32_t column = -1;
    for (int32_t j = 0; j < s->n; j++) {
        double through = cost[j] - price[j] + offset;
        if (through < distance[j]) {
            distance[j] = through;
            s->before[j] = i;
        }
        if (distance[j] < nearest || (distance[j] == nearest && column >= 0 && s->row_of[j] < 0)) {
            nearest = distance[j];
            column = j;
        }
    }
    return column;
}

/* Dijkstra's search over reduced costs from a free row to the nearest column that no row has.
 * Columns settled on the way fall in price by what they were nearer, which makes every edge of the
 * path tight. Returns the column, or -1 when costs were not finite. */
static int32_t shortest_path(struct solver *s, int32_t from)
{
    int32_t count = 0;
    memcpy(s->price, s->v, (size_t)s->n * sizeof *s->price);
    for (int32_t j = 0; j < s->n; j++)
        s->distance[j] = HUGE_VAL;
    int32_t j = relax(s, from, row_costs(s, from), 0.0);
    while (j >= 0 && s->row_of[j] >= 0) {
        double reached = s->distance[j];
        s->settled[count] = j;
        s->final[count++] = reached;
        s->distance[j] = HUGE_VAL;
        s->price[j] = -HUGE_VAL;
        const double *cost = row_costs(s, s->row_of[j]);
        j = relax(s, s->row_of[j], cost, reached - (cost[j] - s->v[j]));
    }
    for (int32_t k = 0; k < count && j >= 0; k++)
        s->v[s->settled[k]] += s->final[k] - s->distance[j];
    return j;
}

/* Shifts the assignment along the shortest path, so that its free row and its free column are
 * taken. Returns 0 when there is no path. */
static int augment(struct solver *s, int32_t from)
{
    int32_t i, j = shortest_path(s, from);
    if (j < 0)
        return 0;
    do {
        i = s->before[j];
        int32_t next = s->column_of[i];
        s->row_of[j] = i;
        s->column_of[i] = j;
        j = next;
    } while (i != from);
    return 1;
}

/* Lets the first n rows and columns join the `solved` first.  The price of a new column is the
 * highest at which no row that has a column would rather have it: what is assigned stays the best.
 */
static void extend(struct solver *s, int32_t solved, int32_t n)
{
    s->n = n;
    s->free_count = 0;
    for (int32_t j = solved; j < n; j++) {
        s->v[j] = solved ? HUGE_VAL : 0.0;
        s->row_of[j] = s->column_of[j] = -1;
        s->free_rows[s->free_count++] = j;
    }
    for (int32_t i = 0; i < solved; i++) {
        const double *cost = row_costs(s, i);
        double u = cost[s->column_of[i]] - s->v[s->column_of[i]];
        for (int32_t j = solved; j < n; j++)
            s->v[j] = fmin(s->v[j], cost[j] - u);
    }
}

/* From a few rows and columns to all, twice as many at a time: prices that are right for a part of
 * the problem are nearly right for the whole, and paths are then short. */
static int solve(struct solver *s, int32_t n)
{
    int32_t solved = 0, next = n;
    while (next > SMALL)
        next = (next + 1) / 2;
    for (; solved<n; solved = next, next = next> n / 2 ? n : 2 * next) {
        extend(s, solved, next);
        reduce_rows(s);
        reduce_rows(s);
        for (int32_t k = 0; k < s->free_count; k++)
            if (!augment(s, s->free_rows[k]))
                return 0;
    }
    return 1;
}

/* Prices of the rows, for which the permutation's reduced costs are zero. */
static void price_rows(const struct solver *s, double *u)
{
    for (int32_t i = 0; i < s->n; i++)
        u[i] = row_costs(s, i)[s->column_of[i]] - s->v[s->column_of[i]];
}

static rill_status check_cost(const rill_cost *cost, rill_message *message)
{
    if (!cost || !cost->row)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no costs given");
    if (cost->n < 1 || cost->n > INT32_MAX - 1)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: %lld rows; 1 to %d",
                         (long long)cost->n, INT32_MAX - 1);
    return RILL_OK;
}

rill_status rill_assignment_solve(const rill_cost *cost, int32_t *column_of, double *u, double *v,
                                  rill_message *message)
{
    rill_status status = check_cost(cost, message);
    if (status != RILL_OK)
        return status;
    if (!column_of || !u || !v)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no place to put the result");
    size_t n = (size_t)cost->n;
    double *reals = calloc(4 * n, sizeof *reals);
    int32_t *indices = calloc(4 * n, sizeof *indices);
    if (!reals || !indices) {
        status = rill_fail(message, RILL_NO_MEMORY, "assignment: no memory for %zu rows", n);
    } else {
        struct solver s = { .cost = cost, .column_of = column_of, .v = v };
        s.row_of = indices, s.free_rows = indices + n;
        s.before = indices + 2 * n, s.settled = indices + 3 * n;
        s.space = reals, s.distance = reals + n, s.price = reals + 2 * n, s.final = reals + 3 * n;
        if (solve(&s, (int32_t)n))
            price_rows(&s, u);
        else
            status = rill_fail(message, RILL_NOT_FINITE, "assignment: a cost is NaN or infinite");
    }
    free(reals);
    free(indices);
    return status;
}

static int is_permutation(const int32_t *column_of, int64_t n, unsigned char *seen)
{
    for (int64_t i = 0; i < n; i++)
        if (column_of[i] < 0 || column_of[i] >= n || seen[column_of[i]]++)
            return 0;
    return 1;
}

static double sum_slack(const rill_cost *cost, const int32_t *column_of, const double *u,
                        const double *v, double *space)
{
    double least = 0.0, left_over = 0.0;
    for (int64_t i = 0; i < cost->n; i++) {
        const double *row = cost->row(cost->self, i, cost->n, space);
        for (int64_t j = 0; j < cost->n; j++)
            if (!(row[j] - u[i] - v[j] >= least)) /* NaN prices prove nothing */
                least = row[j] - u[i] - v[j];
        left_over += row[column_of[i]] - u[i] - v[column_of[i]];
    }
    double slack = left_over - least * (double)cost->n;
    return slack < 0.0 ? 0.0 : slack;
}

rill_status rill_assignment_slack(const rill_cost *cost, const int32_t *column_of, const double *u,
                                  const double *v, double *slack, rill_message *message)
{
    rill_status status = check_cost(cost, message);
    if (status != RILL_OK)
        return status;
    if (!column_of || !u || !v || !slack)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: nothing to check");
    double *space = calloc((size_t)cost->n, sizeof *space);
    unsigned char *seen = calloc((size_t)cost->n, 1);
    if (!space || !seen)
        status = rill_fail(message, RILL_NO_MEMORY, "assignment: no memory for a row");
    else if (!is_permutation(column_of, cost->n, seen))
        status = rill_fail(message, RILL_MISMATCH, "assignment: not a permutation of the columns");
    else
        *slack = sum_slack(cost, column_of, u, v, space);
    free(space);
    free(seen);
    return status;
}
