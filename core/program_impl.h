/* program_impl.h (private) - a compiled program, and the passes that make it.
 *
 *     user's graph --lower--> graph of the program --simplify--> the same, cheaper --slice--> a
 * part of it by slices of the batch --schedule--> values and members in order --fuse--> steps
 *     --plan--> memory --bind--> ready to run
 */
#ifndef RILL_CORE_PROGRAM_IMPL_H
#define RILL_CORE_PROGRAM_IMPL_H

#include "../base/strided.h"
#include "builtin.h"
#include "graph_impl.h"
#include "program.h"
#include "walk.h"
#include "watch.h"

/* Where the memory of a value is. */
typedef enum rill_home {
    RILL_HOME_PLAN,  /* in the program's memory, for as long as it lives */
    RILL_HOME_KEPT,  /* in the program's memory for good: what is fed, copied or spread out */
    RILL_HOME_TILE,  /* nowhere: it lives inside one fused step, a tile at a time */
    RILL_HOME_GRAPH, /* constants: in the graph */
    RILL_HOME_STORE, /* state: in the store */
    RILL_HOME_GIVEN, /* in a slice's program: in the memory of the program around it */
    RILL_HOME_ALIAS  /* that of another value (views, and effects that pass a value on) */
} rill_home;

#define RILL_FOREVER INT64_MAX

/* One node of the program. */
typedef struct rill_value {
    rill_tensor *node;
    rill_home home;
    int64_t root;        /* the value whose memory this is; itself but for aliases */
    int64_t member;      /* position in the order of execution; -1 for what is not computed */
    int64_t step;        /* the step that computes it; -1 likewise */
    int64_t last_member; /* of roots: last member to read it; RILL_FOREVER when kept to the end */
    int64_t last_step;   /* the same by steps */
    int spread;          /* of constants stored once: needed in full */
    int copied; /* of state: needed as it was before the run, after the run has changed it */
    int fed;    /* of inputs: a value is there */
    int output; /* read after the run */
    const rill_tensor *becomes; /* the state entry that it is written over, or NULL */
    size_t bytes, offset;
    void *data;
    struct rill_port *port;  /* of a slice's program: where the data is, seen from outside */
    void *stored;            /* of state: the entry's own memory, which never moves */
    int64_t slot, slot_step; /* the tile it has in a fused step */
} rill_value;

/* What a fused step does to each tile: loads, then maps. */
typedef struct rill_operand {
    int64_t slot; /* tile in scratch, or -1: */
    char *data;   /* memory that is read or written in place, at the tile's own position */
} rill_operand;

/* An input of another shape than the step's, or a splat: brought into a tile before it is used. */
typedef struct rill_load {
    int64_t slot;
    const char *data;
    int64_t
        period; /* elements after which it repeats, where all tiles are alike: brought in once */
    rill_strides walk; /* over the output */
} rill_load;

typedef struct rill_mapping {
    rill_map *map;
    rill_pair_map *pair; /* not NULL: runs instead of map, with a second result */
    const void *attrs;
    int count;
    rill_operand *in; /* [count] */
    rill_operand out, second;
} rill_mapping;

typedef struct rill_fused {
    int64_t elements; /* of the shape that all members share */
    int64_t tile;     /* elements of a tile */
    size_t element_size;
    rill_load *loads;
    int64_t load_count;
    rill_mapping *mappings;
    int64_t mapping_count;
    int64_t slots;
} rill_fused;

/* A piece of the schedule: one kernel call, or a run of elementwise members fused. */
typedef struct rill_step {
    int64_t first, count; /* members */
    rill_fused *fused;    /* NULL: a kernel call */
    rill_call call;
    const rill_kernel *kernel;
    struct rill_region *region;  /* not NULL: slices of the batch */
    int sums;                    /* the call adds to what earlier slices gave */
    double cost;                 /* nanoseconds or so, of all of it */
    int64_t units, grain;        /* work, and how much of it a thread takes at a time */
    size_t scratch;              /* bytes a worker needs */
    const rill_watcher *watcher; /* NULL: nobody looks */
    int64_t number;              /* by which the watcher knows it */
} rill_step;

/* Units begin..end-1 of a step. */
typedef struct rill_piece {
    const rill_step *step;
    int64_t begin, end;
} rill_piece;

/* What threads are given to do at a time: a step, or pieces of several that touch nothing of each
 * other's. */
typedef struct rill_job {
    const rill_step *step; /* the first */
    rill_piece *pieces;    /* [count], or NULL: the one step, by units */
    int64_t count;
} rill_job;

/* A pointer that moves from slice to slice. */
typedef struct rill_patch {
    void *field; /* the pointer */
    const struct rill_port *port;
    struct rill_patch *next;
} rill_patch;

struct rill_program {
    rill_graph *source, *work;
    rill_tensor **outputs; /* [output_count] of source */
    rill_tensor **roots;   /* [output_count] of work */
    rill_tensor **plain;   /* [output_count] the same, before the batch was sliced */
    int64_t output_count;
    uint32_t passes_off;
    struct rill_region *region; /* what runs by slices, or NULL */
    int is_slice;               /* of such a region: what is fed and kept is outside */

    rill_walk walk;     /* the nodes of work that the roots need */
    rill_value *values; /* [walk.count] */
    int64_t *members;   /* [member_count] values in the order of execution */
    int64_t member_count;
    rill_step *steps;
    int64_t step_count;
    rill_job *jobs; /* [job_count] the same as they run */
    int64_t job_count, guarded_jobs;
    int64_t guarded;    /* members, and once fused steps, after which the guards are known */
    int64_t first_held; /* the number of the first step that waits for them */
    int stopped;        /* there the last run */

