/* reduce_isa.c - sums and extremes over axes, for the instruction set that this is compiled for. */
#include "cpu.h"
#include "ops/fold.h"
#include "registers.h"

#include <math.h>
#include <string.h>

enum {
    TILE = 4,         /* vectors folded side by side: enough to hide the latency of an addition */
    BLOCK_STEPS = 16, /* tiles folded one after the other; blocks are folded pairwise */
    LEVELS = 48,      /* of the pairwise tree: no tensor has more than 2^48 elements */
    SHORT_ROW = 8     /* up to so many terms, one after the other is faster than side by side */
};

/* ---- Halves of a vector swapped, quarters in each half, ...: after folding x with each, every
 * lane has the fold of all.  Lanes are taken in pairs of f32. */

typedef uint64_t lane_pairs __attribute__((vector_size(VM_BYTES)));
typedef lane_pairs swap_fn(lane_pairs x);

static inline lane_pairs swap_in_pairs(lane_pairs x)
{
    return x >> 32 | x << 32;
}

#if VM_BYTES == 64
static inline lane_pairs swap_1(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
}

static inline lane_pairs swap_2(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5);
}

static inline lane_pairs swap_4(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3);
}

#define SWAPS swap_4, swap_2, swap_1
#elif VM_BYTES == 32
static inline lane_pairs swap_1(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 1, 0, 3, 2);
}

static inline lane_pairs swap_2(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 2, 3, 0, 1);
}

#define SWAPS swap_2, swap_1
#else
static inline lane_pairs swap_1(lane_pairs x)
{
    return __builtin_shufflevector(x, x, 1, 0);
}

#define SWAPS swap_1
#endif

/* ---- How a reduction is laid out: along rows of adjacent elements, or across columns of them. */

struct layout {
    int by_rows;
    rill_fold_walk lines; /* of terms: rows, or single elements when by columns */
    int64_t length;       /* of a row */
    rill_fold_walk kept;  /* groups of adjacent outputs */
    int64_t width; /* of such a group; by rows, element i of a row goes into output i % width */
};

/* Takes the innermost axis off a walk; returns its extent. */
static int64_t take_inner(rill_fold_walk *walk)
{
    int64_t extent = walk->extent[--walk->rank];
    walk->count = 1;
    for (int i = 0; i < walk->rank; i++)
        walk->count *= walk->extent[i];
    return extent;
}

static int adjacent(const rill_fold_walk *walk)
{
    return walk->rank && walk->stride[walk->rank - 1] == 1;
}

/* Columns so few that a vector holds whole lines of them, one after the other. */
static int are_narrow(const struct layout *layout, int64_t lanes)
{
    const rill_fold_walk *lines = &layout->lines;
    return lines->rank == 1 && lines->stride[0] == layout->width && layout->width &&
           lanes % layout->width == 0;
}

static struct layout layout_of(const rill_call *call, int64_t lanes)
{
    rill_fold fold = rill_fold_of(call);
    struct layout layout = { !adjacent(&fold.kept), fold.folded, 1, fold.kept, 1 };
    if (!layout.by_rows) {
        layout.width = take_inner(&layout.kept);
        layout.by_rows = are_narrow(&layout, lanes);
        layout.length = layout.by_rows ? take_inner(&layout.lines) * layout.width : 1;
    } else if (adjacent(&fold.folded))
        layout.length = take_inner(&layout.lines);
    return layout;
}

/* By rows a unit is a group of outputs, by columns a tile of such a group. */
static int64_t tiles_across(const struct layout *layout, int64_t tile)
{
    return layout->by_rows ? 1 : (layout->width + tile - 1) / tile;
}

#define real       float
#define vector     vm_f32
#define integer    vm_i32
#define any        any_f32
#define NAME(x)    f32_##x
#define LANE_SWAPS SWAPS, swap_in_pairs
#include "reduce_fold.inc"
#undef real
#undef vector
#undef integer
#undef any
#undef NAME
#undef LANE_SWAPS

#define real       double
#define vector     vm_f64
#define integer    vm_i64
#define any        any_f64
#define NAME(x)    f64_##x
#define LANE_SWAPS SWAPS
#include "reduce_fold.inc"

#define KERNEL(op, type, adds)                                                                     \
    extern const rill_kernel RILL_CPU(op##_##type);                                                \
    const rill_kernel RILL_CPU(op##_##type) = { type##_##op, type##_units, type##_cost, NULL, adds }
KERNEL(sum, f32, 1);
KERNEL(sum, f64, 1);
KERNEL(sum_squares, f32, 1);
KERNEL(sum_squares, f64, 1);
KERNEL(reduce_max, f32, 0);
KERNEL(reduce_max, f64, 0);
KERNEL(reduce_min, f32, 0);
KERNEL(reduce_min, f64, 0);
