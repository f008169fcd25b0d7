/* Commits: what is assigned in a run, written in place or copied, is what assigning all of it after
 * all reads would give, and nothing when a guard stops the run. */
#include "base/threads.h"
#include "core/program_impl.h"
#include "core/store.h"
#include "ops/ops.h"
#include "tests/core/snapshot.h"
#include "tests/ops/value.h"

#include <math.h>
#include <stdio.h>

enum { LONG = 1500 }; /* elements: three tiles of a fused sweep, the last one short */

static const uint32_t passes[] = { 0, RILL_NO_FUSE, RILL_NO_REUSE, RILL_NO_FUSE | RILL_NO_REUSE,
                                   RILL_NO_SIMPLIFY };
enum { PASSES = sizeof passes / sizeof *passes };

static rill_program *compiled(rill_graph *g, rill_tensor *const *outputs, int count, uint32_t off)
{
    rill_compile_options options = { .passes_off = off };
    rill_program *p = rill_compile_outputs(g, outputs, count, &options);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "?");
    return p;
}

static rill_tensor *entry(rill_graph *g, const char *name, int64_t count, double value)
{
    return rill_param(g, RILL_F64, RILL_SHAPE(count), (rill_init){ RILL_INIT_CONSTANT, value },
                      name);
}

static double stored(const rill_store *store, const char *name, int64_t at)
{
    double values[LONG];
    rill_entry_info info;
    ck_assert_int_eq(rill_store_find(store, name, &info), RILL_OK);
    ck_assert_int_eq(rill_store_get(store, name, values, info.count, NULL), RILL_OK);
    return values[at];
}

static int written_in_place(const rill_program *p)
{
    int count = 0;
    for (int64_t at = 0; at < p->walk.count; at++)
        count += p->values[at].becomes != NULL;
    return count;
}

/* ---- Random programs over some entries, against arrays that are computed by hand. */

enum { ENTRIES = 4, NODES = 24, RUNS = 3 };

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9u;
    return x ^ (x >> 31);
}

typedef double array[LONG];

/* Ops whose result is the same in any order and grows slowly: what is compared is compared bit for
 * bit. */
static double halfway(double a, double b)
{
    return (a + b) * 0.5;
}

static double difference(double a, double b)
{
    return a - b;
}

static double negated(double a, double b)
{
    (void)b;
    return -a;
}

static rill_tensor *halfway_node(rill_tensor *a, rill_tensor *b)
{
    return rill_scale(rill_add(a, b), 0.5);
}

static rill_tensor *negated_node(rill_tensor *a, rill_tensor *b)
{
    (void)b;
    return rill_neg(a);
}

/* Of all elements, so that others are read than are written. */
static double greatest(const array a)
{
    double most = a[0];
    for (int i = 1; i < LONG; i++)
        most = fmax(most, a[i]);
    return most;
}

static rill_tensor *below_greatest_node(rill_tensor *a, rill_tensor *b)
{
    return rill_sub(b, rill_reduce_max(a, RILL_AXES(0), 1));
}

static const struct move {
    rill_tensor *(*node)(rill_tensor *a, rill_tensor *b);
    double (*value)(double a, double b); /* NULL: below_greatest */
} moves[] = {
    { halfway_node, halfway }, { rill_sub, difference },      { rill_max, fmax },
    { negated_node, negated }, { below_greatest_node, NULL }, { rill_min, fmin },
};

enum { MOVES = sizeof moves / sizeof *moves };

/* Nodes 0..ENTRIES-1 are the entries. */
typedef struct recipe {
    rill_tensor *node[NODES];
    int move[NODES], a[NODES], b[NODES];
    int assigned[ENTRIES]; /* the node that each becomes; -1: none */
    rill_tensor *after[ENTRIES];
} recipe;

