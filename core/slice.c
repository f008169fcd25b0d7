/* Slicing: where the rows of a batch are independent of each other, a region of the program takes
 * some of them through all its layers, forward and backward, while they are in cache.
 *
 * Each node is before the region, in it (rows, or sums over rows), or after it. */
#include "slice.h"

#include "../base/alloc.h"
#include "region.h"

enum {
    ROWS_FEW = 128, /* of a slice: an eighth of the batch within these bounds */
    ROWS_MANY = 256,
    ROW_MULTIPLE = 8, /* whole tiles of a matrix product */
    LEAST = 1 << 15,  /* elements in all the region's nodes for which slices are worth while, */
    LEAST_A_ROW = 16  /* and of each row: long vectors are split well enough as they are */
};

/* 1 when axis 0 of x is as long as the batch. */
static int has_rows(const rill_slicing *s, const rill_tensor *x)
{
    return x->shape.rank > 0 && x->shape.dim[0] == s->batch;
}

/* 1 when x is fed, by rows. */
static int is_fed(const rill_slicing *s, const rill_tensor *x)
{
    return x->op == &rill_input_op && has_rows(s, x);
}

static rill_part part_of(const rill_slicing *s, const rill_tensor *x)
{
    return s->part[rill_walk_index(&s->r.walk, x)];
}

/* Arrays of the operands' shape, or stretched along the rows. */
static rill_by_rows elementwise_rows(const rill_slicing *s, const rill_tensor *y, int *by_rows)
{
    if (!has_rows(s, y))
        return RILL_WHOLE;
    for (int i = 0; i < y->count; i++) {
        int has = y->in[i]->shape.rank == y->shape.rank && has_rows(s, y->in[i]);
        if (by_rows[i] && !has)
            return RILL_WHOLE;
        by_rows[i] = has;
    }
    return RILL_EACH_ROW;
}

/* Effects happen once a run, and deviates can be drawn by rows where an input says of which. */
static int is_whole(const rill_tensor *y)
{
    if (rill_has(y, RILL_ORDERED | RILL_COMMIT | RILL_GUARD))
        return 1;
    return rill_has(y, RILL_RANDOM) && (!y->op->rows || y->count < 2 ||
                                        y->in[1]->dtype != RILL_I32 || y->in[1]->shape.rank > 0);
}

rill_by_rows rill_how_by_rows(const rill_slicing *s, const rill_tensor *y, int *by_rows)
{
    rill_by_rows how = RILL_WHOLE;
    if (is_whole(y))
        return RILL_WHOLE;
    for (int i = 0; i < y->count; i++)
        by_rows[i] = part_of(s, y->in[i]) == RILL_IN_ROWS || is_fed(s, y->in[i]);
    if (y->op->rows)
        how = y->op->rows(y, by_rows);
    else if (rill_has(y, RILL_ELEMENTWISE))
        how = elementwise_rows(s, y, by_rows);
    for (int i = 0; i < y->count; i++)
        if (by_rows[i] && !has_rows(s, y->in[i]))
            return RILL_WHOLE;
    return how == RILL_EACH_ROW && !has_rows(s, y) ? RILL_WHOLE : how;
}

/* 1 when keeping a copy of the sum in each lane moves less memory than keeping the rows that are
 * summed. */
static int sums_fit(const rill_slicing *s, const rill_tensor *y)
{
    int64_t rows = 0, lanes = s->slices < RILL_LANES ? s->slices : RILL_LANES;
    for (int i = 0; i < y->count; i++)
        rows += s->by_rows[i] ? rill_count(y->in[i]) : 0;
    return rill_count(y) <= rows / lanes;
}

static rill_part classify(rill_slicing *s, const rill_tensor *y)
{
    int inside = 0, seeds = rill_has(y, RILL_RANDOM) && has_rows(s, y);
    if (rill_has(y, RILL_LEAF))
        return RILL_BEFORE;
    for (int i = 0; i < y->count; i++) {
        rill_part part = part_of(s, y->in[i]);
        if (part == RILL_IN_SUMS || part == RILL_AFTER)
            return RILL_AFTER;
        inside |= part == RILL_IN_ROWS;
        seeds |= is_fed(s, y->in[i]);
    }
    rill_by_rows how = inside || seeds ? rill_how_by_rows(s, y, s->by_rows) : RILL_WHOLE;
    if (how == RILL_EACH_ROW)
        return RILL_IN_ROWS;
    if (how == RILL_ROW_SUM && sums_fit(s, y))
        return RILL_IN_SUMS;
    return inside ? RILL_AFTER : RILL_BEFORE;
}