    /* Values with a part in every run. */
    int64_t *inputs, *guards, *commits, *copied;
    int64_t input_count, guard_count, commit_count, copied_count;

    rill_patch *patches;
    rill_arena arena; /* of what steps point to */
    char *memory;
    size_t memory_bytes;
    size_t live_bytes;    /* of it, at most, in values alive at one time */
    char *scratch;        /* one piece for each worker */
    size_t scratch_bytes; /* of a piece */
    int scratch_workers;
    int64_t runs;
    rill_message error;
};

/* ---- Passes.  Each returns 0 on failure, with the reason in the work graph. */
int rill_lower(rill_program *p);
int rill_simplify(rill_program *p);
int rill_slice_batch(rill_program *p);
int rill_order(rill_program *p);
int rill_fuse(rill_program *p);
int rill_plan(rill_program *p);
int rill_bind(rill_program *p); /* pointers, kernels and calls, ready to run */
int rill_split(rill_program *p);

/* Debug builds: the first thing that is wrong with the program so far, or NULL. */
const char *rill_verify_schedule(const rill_program *p);
const char *rill_verify_plan(const rill_program *p);

/* Rewriting: each node that the roots are made from gets an image in the program's graph, inputs
 * first, and the images of the roots become the roots. */
typedef struct rill_rewriting {
    rill_walk walk;
    rill_tensor **image; /* [walk.count] */
    rill_tensor **in;    /* inputs of the node under way */
} rill_rewriting;
/* 0 without memory; to be freed all the same. */
int rill_rewriting_begin(rill_rewriting *r, const rill_program *p);
/* Node `at` of the walk with the images of its inputs, and its place the one to build in. */
rill_tensor *rill_rebuilt(rill_program *p, rill_rewriting *r, int64_t at);
void rill_rewriting_end(rill_program *p, rill_rewriting *r);
void rill_rewriting_free(rill_rewriting *r);

/* The same by a rule, which is given each node with its inputs already replaced and returns the
 * replacement, or NULL to keep it. */
typedef rill_tensor *rill_rewrite_rule(rill_program *p, rill_tensor *y);
int rill_rewrite(rill_program *p, rill_rewrite_rule *rule, int64_t *changes);

/* The memory a value is read from: that of its root. */
static inline rill_value *rill_root(const rill_program *p, int64_t at)
{
    return &p->values[p->values[at].root];
}

/* ---- Kernels. */
/* The map or kernel that runs y, by the passes that are off; NULL when there is none. */
rill_map *rill_map_of(const rill_program *p, const rill_tensor *y);
/* A map that computes y and next, two maps of the same inputs, at once; NULL when there is none. */
rill_pair_map *rill_pair_of(const rill_program *p, const rill_tensor *y, const rill_tensor *next);
const rill_kernel *rill_kernel_of(const rill_program *p, const rill_tensor *y);
/* Runs a call whole, on this thread. */
int rill_call_whole(const rill_kernel *kernel, const rill_call *call);

/* How x is read to be stretched to `shape`; data is set where x is a constant. */
rill_load rill_load_of(const rill_tensor *x, const rill_shape *shape);
/* Brings elements begin..begin+n-1 of the stretched array to `out`. */
static inline void rill_load_run(const rill_load *load, int64_t begin, int64_t n, size_t size,
                                 char *out)
{
    rill_strided_copy(&load->walk, load->data, begin, n, size, out);
}

enum {
    RILL_TILE_BYTES = 4096 /* at most */,
    RILL_MAX_MAPPED = 16 /* inputs of an elementwise op */
};
/* Sets the length of tiles, so that stretched rows are brought in once where that can be. */
void rill_choose_tile(rill_fused *fused);
void rill_run_fused(const rill_fused *fused, int64_t begin, int64_t end, char *scratch);

/* Compiles outputs of g, which is left as it is; NULL on failure, with the reason in *why. */
rill_program *rill_program_make(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                                uint32_t passes_off, rill_message *why);

/* The program of a slice, planned but not bound, that computes `roots` of `work` and, unless it is
 * NULL, owns the graph. */
rill_program *rill_slice_program(rill_graph *work, rill_tensor *const *roots, int64_t count,
                                 uint32_t passes_off);

/* Names the first op of a run that produced a NaN or an infinity. */
void rill_blame(rill_program *p);
/* Makes scratch for every worker there may be; allocates only when threads were added. */
rill_status rill_ready(rill_program *p);
/* Units begin..end-1 of a step; `add`: sums add to what is there. */
void rill_run_step(const rill_step *step, int64_t begin, int64_t end, char *scratch, int add,
                   int worker);
/* The number of a step, by which it was scheduled: those without work are dropped later. */
int64_t rill_step_number(const rill_program *p, const rill_step *step);
/* One more than the last; 0 when p is NULL. */
int64_t rill_step_numbers(const rill_program *p);
/* Has the program's steps watched, numbered from `first` on; returns how many numbers they take. */
int64_t rill_watch_steps(rill_program *p, const rill_watcher *watcher, int64_t first);
/* Tells of units of a step that have run since `start`. */
void rill_tell_watcher(const rill_step *step, int64_t units, int64_t start, int worker);
/* Before a run: entries that are read in it and changed by it. */
void rill_copy_states(rill_program *p);
/* Runs jobs begin..end-1. */
void rill_run_jobs(rill_program *p, int64_t begin, int64_t end);
/* 1 when no element of the value is NaN or infinite. */
int rill_value_finite(const rill_program *p, int64_t at);

#endif
