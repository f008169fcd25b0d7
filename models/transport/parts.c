/* parts.c - a part of the rows and columns first, then twice as many, then all.
 *
 * With samples, and wherever costs change little from one row or column to the next, prices that
 * are right for a part are nearly right for the whole, and paths are then short.  A part has to be
 * like the whole, and is spread over it: even where rows and columns have an order, as those of the
 * products i j, between two that are in a part there are about as many that are not.  Rows and
 * columns have coins of their own.  The costs of a part are copied together; the whole is looked at
 * as it lies.
 *
 * Not so with costs that have nothing to do with each other.  How many rows were swept over tells
 * which they are, since prices of such costs are soon found: 3 to 5 a row in the first part, which
 * has 25 to 48 of them, of samples 6 to 15.  Where it tells that of others, paths turn out to be
 * long, and parts are solved after all. */
#include "assignment_impl.h"

#include <math.h>
#include <string.h>

enum { SMALL = 48, LARGE = 2048, FEW = 5 };

/* Orders 0..n-1 such that the first half are one of each pair of neighbours, by the toss of a coin,
 * the first quarter one of each pair of neighbours in that half, and so on; space [n].  Returns the
 * size of the first part. */
static int64_t spread(int64_t *order, uint64_t coins, int64_t *space, int64_t n)
{
    int64_t *left_out = space, count = n;
    for (int64_t k = 0; k < n; k++)
        order[k] = k;
    for (; count > SMALL; count /= 2) {
        for (int64_t k = 0; k < count / 2; k++) {
            coins = coins * 6364136223846793005u + 1442695040888963407u;
            int64_t coin = (int64_t)(coins >> 63);
            left_out[k] = order[2 * k + 1 - coin];
            order[k] = order[2 * k + coin];
        }
        if (count % 2)
            left_out[count / 2] = order[count - 1];
        memcpy(order + count / 2, left_out, (size_t)(count - count / 2) * sizeof *order);
    }
    return count;
}

/* Copies the costs of a part together, into room for them. */
static void take_part(rill_assignment *a, int64_t part)
{
    double *out = a->parts.at;
    for (int64_t i = 0; i < part; i++) {
        const double *cost = a->cost->row(a->cost->self, a->row_order[i], a->space);
        for (int64_t j = 0; j < part; j++)
            *out++ = cost[a->column_order[j]];
    }
    a->part = a->parts.at;
}

/* Rows and columns from `solved` to n have none. */
static void clear(rill_assignment *a, int64_t solved, int64_t n)
{
    for (int64_t j = solved; j < n; j++)
        a->row_of[j] = a->column_of[j] = -1;
}

/* Numbers the rows and columns of a part, solved, as they are among all n. */
static void number_as_given(rill_assignment *a, int64_t part, int64_t n)
{
    for (int64_t k = 0; k < part; k++) {
        a->before[k] = a->row_of[k];
        a->distance[k] = a->price[k];
    }
    clear(a, 0, n);
    for (int64_t k = 0; k < part; k++) {
        int64_t i = a->row_order[a->before[k]], j = a->column_order[k];
        a->row_of[j] = i;
        a->column_of[i] = j;
        a->price[j] = a->distance[k];
    }
    a->part = NULL;
}

/* The size of the part after one, or n; parts are n/2^k, rounded down. */
static int64_t part_after(int64_t part, int64_t n)
{
    int64_t next = n;
    while (next / 2 > part)
        next /= 2;
    return next <= LARGE ? next : n;
}

/* Room for the costs of the largest part.  0 without memory. */
static int make_room(rill_assignment *a, int64_t first, int64_t n)
{
    int64_t part = first, next;
    while ((next = part_after(part, n)) < n)
        part = next;
    return rill_room_make(&a->parts, (size_t)(part * part));
}

/* Solves for the part, of which the first `solved` are. */
static int solve_part(rill_assignment *a, int64_t solved, int64_t part)
{
    take_part(a, part);
    clear(a, solved, part);
    return rill_assignment_join(a, part);
}

static int solve_whole(rill_assignment *a, int64_t solved, int64_t n)
{
    number_as_given(a, solved, n);
    return rill_assignment_join(a, n);
}

/* Without parts, as far as patience goes: costs that have nothing to do with each other take about
 * 0.7 sqrt(n) sweeps a row. */
static int solve_at_once(rill_assignment *a, int64_t n)
{
    a->patience = a->swept + (int64_t)(2.0 * sqrt((double)n)) * n;
    int done = solve_whole(a, 0, n);
    a->patience = INT64_MAX;
    return done;
}

static int solve_by_parts(rill_assignment *a, int64_t first, int64_t n)
{
    if (!solve_part(a, 0, first))
        return 0;
    int64_t solved = first;
    if (a->swept < FEW * first) {
        if (solve_at_once(a, n))
            return 1;
        solved = 0;
    }
    for (int64_t part = part_after(first, n); part < n; part = part_after(part, n)) {
        if (!solve_part(a, solved, part))
            return 0;
        solved = part;
    }
    return solve_whole(a, solved, n);
}

int rill_assignment_run(rill_assignment *a, int64_t n)
{
    a->swept = 0;
    a->patience = INT64_MAX;
    a->part = NULL;
    if (n <= SMALL)
        return solve_whole(a, 0, n);
    int64_t first = spread(a->row_order, 1, a->before, n);
    spread(a->column_order, 2, a->before, n);
    return make_room(a, first, n) ? solve_by_parts(a, first, n) : solve_whole(a, 0, n);
}
