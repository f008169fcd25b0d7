/* Jobs: each step's work is in one of them, once, and steps that are one job may run in any order
 * and at the same time. */
#include "base/threads.h"
#include "core/program_impl.h"
#include "core/store.h"
#include "ops/ops.h"
#include "tests/core/snapshot.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- Random programs: entries that read and assign each other, of several shapes. */

enum { SIDE = 48, ENTRIES = 5, NODES = 40, RUNS = 3, SEEDS = 60 };

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9u;
    return x ^ (x >> 31);
}

static rill_tensor *entry(rill_graph *g, int i)
{
    char name[8];
    snprintf(name, sizeof name, "e%d", i);
    return rill_param(g, RILL_F32, i % 2 ? RILL_SHAPE(SIDE) : RILL_SHAPE(SIDE, SIDE),
                      (rill_init){ RILL_INIT_NORMAL, 1.0 }, name);
}

/* One of several ops on nodes made before, with a result that stays small. */
static rill_tensor *node(rill_tensor *const *made, int count, uint64_t *state)
{
    rill_tensor *a = made[draw(state) % (uint64_t)count];
    rill_tensor *b = made[draw(state) % (uint64_t)count];
    switch (draw(state) % 6) {
    case 0:
        return rill_sin(rill_add(a, b));
    case 1:
        return rill_rank(a) == 2 ? rill_sigmoid(rill_sum(a, RILL_AXES(0), 0)) : rill_cos(a);
    case 2:
        return rill_rank(a) == 2 ? rill_transpose(a) : rill_neg(a);
    case 3:
        return rill_rank(a) == 2 && rill_rank(b) == 2 ? rill_tanh(rill_matmul(a, b)) : rill_sin(b);
    case 4:
        return rill_mul(rill_sin(a), rill_cos(b));
    default:
        return rill_scale(rill_add(rill_sum_all(rill_square(rill_sin(a))), rill_sin(b)), 0.001);
    }
}

static rill_program *random_program(rill_store *store, uint64_t seed, uint32_t off)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *made[ENTRIES + NODES], *outputs[ENTRIES + 1];
    uint64_t state = seed;
    for (int i = 0; i < ENTRIES; i++)
        made[i] = entry(g, i);
    for (int i = 0; i < NODES; i++)
        made[ENTRIES + i] = node(made, ENTRIES + i, &state);
    for (int i = 0; i < ENTRIES; i++) {
        rill_tensor *next = made[ENTRIES + draw(&state) % NODES];
        outputs[i] = rill_assign(
            made[i], rill_add(rill_scale(made[i], 0), rill_rank(next) <= rill_rank(made[i])
                                                          ? next
                                                          : rill_sum(next, RILL_AXES(1), 0)));
    }
    outputs[ENTRIES] = rill_sum_all(made[ENTRIES + NODES - 1]);
    if (seed % 2)
        outputs[ENTRIES] = rill_require_finite(outputs[ENTRIES]);
    rill_compile_options options = { .passes_off = off };
    rill_program *p = rill_compile_outputs(g, outputs, ENTRIES + 1, &options);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    rill_graph_free(g);
    return p;
}

/* What the store holds after some runs; freed by the caller. */
static char *after_runs(uint64_t seed, uint32_t off, int threads, size_t *size)
{
    rill_store *store = rill_store_new(seed);
    rill_program *p = random_program(store, seed, off);
    rill_set_threads(threads);
    for (int i = 0; i < RUNS; i++)
        ck_assert_msg(rill_run(p) == RILL_OK, "seed %llu: %s", (unsigned long long)seed,
                      rill_program_error(p));
    char *bytes = snapshot(store, size);
    rill_program_free(p);
    rill_store_free(store);
    return bytes;
}

START_TEST(any_threads_give_what_steps_one_by_one_give)
{
    static const uint32_t passes[] = { 0, RILL_NO_FUSE, RILL_NO_REUSE };
    uint64_t seed = (uint64_t)_i + 1;
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        size_t size, other;
        char *plain = after_runs(seed, passes[i] | RILL_NO_BUNCH, 1, &size);
        for (int threads = 1; threads <= 4; threads++) {
            char *bytes = after_runs(seed, passes[i], threads, &other);
            ck_assert_msg(size == other && memcmp(plain, bytes, size) == 0,
                          "seed %llu, passes off %u, %d threads", (unsigned long long)seed,
                          passes[i], threads);
            free(bytes);
        }
        free(plain);
    }
    rill_set_threads(0);
}
END_TEST

/* ---- What is in a job. */

static int64_t units_in(const rill_job *job, const rill_step *step)
{
    int64_t units = !job->pieces && job->step == step ? step->units : 0;
    for (int64_t i = 0; job->pieces && i < job->count; i++)
        if (job->pieces[i].step == step)
            units += job->pieces[i].end - job->pieces[i].begin;
    return units;
}

/* Every step is in one job, all of it; returns how many share theirs with others. */
static int64_t sharing(const rill_program *p)
{
    int64_t shared = 0;
    for (int64_t i = 0; i < p->step_count; i++) {
        int64_t jobs = 0;
        for (int64_t k = 0; k < p->job_count; k++) {
            int64_t units = units_in(&p->jobs[k], &p->steps[i]);
            ck_assert(units == 0 || units == p->steps[i].units);
            ck_assert(units == 0 || (k < p->guarded_jobs) == (i < p->guarded));
            jobs += units > 0;
            shared += units > 0 && p->jobs[k].pieces;
        }
        ck_assert_int_eq(jobs, 1);
    }
    return shared;
}

static void pieces_go_from_front_to_back(const rill_job *job)
{
    double last = 0;
    for (int64_t i = 0; job->pieces && i < job->count; i++) {
        const rill_piece *piece = &job->pieces[i];
        double middle = (double)(piece->begin + piece->end) / 2 / (double)piece->step->units;
        ck_assert(piece->begin < piece->end && middle >= last);
        last = middle;
    }
}

START_TEST(every_step_is_in_one_job)
{
    int64_t shared = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int bunched = 0; bunched < 2; bunched++) {
            rill_store *store = rill_store_new(seed);
            rill_program *p = random_program(store, seed, bunched ? 0 : RILL_NO_BUNCH);
            int64_t together = sharing(p);
            ck_assert(bunched || together == 0);
            for (int64_t k = 0; k < p->job_count; k++)
                pieces_go_from_front_to_back(&p->jobs[k]);
            shared += together;
            rill_program_free(p);
            rill_store_free(store);
        }
    ck_assert_int_gt(shared, SEEDS);
}
END_TEST

/* Entries that change each by themselves, as under an optimiser: one job changes them all. */
START_TEST(what_is_apart_runs_together)
{
    rill_store *store = rill_store_new(1);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *outputs[ENTRIES];
    for (int i = 0; i < ENTRIES; i++)
        outputs[i] = rill_assign(entry(g, i), rill_sqrt(rill_square(rill_sin(entry(g, i)))));
    rill_program *p = rill_compile_outputs(g, outputs, ENTRIES, NULL);
    ck_assert(p != NULL);
    ck_assert_int_eq(p->step_count, 2); /* of two shapes */
    ck_assert_int_eq(p->job_count, 1);
    ck_assert_int_eq(sharing(p), 2);
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *all = tcase_create("jobs");
    tcase_add_loop_test(all, any_threads_give_what_steps_one_by_one_give, 0, SEEDS);
    tcase_add_test(all, every_step_is_in_one_job);
    tcase_add_test(all, what_is_apart_runs_together);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
