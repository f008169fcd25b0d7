/* peers.h - the same work in other libraries, each in a process of its own that waits for its turn.
 *
 * A peer is a Python script that comes with rill (peer.py, peer_jax.py, peer_torch.py).  It makes
 * the work ready and says so; then, for each number of seconds that it is sent, it works for that
 * long and answers with the median time of a call and the most memory it has had. */
#ifndef RILL_TOOLS_BENCH_PEERS_H
#define RILL_TOOLS_BENCH_PEERS_H

#include "bench.h"
#include "process.h"
#include "workloads.h"

enum { BENCH_PEERS = 3 };

/* "jax", "torch", "torch.compile" in figures, and how people call them; NULL past the end. */
const char *bench_peer_name(int i);
const char *bench_peer_label(int i);

/* The Python that is asked when none is named: $RILL_PEERS/bin/python, or that of the folder where
 * peers.sh puts it. */
const char *bench_peer_python(char *path, size_t size);
/* RILL_OK when that Python has what the peers need; sets their versions as facts. */
rill_status bench_peers_check(bench *b);

/* task: "step" or "sample". */
typedef struct bench_peer {
    const char *name; /* NULL: not there, or no more */
    bench_process process;
    double seconds, memory; /* of the last turn */
} bench_peer;

void bench_peer_start(bench *b, bench_peer *peer, int i, const char *task, const bench_workload *w,
                      int threads);
/* One turn.  What fails is no peer any more, and a note says so. */
void bench_peer_time(bench *b, bench_peer *peer, double seconds);
void bench_peer_end(bench_peer *peer);

#endif