/* Parts for this batch; returns the elements that the region computes. */
static int64_t classify_all(rill_slicing *s, int64_t batch)
{
    int64_t inside = 0, eighth = batch / 8;
    int64_t most = eighth < ROWS_FEW ? ROWS_FEW : eighth > ROWS_MANY ? ROWS_MANY : eighth;
    s->batch = batch;
    s->slices = (batch + most - 1) / most;
    s->rows =
        ((batch + s->slices - 1) / s->slices + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
    s->slices = (batch + s->rows - 1) / s->rows;
    s->lanes = s->slices;
    for (int64_t at = 0; at < s->r.walk.count; at++) {
        const rill_tensor *y = s->r.walk.nodes[at];
        s->part[at] = classify(s, y);
        if (s->part[at] == RILL_IN_SUMS && s->lanes > RILL_LANES)
            s->lanes = RILL_LANES;
        if (s->part[at] == RILL_IN_ROWS && !rill_has(y, RILL_VIEW))
            inside += rill_count(y);
    }
    return inside;
}

/* ---- Choosing the batch: among the lengths of what is fed or drawn, the one by which most of the
 * program runs. */

static int64_t candidates(const rill_slicing *s, int64_t *found, int64_t capacity)
{
    int64_t count = 0;
    for (int64_t at = 0; at < s->r.walk.count && count < capacity; at++) {
        const rill_tensor *x = s->r.walk.nodes[at];
        int64_t length = rill_shape_dim(&x->shape, -x->shape.rank), known = 0;
        if ((x->op != &rill_input_op && !rill_has(x, RILL_RANDOM)) || x->shape.rank == 0 ||
            length < 2 * ROWS_FEW || length > INT32_MAX)
            continue;
        while (known < count && found[known] != length)
            known++;
        if (known == count)
            found[count++] = length;
    }
    return count;
}

static void count_uses(rill_slicing *s)
{
    for (int64_t i = 0; i < s->p->output_count; i++)
        s->uses[rill_walk_index(&s->r.walk, s->p->roots[i])]++;
    for (int64_t at = 0; at < s->r.walk.count; at++)
        for (int i = 0; i < s->r.walk.nodes[at]->count; i++)
            s->uses[rill_walk_index(&s->r.walk, s->r.walk.nodes[at]->in[i])]++;
}

static int choose_batch(rill_slicing *s)
{
    int64_t length[8], best = 0, most = LEAST;
    int64_t count = candidates(s, length, 8);
    for (int64_t i = 0; i < count; i++) {
        int64_t inside = classify_all(s, length[i]);
        if (inside < most || inside / length[i] < LEAST_A_ROW)
            continue;
        most = inside;
        best = length[i];
    }
    if (best > 0)
        classify_all(s, best);
    return best > 0;
}

/* ---- What does not change from slice to slice is prepared once, before the region. */

/* A row-wise node y, once `x`, as part of what it is made from. */
static rill_tensor *absorbed(rill_slicing *s, const rill_tensor *x, rill_tensor *y)
{
    rill_tensor *whole = NULL;
    for (int i = 0; i < y->count && !whole; i++)
        if (s->by_rows[i] && y->in[i]->op->absorb &&
            s->uses[rill_walk_index(&s->r.walk, x->in[i])] == 1)
            whole = y->in[i]->op->absorb(y, i, s->by_rows);
    return whole;
}

static rill_tensor *hoisted(rill_slicing *s, int64_t at)
{
    const rill_tensor *x = s->r.walk.nodes[at];
    rill_tensor *y = rill_rebuilt(s->p, &s->r, at);
    if (!rill_inside(s, at) || rill_is_inert(y))
        return y;
    rill_how_by_rows(s, x, s->by_rows);
    rill_tensor *better = x->op->hoist ? x->op->hoist(y, s->by_rows) : absorbed(s, x, y);
    return better ? better : y;
}

static void hoist_all(rill_slicing *s)
{
    for (int64_t at = 0; at < s->r.walk.count && !s->p->work->failed; at++)
        s->r.image[at] = hoisted(s, at);
    rill_rewriting_end(s->p, &s->r);
}

/* ---- The pass. */

static void forget(rill_slicing *s)
{
    rill_rewriting_free(&s->r);
    rill_free(s->part);
    rill_free(s->needed);
    rill_free(s->inner);
    rill_free(s->uses);
    rill_free(s->room);
    rill_free(s->by_rows);
}

static int look(rill_slicing *s)
{
    if (!rill_rewriting_begin(&s->r, s->p))
        return 0;
    size_t count = (size_t)s->r.walk.count, widest = (size_t)rill_walk_widest(&s->r.walk);
    s->part = rill_alloc_zeroed(count, sizeof *s->part);
    s->needed = rill_alloc_zeroed(count, 1);
    s->inner = rill_alloc_zeroed(count, sizeof *s->inner);
    s->uses = rill_alloc_zeroed(count, sizeof *s->uses);
    s->room = rill_alloc_zeroed(count, sizeof *s->room);
    s->by_rows = rill_alloc(widest, sizeof *s->by_rows);
    return s->part && s->needed && s->inner && s->uses && s->room && s->by_rows;
}

int rill_slice_batch(rill_program *p)
{
    rill_slicing before = { .p = p }, s = { .p = p };
    int done = look(&before), found = done && choose_batch(&before);
    if (found) {
        count_uses(&before);
        hoist_all(&before);
    }
    forget(&before);
    if (found) {
        done = look(&s);
        if (done && classify_all(&s, before.batch) > 0)
            done = rill_carve(&s);
        forget(&s);
    }
    if (!done)
        rill_graph_no_memory(p->work);
    return done && !p->work->failed;
}
