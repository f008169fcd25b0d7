/* contest.h - rill, and beside it in the same minutes its peers, at the same work. */
#ifndef RILL_TOOLS_BENCH_CONTEST_H
#define RILL_TOOLS_BENCH_CONTEST_H

#include "bench.h"
#include "workloads.h"

typedef struct bench_contest {
    bench_key key;
    bench_task *task; /* rill's; fails with its reason in b->message */
    void *self;
    double flops;     /* of a call, in matrix products */
    const char *work; /* what peers do: "step" or "sample" */
    const bench_workload *workload;
} bench_contest;

/* Figures of rill, of each peer, and the ratio of rill to the fastest of them. */
rill_status bench_hold_contest(bench *b, const bench_contest *c);

#endif