static void build(recipe *r, rill_graph *g, uint64_t seed)
{
    char name[8];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof name, "e%d", i);
        r->node[i] =
            rill_param(g, RILL_F64, RILL_SHAPE(LONG), (rill_init){ RILL_INIT_UNIFORM, 1 }, name);
        r->assigned[i] = -1;
    }
    for (int i = ENTRIES; i < NODES; i++) {
        r->move[i] = (int)(draw(&seed) % MOVES);
        r->a[i] = (int)(draw(&seed) % (uint64_t)i);
        r->b[i] = (int)(draw(&seed) % (uint64_t)i);
        r->node[i] = moves[r->move[i]].node(r->node[r->a[i]], r->node[r->b[i]]);
        int e = (int)(draw(&seed) % (2 * ENTRIES)), from = (int)(draw(&seed) % (uint64_t)(i + 1));
        if (e >= ENTRIES || r->assigned[e] >= 0)
            continue;
        r->assigned[e] = from;
        r->after[e] = rill_assign(r->node[e], r->node[from]);
        if (from >= ENTRIES)
            r->node[from] = r->after[e]; /* what is built from now on reads the new value */
    }
}

static void compute(const recipe *r, array *value)
{
    for (int i = ENTRIES; i < NODES; i++) {
        const double *a = value[r->a[i]], *b = value[r->b[i]];
        double most = greatest(a);
        for (int k = 0; k < LONG; k++)
            value[i][k] =
                moves[r->move[i]].value ? moves[r->move[i]].value(a[k], b[k]) : b[k] - most;
    }
}

static void same_array(const array expected, const double *got, uint64_t seed, uint32_t off,
                       int what)
{
    for (int k = 0; k < LONG; k++)
        if (expected[k] != got[k])
            ck_abort_msg("seed %llu, passes off %u, %d[%d]: %.17g, not %.17g",
                         (unsigned long long)seed, off, what, k, got[k], expected[k]);
}

enum { READ = 3 };

/* The last node and two more, and all that is assigned. */
static int outputs_of(const recipe *r, uint64_t seed, rill_tensor **outputs, int *which)
{
    int count = 0;
    which[0] = NODES - 1;
    which[1] = (int)(seed % NODES);
    which[2] = (int)(seed / NODES % NODES);
    for (; count < READ; count++)
        outputs[count] = r->node[which[count]];
    rill_tensor *assigned[ENTRIES];
    int assigns = 0;
    for (int e = 0; e < ENTRIES; e++)
        if (r->assigned[e] >= 0)
            assigned[assigns++] = r->after[e];
    if (assigns > 0)
        outputs[count++] = rill_group(assigned, assigns);
    return count;
}

/* Entries as they are stored; those that no program needs are left as they were. */
static void load(const rill_store *store, array *value)
{
    char name[8];
    for (int e = 0; e < ENTRIES; e++) {
        snprintf(name, sizeof name, "e%d", e);
        rill_store_get(store, name, value[e], LONG, NULL);
    }
}

static void check_run(const recipe *r, const rill_store *store, rill_program *p, uint64_t seed,
                      uint32_t off, rill_tensor *const *outputs, const int *which)
{
    static array value[NODES], after[ENTRIES], got;
    load(store, value);
    compute(r, value);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    for (int i = 0; i < READ; i++) {
        ck_assert_int_eq(rill_read(p, outputs[i], got, LONG), RILL_OK);
        same_array(value[which[i]], got, seed, off, which[i]);
    }
    for (int e = 0; e < ENTRIES; e++)
        memcpy(after[e], value[r->assigned[e] >= 0 ? r->assigned[e] : e], sizeof got);
    load(store, value);
    for (int e = 0; e < ENTRIES; e++)
        same_array(after[e], value[e], seed, off, e);
}

