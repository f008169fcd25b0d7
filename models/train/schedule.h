/* schedule.h - how the learning rate changes over training, as nodes of the graph. */
#ifndef RILL_MODELS_TRAIN_SCHEDULE_H
#define RILL_MODELS_TRAIN_SCHEDULE_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A factor on the learning rate after n steps:
 *     min(1, (n + 1)/warmup) decay((n - warmup)/(steps - warmup)),
 * the argument of decay clipped to [0,1].  All zeros is a constant rate. */
typedef struct rill_schedule {
    rill_tensor *(*decay)(rill_tensor *progress); /* NULL: 1 */
    int64_t steps;                                /* when the decay ends; needed with a decay */
    int64_t warmup;                               /* steps of linear warm-up; 0: none */
} rill_schedule;

/* (1 + cos(pi p))/2: 1 at the start, 0 at the end.  Loshchilov, Hutter: "SGDR", 2017. */
rill_tensor *rill_decay_cosine(rill_tensor *progress);

/* The factor as an f64 scalar; n is an i32 scalar, the number of steps done. */
rill_tensor *rill_schedule_factor(const rill_schedule *schedule, rill_tensor *n);

typedef struct rill_decay_kind {
    const char *name, *doc;
    rill_tensor *(*decay)(rill_tensor *progress);
} rill_decay_kind;

/* "constant" and "cosine", in the order that --help lists; NULL when i is out of range. */
const rill_decay_kind *rill_decay_at(int i);
/* NULL when there is none of that name. */
const rill_decay_kind *rill_decay_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
