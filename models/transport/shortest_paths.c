/* shortest_paths.c - bids, then shortest augmenting paths: assignment.h says after whom. */
#include "assignment_impl.h"

#include <math.h>
#include <string.h>

static const double *row_costs(rill_assignment *a, int64_t i)
{
    a->swept++;
    return a->part ? a->part + i * a->n : a->cost->row(a->cost->self, i, a->space);
}

static void assign(rill_assignment *a, int64_t i, int64_t j)
{
    a->row_of[j] = i;
    a->column_of[i] = j;
    a->rank[j] = (double)j + RILL_TAKEN;
}

/* Gives row i its cheapest column at the price at which its second choice is as good.  Returns the
 * row that is now without a column: the one that had it, i itself where the price would not fall,
 * or -1. */
static int64_t bid(rill_assignment *a, int64_t i)
{
    rill_cheapest best = a->sweep->cheapest(row_costs(a, i), a->price, a->rank, a->n);
    double price = a->price[best.column] - (best.second - best.first);
    int64_t displaced = a->row_of[best.column];
    if (displaced >= 0 && !(price < a->price[best.column]))
        return i;
    a->price[best.column] = price;
    if (displaced >= 0)
        a->column_of[displaced] = -1;
    assign(a, i, best.column);
    return displaced;
}

/* Augmenting row reduction, once over the free rows.  A displaced row bids again at once.  One bid
 * a row is what pays: prices then fall by ever less. */
static void reduce_rows(rill_assignment *a)
{
    int64_t count = a->free_count, left = 0, bids = a->n;
    for (int64_t k = 0; k < count; k++) {
        int64_t i = a->free_rows[k], last = -1;
        while (i >= 0 && i != last && bids-- > 0) {
            last = i;
            i = bid(a, i);
        }
        if (i >= 0)
            a->free_rows[left++] = i;
    }
    a->free_count = left;
}

/* Dijkstra's search over reduced costs from a free row to the nearest column that no row has.
 * Columns settled on the way fall in price by what they were nearer, which makes every edge of the
 * path tight.  Returns the column. */
static int64_t shortest_path(rill_assignment *a, int64_t from)
{
    rill_frontier frontier = { a->distance, a->open_price, a->before, a->rank, a->n };
    int64_t count = 0;
    memcpy(a->open_price, a->price, (size_t)a->n * sizeof *a->price);
    for (int64_t j = 0; j < a->n; j++)
        a->distance[j] = HUGE_VAL;
    int64_t j = a->sweep->relax(&frontier, row_costs(a, from), 0.0, from);
    while (j >= 0 && a->row_of[j] >= 0) {
        double reached = a->distance[j];
        a->settled[count] = j;
        a->reached[count++] = reached;
        a->distance[j] = HUGE_VAL;
        a->open_price[j] = -HUGE_VAL;
        int64_t i = a->row_of[j];
        const double *cost = row_costs(a, i);
        j = a->sweep->relax(&frontier, cost, reached - (cost[j] - a->price[j]), i);
    }
    for (int64_t k = 0; k < count && j >= 0; k++)
        a->price[a->settled[k]] += a->reached[k] - a->distance[j];
    return j;
}

/* Shifts the assignment along the shortest path, so that its free row and its free column are
 * taken. */
static int augment(rill_assignment *a, int64_t from)
{
    int64_t i, j = shortest_path(a, from);
    if (j < 0)
        return 0;
    do {
        i = a->before[j];
        int64_t next = a->column_of[i];
        assign(a, i, j);
        j = next;
    } while (i != from);
    return 1;
}

/* Prices of the columns that have no row: the highest at which no row that has a column would
 * rather have them, so that what is assigned stays the best. */
static void price_new_columns(rill_assignment *a, int64_t solved)
{
    double *highest = a->distance;
    for (int64_t j = 0; j < a->n; j++)
        highest[j] = solved ? HUGE_VAL : 0.0;
    for (int64_t i = 0; i < a->n && solved; i++)
        if (a->column_of[i] >= 0) {
            const double *cost = row_costs(a, i);
            double u = cost[a->column_of[i]] - a->price[a->column_of[i]];
            a->sweep->cap(highest, cost, u, a->n);
        }
    for (int64_t j = 0; j < a->n; j++)
        if (a->row_of[j] < 0)
            a->price[j] = highest[j];
}

int rill_assignment_join(rill_assignment *a, int64_t n)
{
    int64_t solved = 0;
    a->n = n;
    a->free_count = 0;
    for (int64_t j = 0; j < n; j++) {
        a->rank[j] = (double)j + (a->row_of[j] < 0 ? 0.0 : RILL_TAKEN);
        solved += a->row_of[j] >= 0;
        if (a->column_of[j] < 0)
            a->free_rows[a->free_count++] = j;
    }
    price_new_columns(a, solved);
    reduce_rows(a);
    for (int64_t k = 0; k < a->free_count; k++)
        if (a->swept > a->patience || !augment(a, a->free_rows[k]))
            return 0;
    return 1;
}