static int run_recipe(uint64_t seed, uint32_t off)
{
    recipe r;
    int which[READ];
    rill_tensor *outputs[READ + 1];
    rill_store *store = rill_store_new(seed);
    rill_graph *g = rill_graph_new(store);
    build(&r, g, seed);
    int count = outputs_of(&r, seed, outputs, which);
    rill_program_free(compiled(g, r.node, ENTRIES, 0)); /* all entries are there */
    rill_program *p = compiled(g, outputs, count, off);
    for (int run = 0; run < RUNS; run++)
        check_run(&r, store, p, seed, off, outputs, which);
    int in_place = written_in_place(p);
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
    return in_place;
}

START_TEST(commits_are_as_if_made_after_all_reads)
{
    int in_place = 0;
    rill_set_threads(1);
    for (uint64_t seed = 0; seed < 20; seed++)
        for (int i = 0; i < PASSES; i++)
            in_place += run_recipe(1000 * (uint64_t)_i + seed, passes[i]);
    ck_assert_int_gt(in_place, 0);
}
END_TEST

/* ---- Entries that become each other. */

/* (a, b, c) becomes (b, a - b, a + c). */
START_TEST(entries_read_each_other)
{
    for (int i = 0; i < PASSES; i++) {
        rill_store *store = rill_store_new(0);
        rill_graph *g = rill_graph_new(store);
        rill_tensor *a = entry(g, "a", LONG, 3), *b = entry(g, "b", LONG, 5),
                    *c = entry(g, "c", LONG, 7);
        rill_tensor *outputs[] = { rill_assign(a, b), rill_assign(b, rill_sub(a, b)),
                                   rill_assign(c, rill_add(a, c)) };
        rill_program *p = compiled(g, outputs, 3, passes[i]);
        double was[3] = { 3, 5, 7 };
        for (int run = 0; run < 5; run++) {
            ck_assert_int_eq(rill_run(p), RILL_OK);
            const double is[3] = { was[1], was[0] - was[1], was[0] + was[2] };
            for (int at = 0; at < LONG; at += LONG - 1)
                ck_assert(stored(store, "a", at) == is[0] && stored(store, "b", at) == is[1] &&
                          stored(store, "c", at) == is[2]);
            memcpy(was, is, sizeof was);
        }
        rill_program_free(p);
        rill_graph_free(g);
        rill_store_free(store);
    }
}
END_TEST

/* A value that two entries take, one of them under another shape, and one that takes a view of
 * another entry. */
START_TEST(one_value_may_go_to_several_entries)
{
    for (int i = 0; i < PASSES; i++) {
        rill_store *store = rill_store_new(0);
        rill_graph *g = rill_graph_new(store);
        rill_tensor *a = entry(g, "a", 6, 1), *b = entry(g, "b", 6, 2), *d = entry(g, "d", 6, 9);
        rill_tensor *c =
            rill_param(g, RILL_F64, RILL_SHAPE(2, 3), (rill_init){ RILL_INIT_CONSTANT, 4 }, "c");
        rill_tensor *next = rill_add(a, b);
        rill_tensor *outputs[] = { rill_assign(a, next), rill_assign(b, next),
                                   rill_assign(c, rill_reshape(next, RILL_SHAPE(2, 3))),
                                   rill_assign(d, rill_reshape(c, RILL_SHAPE(6))) };
        rill_program *p = compiled(g, outputs, 4, passes[i]);
        for (int run = 0; run < 2; run++)
            ck_assert_int_eq(rill_run(p), RILL_OK);
        ck_assert(stored(store, "a", 5) == 6 && stored(store, "b", 5) == 6);
        ck_assert(stored(store, "c", 5) == 6 && stored(store, "d", 5) == 3);
        rill_program_free(p);
        rill_graph_free(g);
        rill_store_free(store);
    }
}
END_TEST

/* ---- What is read of a run stays, and averages follow. */

