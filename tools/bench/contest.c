#include "contest.h"
#include "peers.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { TURNS = 5 };

typedef struct contest {
    bench *b;
    const bench_contest *what;
    bench_peer peer[BENCH_PEERS]; /* without a name: not there */
    double seconds[BENCH_PEERS][TURNS];
    double own[TURNS], capacity[TURNS];
} contest;

static rill_status take_turn(contest *c, int turn)
{
    bench_timing timing;
    /* Threads that spin for a while after their work have gone to sleep by then. */
    usleep(20000);
    rill_status status = bench_time(c->b, c->what->task, c->what->self, c->what->key.threads,
                                    BENCH_FMA_F32, &timing);
    if (status)
        return status;
    c->own[turn] = timing.seconds;
    c->capacity[turn] = timing.capacity;
    for (int i = 0; i < BENCH_PEERS; i++) {
        bench_peer_time(c->b, &c->peer[i], c->b->seconds);
        c->seconds[i][turn] = c->peer[i].seconds;
    }
    return RILL_OK;
}

static void put_peers(contest *c)
{
    double own = bench_value(&c->b->report.figures, &c->what->key, BENCH_TIME);
    double fastest = (double)INFINITY;
    for (int i = 0; i < BENCH_PEERS; i++) {
        if (!c->peer[i].name)
            continue;
        bench_key key = c->what->key;
        key.by = c->peer[i].name;
        double seconds = bench_median(c->seconds[i], TURNS);
        fastest = fmin(fastest, seconds);
        bench_put(c->b, &key, BENCH_TIME, seconds);
        bench_put(c->b, &key, BENCH_PROCESS, c->peer[i].memory);
    }
    bench_put(c->b, &c->what->key, BENCH_RATIO, fastest / own);
}

rill_status bench_hold_contest(bench *b, const bench_contest *what)
{
    contest c = { .b = b, .what = what };
    rill_status status = RILL_OK;
    for (int i = 0; i < BENCH_PEERS && b->python; i++)
        bench_peer_start(b, &c.peer[i], i, what->work, what->workload, what->key.threads);
    int turns = b->python ? TURNS : 1;
    for (int turn = 0; turn < turns && !status; turn++)
        status = take_turn(&c, turn);
    bench_timing timing = { bench_median(c.own, turns), bench_median(c.capacity, turns) };
    if (!status) {
        bench_put_timing(b, &what->key, &timing, BENCH_FMA_F32, what->flops);
        put_peers(&c);
        bench_show(b);
    }
    for (int i = 0; i < BENCH_PEERS; i++)
        bench_peer_end(&c.peer[i]);
    return status;
}
