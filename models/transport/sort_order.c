#include "assignment_impl.h"

static void merge(const double *key, const int64_t *from, int64_t start, int64_t middle,
                  int64_t end, int64_t *to)
{
    int64_t i = start, j = middle;
    for (int64_t k = start; k < end; k++)
        to[k] = j >= end || (i < middle && key[from[i]] <= key[from[j]]) ? from[i++] : from[j++];
}

/* Merge sort, from runs of one up. */
void rill_sort_order(const double *key, int64_t *order, int64_t *space, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t start = 0; start < n; start += 2 * run) {
            int64_t middle = start + run < n ? start + run : n;
            int64_t end = middle + run < n ? middle + run : n;
            merge(key, order, start, middle, end, space);
        }
        for (int64_t i = 0; i < n; i++)
            order[i] = space[i];
    }
}