START_TEST(results_are_not_touched_by_other_programs)
{
    rill_store *store = rill_store_new(0);
    rill_graph *g = rill_graph_new(store), *other = rill_graph_new(store);
    rill_tensor *a = entry(g, "a", LONG, 1), *next = rill_assign(a, rill_shift(a, 1));
    rill_tensor *e = entry(g, "e", LONG, 0);
    rill_tensor *mean = rill_assign(e, rill_scale(rill_add(e, next), 0.5));
    rill_tensor *same = entry(other, "a", LONG, 1),
                *doubled = rill_assign(same, rill_scale(same, 2));
    rill_tensor *outputs[] = { a, next, mean };
    rill_program *p = compiled(g, outputs, 3, 0), *q = compiled(other, &doubled, 1, 0);
    ck_assert_int_eq(written_in_place(q), 0); /* its value is read as a result */
    double now = 1, average = 0, got[LONG];
    for (int run = 0; run < 4; run++) {
        ck_assert_int_eq(rill_run(p), RILL_OK);
        ck_assert_int_eq(rill_run(q), RILL_OK);
        average = (average + now + 1) / 2;
        const double expected[] = { now, now + 1, average };
        for (int i = 0; i < 3; i++) {
            ck_assert_int_eq(rill_read(p, outputs[i], got, LONG), RILL_OK);
            ck_assert(got[0] == expected[i] && got[LONG - 1] == expected[i]);
        }
        now = 2 * (now + 1);
        ck_assert(stored(store, "a", LONG - 1) == now && stored(store, "e", 0) == average);
    }
    rill_program_free(p);
    rill_program_free(q);
    rill_graph_free(g);
    rill_graph_free(other);
    rill_store_free(store);
}
END_TEST

/* ---- Guards. */

/* Momentum and an average, as optimisers have them, and a counter that no guard depends on. */
typedef struct update {
    rill_store *store;
    rill_graph *g;
    rill_tensor *x, *loss, *after, *all;
    rill_program *p;
} update;

static update new_update(uint32_t off)
{
    update u = { .store = rill_store_new(1) };
    u.g = rill_graph_new(u.store);
    u.x = rill_input(u.g, "x", RILL_F64, RILL_SHAPE(LONG));
    rill_tensor *w = entry(u.g, "w", LONG, 2), *m = entry(u.g, "m", LONG, 1),
                *e = entry(u.g, "e", LONG, 0);
    rill_tensor *n = entry(u.g, "n", 1, 0);
    u.loss = rill_require_finite(rill_mean_all(rill_mul(rill_log(u.x), w)));
    rill_tensor *next_m = rill_assign(m, rill_add(rill_scale(m, 0.5), rill_log(u.x)));
    rill_tensor *next_w = rill_assign(w, rill_sub(w, rill_scale(next_m, 0.1)));
    u.after = rill_sum_all(next_w);
    u.all = rill_group((rill_tensor *[]){ rill_assign(n, rill_shift(n, 1)), next_m, next_w,
                                          rill_assign(e, rill_scale(rill_add(e, next_w), 0.5)) },
                       4);
    rill_tensor *outputs[] = { u.loss, u.after, u.all };
    u.p = compiled(u.g, outputs, 3, off);
    return u;
}

static void end_update(update *u)
{
    rill_program_free(u->p);
    rill_graph_free(u->g);
    rill_store_free(u->store);
}

static rill_status run_update(update *u, double last)
{
    double x[LONG];
    for (int i = 0; i < LONG; i++)
        x[i] = 2 + sin(i);
    x[LONG - 1] = last;
    ck_assert_int_eq(rill_feed(u->p, u->x, x, LONG), RILL_OK);
    return rill_run(u->p);
}

START_TEST(updates_are_written_in_place)
{
    update u = new_update(0), copied = new_update(RILL_NO_REUSE);
    ck_assert_int_eq(written_in_place(u.p), 4);
    ck_assert_int_eq(written_in_place(copied.p), 0);
    end_update(&u);
    end_update(&copied);
}
END_TEST

/* Not a bit of the store moves, what was not computed is not read, and the next run is as if the
 * stopped one had not been. */
