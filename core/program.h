/* program.h - a graph compiled for chosen outputs, and running it.
 *
 * Compiling copies what the outputs need into a graph of the program's own and passes it through
 *     lower, simplify, slice, schedule, fuse, plan, bind, split
 * What a pass does to make a program faster can be switched off; on or off the results agree.
 * Running allocates nothing after the first run.  A program keeps its graph and store alive.  A
 * program is used by one thread at a time, and so is a store. */
#ifndef RILL_CORE_PROGRAM_H
#define RILL_CORE_PROGRAM_H

#include "../base/status.h"
#include "../base/threads.h"
#include "graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_program rill_program;

/* Passes to leave out, for teaching and bisecting. */
enum {
    RILL_NO_SIMPLIFY = 1 << 0, /* algebra and the folding of constants */
    RILL_NO_FUSE = 1 << 1,     /* chains of elementwise ops in one sweep, tile by tile */
    RILL_NO_REUSE = 1 << 2,    /* buffers shared by values whose lifetimes do not meet, in place */
    RILL_NO_FAST = 1 << 3,     /* fast kernels: reference kernels run instead */
    RILL_EXPAND = 1 << 4, /* composites run through their expansion even where they have a kernel */
    RILL_NO_SLICE = 1 << 5, /* slices of the batch through many layers while they are in cache */
    RILL_NO_BUNCH = 1 << 6 /* several short steps as one job of the threads */
};

typedef struct rill_compile_options {
    uint32_t passes_off;
} rill_compile_options;

/* rill_compile(g, loss, update): a program that computes the named tensors of g; NULL on failure,
 * with the reason in rill_error(g). */
#ifdef __cplusplus
extern "C++" {
template <typename... Tensors> inline rill_program *rill_compile(rill_graph *g, Tensors... y);
}
#else
#define rill_compile(g, ...)                                                                       \
    rill_compile_outputs((g), (rill_tensor *[]){ __VA_ARGS__ },                                    \
                         (int64_t)(sizeof((rill_tensor *[]){ __VA_ARGS__ }) / sizeof(void *)),     \
                         NULL)
#endif
rill_program *rill_compile_outputs(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                                   const rill_compile_options *options);
void rill_program_free(rill_program *p);

/* Copies `count` elements of the input's dtype in; they stay until fed again.  RILL_NOT_FOUND when
 * x is no input of the program (one that nothing needs is accepted and ignored). */
rill_status rill_feed(rill_program *p, const rill_tensor *x, const void *data, int64_t count);
/* Runs once.  RILL_NOT_FINITE when a guarded value is NaN or infinite: nothing is committed, and
 * the message names the first op that produced it.  RILL_BAD_ARGUMENT when an input was not
 * fed. */
rill_status rill_run(rill_program *p);
/* Copies an output of the last run.  RILL_BAD_ARGUMENT when there was none, or when it was stopped
 * by a guard before it came to y, RILL_NOT_FOUND when y is no output of the program, RILL_MISMATCH
 * when `count` is not its number of elements. */
rill_status rill_read(rill_program *p, const rill_tensor *y, void *out, int64_t count);
/* What went wrong in the last call that failed; "" when nothing did.  Of a read that a guard's stop
 * left nothing for, it is what stopped the run. */
const char *rill_program_error(const rill_program *p);

typedef struct rill_program_info {
    int64_t nodes; /* scheduled nodes */
    int64_t steps; /* launched by a run: a fused chain counts once, and so do all slices */
    int64_t
        buffer_bytes;   /* of planned memory; after a run, with that of the slices of each thread */
    int64_t live_bytes; /* the largest sum, over steps, of the buffers in use: no plan needs less */
    int64_t runs;
} rill_program_info;
rill_program_info rill_program_describe(const rill_program *p);

/* The instruction set whose kernels run, "avx512": the best of the processor's, or the one that
 * RILL_ISA in the environment names. */
const char *rill_instruction_set(void);
/* Why RILL_ISA cannot be followed, as compiling fails with; NULL when it can. */
const char *rill_instruction_set_refused(void);

#ifdef __cplusplus
}
extern "C++" {
template <typename... Tensors> inline rill_program *rill_compile(rill_graph *g, Tensors... y)
{
    rill_tensor *outputs[] = { y... };
    return rill_compile_outputs(g, outputs, static_cast<int64_t>(sizeof...(y)), nullptr);
}
}
#endif
#endif
