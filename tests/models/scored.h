/* scored.h - a scorer in one call, in a store and a graph of the test's own. */
#ifndef RILL_TESTS_MODELS_SCORED_H
#define RILL_TESTS_MODELS_SCORED_H

#include "core/program.h"
#include "core/store.h"
#include "evaluate.h"
#include "models/flow/scorer.h"

#include <math.h>

static const uint64_t seed = 5;
static rill_store *store;
static rill_graph *g;

static inline void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static inline void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

#define NEAR(got, wanted, tolerance, row)                                                          \
    ck_assert_msg(fabs((got) - (wanted)) <= (tolerance),                                           \
                  "seed %llu, row %d: %.17g, expected %.17g, apart %.3g",                          \
                  (unsigned long long)seed, (int)(row), (double)(got), (double)(wanted),           \
                  fabs((got) - (wanted)))

static inline rill_scorer *scorer_of(rill_field field, rill_scorer_options options)
{
    rill_message message = { "" };
    rill_scorer *s = rill_scorer_new(store, field, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    return s;
}

static inline void scored(rill_scorer *s, rill_sampling request, rill_scores scores)
{
    rill_message message = { "" };
    rill_status status = rill_scorer_run(s, &request, &scores, &message);
    ck_assert_msg(status == RILL_OK, "%s", message.text);
}

/* log p of n points by `steps` steps of a solver from t = 1 to 0. */
static inline void score(rill_scorer *s, const char *solver, int64_t steps, int64_t n,
                         const void *x, double *log_p)
{
    double times[1025];
    ck_assert_int_le(steps, 1024);
    ck_assert_int_eq(rill_time_grid(1, 0, steps, times, NULL), RILL_OK);
    scored(s,
           (rill_sampling){ .solver = rill_solver_find(solver),
                            .times = times,
                            .time_count = steps + 1,
                            .n = n,
                            .x0 = x,
                            .samples = NULL },
           (rill_scores){ log_p, NULL });
}

#endif
