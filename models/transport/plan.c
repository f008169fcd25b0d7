#include "plan.h"

#include "../../base/alloc.h"

rill_plan *rill_plan_new(int64_t n, int64_t m)
{
    const int64_t most = (int64_t)1 << 26;
    if (n < 1 || m < 1 || n > most || m > most)
        return NULL;
    rill_plan *p = rill_alloc_zeroed(1, sizeof *p);
    double *all = p ? rill_alloc_zeroed((size_t)(n * m + 3 * n + 4 * m), sizeof *all) : NULL;
    if (!all) {
        rill_free(p);
        return NULL;
    }
    p->n = n, p->m = m;
    p->sweep = rill_sweep_at(0);
    p->matrix = all;
    p->rows = all + n * m, p->log_a = p->rows + n, p->up_to = p->log_a + n;
    p->columns = p->up_to + n, p->log_b = p->columns + m;
    p->most = p->log_b + m, p->sum = p->most + m;
    return p;
}

void rill_plan_free(rill_plan *p)
{
    if (!p)
        return;
    rill_free(p->matrix);
    rill_free(p);
}

const double *rill_plan_matrix(const rill_plan *p)
{
    return p ? p->matrix : NULL;
}

/* The first row up to whose end there is more than `mass`, by bisection. */
static int64_t find_row(const rill_plan *p, double mass)
{
    int64_t low = 0, high = p->n - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (p->up_to[middle] > mass)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The same within a row, whose sum is `total`.  Where rounding leaves some mass over, the last
 * column that has any. */
static int64_t find_column(const double *row, int64_t m, double mass)
{
    int64_t last = 0;
    for (int64_t j = 0; j < m; j++) {
        if (row[j] > 0.0)
            last = j;
        if (row[j] > mass)
            return j;
        mass -= row[j];
    }
    return last;
}

rill_status rill_plan_draw(const rill_plan *p, const double *uniforms, int64_t count, int64_t *rows,
                           int64_t *columns, rill_message *message)
{
    if (!p || !uniforms || !rows || !columns || count < 0)
        return rill_fail(message, RILL_BAD_ARGUMENT, "draw: nothing to draw from or into");
    double total = p->up_to[p->n - 1];
    if (!(total > 0.0))
        return rill_fail(message, RILL_BAD_ARGUMENT, "draw: a plan of no mass");
    for (int64_t k = 0; k < count; k++) {
        double u = uniforms[2 * k], v = uniforms[2 * k + 1];
        if (!(u >= 0.0 && u <= 1.0 && v >= 0.0 && v <= 1.0))
            return rill_fail(message, RILL_BAD_ARGUMENT, "draw: uniforms %g and %g; 0 to 1", u, v);
        int64_t i = find_row(p, u * total);
        double sum = p->up_to[i] - (i > 0 ? p->up_to[i - 1] : 0.0);
        rows[k] = i;
        columns[k] = find_column(p->matrix + i * p->m, p->m, v * sum);
    }
    return RILL_OK;
}