START_TEST(a_guard_holds_everything_back)
{
    size_t size;
    for (int i = 0; i < PASSES; i++) {
        update u = new_update(passes[i]), calm = new_update(passes[i]);
        double loss, after, expected;
        char *before = snapshot(u.store, &size);
        for (int run = 0; run < 3; run++) {
            ck_assert_int_eq(run_update(&u, run == 1 ? (double)INFINITY : 0), RILL_NOT_FINITE);
            char *now = snapshot(u.store, &size);
            ck_assert_int_eq(memcmp(before, now, size), 0);
            free(now);
            free(before);
            ck_assert_int_eq(rill_read(u.p, u.loss, &loss, 1), RILL_OK);
            ck_assert(!isfinite(loss));
            ck_assert_int_eq(rill_read(u.p, u.after, &after, 1), RILL_BAD_ARGUMENT);
            ck_assert_int_eq(run_update(&u, 1), RILL_OK);
            ck_assert_int_eq(run_update(&calm, 1), RILL_OK);
            ck_assert_int_eq(rill_read(u.p, u.after, &after, 1), RILL_OK);
            ck_assert_int_eq(rill_read(calm.p, calm.after, &expected, 1), RILL_OK);
            ck_assert(after == expected);
            before = snapshot(u.store, &size);
            now = snapshot(calm.store, &size);
            ck_assert_int_eq(memcmp(before, now, size), 0);
            free(now);
        }
        free(before);
        end_update(&u);
        end_update(&calm);
    }
}
END_TEST

static int infer_same(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static void same(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    memmove(out, in[0], (size_t)n * sizeof(double));
}

/* A user's guard may be a view of what it looks at, or a map that is fused with what follows. */
START_TEST(guards_of_other_kinds_hold_back_too)
{
    const rill_op guards[] = {
        { .name = "view_guard",
          .doc = "",
          .arity = 1,
          .infer = infer_same,
          .traits = RILL_VIEW | RILL_GUARD | RILL_NOT_DIFFERENTIABLE },
        { .name = "map_guard",
          .doc = "",
          .arity = 1,
          .map = { [RILL_F64] = same },
          .traits = RILL_ELEMENTWISE | RILL_GUARD | RILL_NOT_DIFFERENTIABLE },
    };
    for (int i = 0; i < 2; i++) {
        rill_store *store = rill_store_new(0);
        rill_graph *g = rill_graph_new(store);
        rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(LONG)),
                    *a = entry(g, "a", LONG, 1);
        rill_tensor *root = rill_sqrt(rill_shift(x, 1)),
                    *guard = rill_apply(&guards[i], &root, 1, NULL);
        rill_tensor *outputs[] = {
            rill_group((rill_tensor *[]){ rill_assign(a, rill_shift(a, 1)) }, 1), guard
        };
        rill_program *p = compiled(g, outputs, 2, 0);
        double data[LONG] = { 0 };
        for (int run = 0; run < 4; run++) {
            data[700] = run % 2 ? -2 : 0;
            ck_assert_int_eq(rill_feed(p, x, data, LONG), RILL_OK);
            ck_assert_int_eq(rill_run(p), run % 2 ? RILL_NOT_FINITE : RILL_OK);
            ck_assert(stored(store, "a", 0) == 2 + run / 2 &&
                      stored(store, "a", LONG - 1) == 2 + run / 2);
        }
        rill_program_free(p);
        rill_graph_free(g);
        rill_store_free(store);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("commit");
    TCase *tests = tcase_create("entries");
    tcase_add_loop_test(tests, commits_are_as_if_made_after_all_reads, 0, 5);
    tcase_add_test(tests, entries_read_each_other);
    tcase_add_test(tests, one_value_may_go_to_several_entries);
    tcase_add_test(tests, results_are_not_touched_by_other_programs);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

    tests = tcase_create("guards");
    tcase_add_test(tests, updates_are_written_in_place);
    tcase_add_test(tests, a_guard_holds_everything_back);
    tcase_add_test(tests, guards_of_other_kinds_hold_back_too);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
