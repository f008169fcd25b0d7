/* Which clusters of a drawing are one box, and the edges between what is left. */
#include "base/alloc.h"
#include "drawing.h"

/* A scope or a step: a composite that is opened stays so. */
static int can_fold(const rill_dot_cluster *cluster)
{
    return cluster->label != NULL || cluster->step >= 0;
}

static void fold_deep(rill_drawing *d)
{
    for (size_t i = 0; d->options->depth > 0 && i < d->cluster_count; i++) {
        int depth = 0;
        for (int64_t at = (int64_t)i; at >= 0; at = d->clusters[at].parent)
            depth += can_fold(&d->clusters[at]);
        d->clusters[i].folded = can_fold(&d->clusters[i]) && depth >= d->options->depth;
    }
}

/* ---- All of it. */

/* The outermost folded cluster around, or -1. */
static int64_t box_of(const rill_drawing *d, int64_t cluster)
{
    int64_t box = -1;
    for (int64_t at = cluster; at >= 0; at = d->clusters[at].parent)
        if (d->clusters[at].folded)
            box = at;
    return box;
}

void rill_drawing_fold(rill_drawing *d)
{
    fold_deep(d);
    for (size_t c = 0; c < d->cluster_count; c++) {
        int64_t box = box_of(d, (int64_t)c);
        for (int64_t i = box >= 0 ? d->clusters[c].first_item : -1; i >= 0; i = d->items[i].next) {
            d->items[i].box = box;
            d->clusters[box].nodes++;
            d->clusters[box].is_output |= d->items[i].is_output;
        }
    }
}

/* ---- Bundles: all that goes from one place into a box is one edge. */

static uint64_t key_of(int64_t from, int is_box, int64_t box)
{
    return (uint64_t)(2 * from + is_box) << 32 | (uint64_t)box;
}

static int64_t bundle_for(rill_bundles *bundles, const rill_dot_item *from, int64_t box)
{
    uint64_t key = from->box >= 0 ? key_of(from->box, 1, box) : key_of(from->number, 0, box);
    int64_t at = (int64_t)(uintptr_t)rill_table_get(&bundles->by_ends, key) - 1;
    if (at >= 0)
        return at;
    void *all = bundles->all;
    if (!rill_grow(&all, &bundles->capacity, bundles->count + 1, sizeof *bundles->all))
        return -1;
    bundles->all = all;
    at = (int64_t)bundles->count++;
    bundles->all[at] = (rill_bundle){ .from = from, .box = box };
    return rill_table_set(&bundles->by_ends, key, (void *)(uintptr_t)(at + 1)) ? at : -1;
}

int rill_bundle_add(rill_bundles *bundles, const rill_dot_item *from, int64_t box)
{
    uint64_t once = key_of(from->number, 0, box);
    if (from->box == box || rill_table_get(&bundles->seen, once))
        return 1;
    int64_t at = bundle_for(bundles, from, box);
    if (at < 0 || !rill_table_set(&bundles->seen, once, bundles))
        return 0;
    bundles->all[at].count++;
    return 1;
}

void rill_bundles_free(rill_bundles *bundles)
{
    rill_free(bundles->all);
    rill_table_free(&bundles->by_ends);
    rill_table_free(&bundles->seen);
}
