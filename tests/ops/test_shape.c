/* Ops that move elements: each against its index formula, over random shapes and every dtype. */
#include "base/alloc.h"
#include "core/grad.h"
#include "core/rng.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "value.h"

enum { SEED = 20240607, TRIALS = 60 };

/* Small random whole numbers, all a function of SEED. */
static uint32_t drawn;
static int64_t any(int64_t below)
{
    const uint32_t counter[4] = { drawn++, 0, 0, 0 }, key[2] = { SEED, 0 };
    uint32_t words[4];
    rill_philox4x32(counter, key, words);
    return words[0] % below;
}

static rill_shape any_shape(int min_rank)
{
    rill_shape shape = { .rank = min_rank + (int)any(5 - min_rank) };
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = any(10) == 0 ? 0 : 1 + any(5);
    return shape;
}

/* Index of element `at`, and the element at an index. */
static void index_of(const rill_shape *shape, int64_t at, int64_t *index)
{
    for (int i = shape->rank - 1; i >= 0; i--) {
        index[i] = at % shape->dim[i];
        at /= shape->dim[i];
    }
}

static double element(const rill_shape *shape, const int64_t *index)
{
    int64_t at = 0;
    for (int i = 0; i < shape->rank; i++)
        at = at * shape->dim[i] + index[i];
    return (double)(at + 1);
}

/* A trial: x counts 1, 2, ...; from(index of y) is the index of x, or 0 for a zero. */
typedef struct trial {
    rill_graph *g;
    rill_tensor *x, *y;
    rill_shape shape;
    rill_axes axes;
    int64_t axis, begin, step;
} trial;

static trial trial_of(int min_rank)
{
    trial t = { .g = rill_graph_new(NULL), .shape = any_shape(min_rank) };
    t.x = counting(t.g, (rill_dtype)any(RILL_DTYPE_COUNT), t.shape);
    return t;
}

static void trial_end(trial *t, int (*from)(const trial *, const int64_t *to, int64_t *index))
{
    rill_shape shape = rill_shape_of(t->y);
    int64_t count = rill_shape_count(&shape), to[RILL_MAX_RANK], index[RILL_MAX_RANK];
    double *y = calloc((size_t)count + 1, sizeof *y);
    ck_assert_msg(!rill_is_inert(t->y), "seed %d: %s", SEED, rill_error(t->g));
    ck_assert_int_eq(rill_dtype_of(t->y), rill_dtype_of(t->x));
    value(t->y, y, count);
    for (int64_t i = 0; i < count; i++) {
        index_of(&shape, i, to);
        double expected = from(t, to, index) ? element(&t->shape, index) : 0;
        ck_assert_msg(y[i] == expected, "seed %d: element %lld is %g, not %g", SEED, (long long)i,
                      y[i], expected);
    }
    free(y);
    rill_graph_free(t->g);
}

static int permuted(const trial *t, const int64_t *to, int64_t *index)
{
    for (int i = 0; i < t->shape.rank; i++)
        index[t->axes.at[i]] = to[i];
    return 1;
}

START_TEST(permute_moves_axes)
{
    for (int k = 0; k < TRIALS; k++) {
        trial t = trial_of(0);
        t.axes.count = t.shape.rank;
        for (int i = 0; i < t.shape.rank; i++) {
            int64_t j = any(i + 1);
            t.axes.at[i] = t.axes.at[j];
            t.axes.at[j] = i;
        }
        t.y = rill_permute(t.x, t.axes);
        trial_end(&t, permuted);
    }
}
END_TEST

static int flipped(const trial *t, const int64_t *to, int64_t *index)
{
    memcpy(index, to, sizeof(int64_t[RILL_MAX_RANK]));
    for (int64_t i = 0; i < t->axes.count; i++)
        index[t->axes.at[i]] = t->shape.dim[t->axes.at[i]] - 1 - to[t->axes.at[i]];
    return 1;
}

START_TEST(flip_reverses_axes)
{
    for (int k = 0; k < TRIALS; k++) {
        trial t = trial_of(0);
        for (int i = 0; i < t.shape.rank; i++)
            if (any(2))
                t.axes.at[t.axes.count++] = i;
        t.y = rill_flip(t.x, t.axes);
        trial_end(&t, flipped);
    }
}
END_TEST

static int stretched(const trial *t, const int64_t *to, int64_t *index)
{
    int added = rill_rank(t->y) - t->shape.rank;
    for (int i = 0; i < t->shape.rank; i++)
        index[i] = t->shape.dim[i] == 1 ? 0 : to[i + added];
    return 1;
}

START_TEST(broadcast_repeats)
{
    for (int k = 0; k < TRIALS; k++) {
        trial t = trial_of(0);
        rill_shape target = { .rank = t.shape.rank + (int)any(3) };
        int added = target.rank - t.shape.rank;
        for (int i = 0; i < target.rank; i++) {
            int64_t extent = i < added ? 1 : t.shape.dim[i - added];
            target.dim[i] = extent == 1 ? any(4) : extent;
        }
        t.y = rill_broadcast(t.x, target);
        trial_end(&t, stretched);
    }
}
END_TEST

static int sliced(const trial *t, const int64_t *to, int64_t *index)
{
    memcpy(index, to, sizeof(int64_t[RILL_MAX_RANK]));
    index[t->axis] = t->begin + to[t->axis] * t->step;
    return 1;
}

START_TEST(slice_takes_what_python_takes)
{
    for (int k = 0; k < TRIALS; k++) {
        trial t = trial_of(1);
        t.axis = any(t.shape.rank);
        t.step = 1 + any(3);
        int64_t extent = t.shape.dim[t.axis], end = any(extent + 1);
        t.begin = any(extent + 1);
        int from_end = extent > 0 && t.begin < extent && any(2);
        t.y = rill_slice(t.x, (int)t.axis - (any(2) ? t.shape.rank : 0),
                         from_end ? t.begin - extent : t.begin, end, t.step);
        int64_t expected = end > t.begin ? (end - t.begin + t.step - 1) / t.step : 0;
        ck_assert_int_eq(rill_dim(t.y, (int)t.axis), expected);
        trial_end(&t, sliced);
    }
}
END_TEST

static int padded(const trial *t, const int64_t *to, int64_t *index)
{
    int64_t at = to[t->axis] - t->begin;
    memcpy(index, to, sizeof(int64_t[RILL_MAX_RANK]));
    index[t->axis] = at / t->step;
    return at >= 0 && at % t->step == 0 && at / t->step < t->shape.dim[t->axis];
}

START_TEST(pad_surrounds_and_spreads)
{
    for (int k = 0; k < TRIALS; k++) {
        trial t = trial_of(1);
        t.axis = any(t.shape.rank);
        t.begin = any(3);
        t.step = 1 + any(3);
        int64_t after = any(3), n = t.shape.dim[t.axis];
        t.y = rill_pad(t.x, (int)t.axis, t.begin, after, t.step);
        ck_assert_int_eq(rill_dim(t.y, (int)t.axis),
                         t.begin + after + (n ? (n - 1) * t.step + 1 : 0));
        trial_end(&t, padded);
    }
}
END_TEST

START_TEST(concat_joins)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *a = counting(g, RILL_F32, RILL_SHAPE(2, 2));
    rill_tensor *b = counting(g, RILL_F32, RILL_SHAPE(2, 1)),
                *none = counting(g, RILL_F32, RILL_SHAPE(2, 0));
    double y[12];
    rill_tensor *wide = rill_concat_array((rill_tensor *[]){ a, none, b }, 3, -1);
    shape_is(wide, "[2,3]");
    value(wide, y, 6);
    const double expected[] = { 1, 2, 1, 3, 4, 2 };
    for (int i = 0; i < 6; i++)
        ck_assert(y[i] == expected[i]);
    rill_tensor *tall = rill_concat(a, a, 0);
    shape_is(tall, "[4,2]");
    value(tall, y, 8);
    for (int i = 0; i < 8; i++)
        ck_assert(y[i] == i % 4 + 1);
    rill_tensor *pile[] = { a, a, a };
    shape_is(rill_stack(pile, 3, 0), "[3,2,2]");
    shape_is(rill_stack(pile, 3, -1), "[2,2,3]");
    value(rill_stack(pile, 3, -1), y, 12);
    for (int i = 0; i < 12; i++)
        ck_assert(y[i] == i / 3 + 1);
    rill_graph_free(g);
}
END_TEST

START_TEST(reshape_works_one_extent_out)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = counting(g, RILL_F64, RILL_SHAPE(4, 6));
    shape_is(rill_reshape(x, RILL_SHAPE(-1, 3)), "[8,3]");
    shape_is(rill_reshape(x, RILL_SHAPE(2, -1, 2)), "[2,6,2]");
    shape_is(rill_reshape(x, RILL_SHAPE(24)), "[24]");
    shape_is(rill_expand_dims(x, 1), "[4,1,6]");
    shape_is(rill_expand_dims(x, -1), "[4,6,1]");
    shape_is(rill_squeeze(rill_expand_dims(x, 0), 0), "[4,6]");
    shape_is(rill_squeeze(rill_expand_dims(x, -1), -1), "[4,6]");
    shape_is(rill_transpose(x), "[6,4]");
    ck_assert_ptr_null(rill_error(g));
    rill_graph_free(g);
}
END_TEST

/* sum over y of g * broadcast(x) = sum over x of sum_to(g) * x: small whole numbers, so exactly. */
START_TEST(sum_to_is_the_adjoint_of_broadcast)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_shape from = RILL_SHAPE(3, 1, 2), to = RILL_SHAPE(2, 3, 4, 2);
    rill_tensor *x = counting(g, RILL_F64, from), *gy = counting(g, RILL_F64, to);
    double both[2];
    value(rill_sum_all(rill_mul(gy, rill_broadcast(x, to))), &both[0], 1);
    value(rill_sum_all(rill_mul(rill_sum_to(gy, from), x)), &both[1], 1);
    ck_assert(both[0] == both[1]);
    shape_is(rill_sum_to(gy, RILL_SCALAR), "[]");
    rill_graph_free(g);
}
END_TEST

/* What undoes itself costs nothing: the program of the round trip has no kernel to launch. */
START_TEST(round_trips_are_simplified_away)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3, 4));
    rill_tensor *trips[] = {
        rill_transpose(rill_transpose(x)),
        rill_flip(rill_flip(x, RILL_AXES(0, 2)), RILL_AXES(0, 2)),
        rill_reshape(rill_reshape(x, RILL_SHAPE(24)), RILL_SHAPE(2, 3, 4)),
        rill_permute(rill_permute(x, RILL_AXES(2, 0, 1)), RILL_AXES(1, 2, 0)),
        rill_broadcast(rill_sum_to(x, RILL_SHAPE(2, 3, 4)), RILL_SHAPE(2, 3, 4)),
        rill_slice(x, 1, 0, RILL_END, 1),
        rill_pad(x, 0, 0, 0, 1),
        rill_concat_array(&x, 1, 0),
    };
    for (size_t i = 0; i < sizeof trips / sizeof *trips; i++) {
        rill_program *p = rill_compile(g, rill_neg(trips[i])), *bare = rill_compile(g, rill_neg(x));
        ck_assert_msg(p && bare, "%s", rill_error(g));
        ck_assert_msg(rill_program_describe(p).nodes == rill_program_describe(bare).nodes,
                      "round trip %zu is not simplified", i);
        rill_program_free(p);
        rill_program_free(bare);
    }
    rill_graph_free(g);
}
END_TEST

static rill_tensor *reshape_to_5(rill_tensor *x)
{
    return rill_reshape(x, RILL_SHAPE(5));
}
static rill_tensor *reshape_two_holes(rill_tensor *x)
{
    return rill_reshape(x, RILL_SHAPE(-1, -1));
}
static rill_tensor *reshape_no_fit(rill_tensor *x)
{
    return rill_reshape(x, RILL_SHAPE(-1, 5));
}
static rill_tensor *permute_short(rill_tensor *x)
{
    return rill_permute(x, RILL_AXES(0));
}
static rill_tensor *permute_twice(rill_tensor *x)
{
    return rill_permute(x, RILL_AXES(1, 1));
}
static rill_tensor *permute_wild(rill_tensor *x)
{
    return rill_permute(x, (rill_axes){ .count = INT64_MAX });
}
static rill_tensor *flip_wild(rill_tensor *x)
{
    return rill_flip(x, RILL_AXES(2));
}
static rill_tensor *flip_twice(rill_tensor *x)
{
    return rill_flip(x, RILL_AXES(0, -2));
}
static rill_tensor *broadcast_shrink(rill_tensor *x)
{
    return rill_broadcast(x, RILL_SHAPE(3));
}
static rill_tensor *broadcast_hole(rill_tensor *x)
{
    return rill_broadcast(x, RILL_SHAPE(-1, 3));
}
static rill_tensor *sum_to_other(rill_tensor *x)
{
    return rill_sum_to(x, RILL_SHAPE(4));
}
static rill_tensor *sum_to_of_i32(rill_tensor *x)
{
    return rill_sum_to(rill_cast(x, RILL_I32), RILL_SHAPE(3));
}
static rill_tensor *slice_axis(rill_tensor *x)
{
    return rill_slice(x, -3, 0, 1, 1);
}
static rill_tensor *slice_back(rill_tensor *x)
{
    return rill_slice(x, 0, 0, 1, -1);
}
static rill_tensor *pad_less(rill_tensor *x)
{
    return rill_pad(x, 0, -1, 0, 1);
}
static rill_tensor *pad_huge(rill_tensor *x)
{
    return rill_pad(x, 0, INT64_MAX, INT64_MAX, 1);
}
static rill_tensor *pad_far(rill_tensor *x)
{
    return rill_pad(x, 0, 0, 0, INT64_MAX);
}
static rill_tensor *concat_shapes(rill_tensor *x)
{
    return rill_concat(x, rill_transpose(x), 0);
}
static rill_tensor *concat_axis(rill_tensor *x)
{
    return rill_concat(x, x, 2);
}
static rill_tensor *squeeze_wide(rill_tensor *x)
{
    return rill_squeeze(x, 0);
}
static rill_tensor *expand_far(rill_tensor *x)
{
    return rill_expand_dims(x, 4);
}
static rill_tensor *transpose_row(rill_tensor *x)
{
    return rill_transpose(rill_slice(rill_reshape(x, RILL_SHAPE(6)), 0, 0, 2, 1));
}

static const struct {
    rill_tensor *(*build)(rill_tensor *x); /* from x [2,3] */
    const char *words;
} wrong[] = {
    { reshape_to_5, "the 6 elements of [2,3] do not fill [5]" },
    { reshape_two_holes, "do not fill [-1,-1]" },
    { reshape_no_fit, "do not fill [-1,5]" },
    { permute_short, "each of the 2 axes of [2,3] once" },
    { permute_twice, "each of the 2 axes of [2,3] once" },
    { permute_wild, "each of the 2 axes of [2,3] once" },
    { flip_wild, "there is no axis 2 in [2,3]" },
    { flip_twice, "axis 0 is named twice" },
    { broadcast_shrink, "[2,3] does not stretch to [3]" },
    { broadcast_hole, "[2,3] does not stretch to [-1,3]" },
    { sum_to_other, "[4] would not stretch to [2,3]" },
    { sum_to_of_i32, "needs f32 or f64, not i32" },
    { slice_axis, "there is no axis -3 in [2,3]" },
    { slice_back, "the step is -1" },
    { pad_less, "-1 before" },
    { pad_huge, "too large" },
    { pad_far, "too large" },
    { concat_shapes, "[2,3] and f32 [3,2] do not join along axis 0" },
    { concat_axis, "there is no axis 2 in [2,3]" },
    { squeeze_wide, "axis 0 of [2,3]" },
    { expand_far, "no new axis 4" },
    { transpose_row, "two axes or more" },
};

START_TEST(wrong_shapes_are_refused)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3));
    ck_assert(rill_is_inert(wrong[_i].build(x)));
    refused(g, wrong[_i].words);
    ck_assert(rill_is_inert(rill_transpose(rill_reshape(x, RILL_SHAPE(6)))));
    refused(g, wrong[_i].words); /* the first failure stays */
    rill_graph_free(g);
}
END_TEST

START_TEST(null_is_inert)
{
    rill_shape shape = RILL_SHAPE(2);
    rill_axes axes = RILL_AXES(0);
    rill_tensor *made[] = {
        rill_reshape(NULL, shape),      rill_squeeze(NULL, 0),
        rill_expand_dims(NULL, 0),      rill_permute(NULL, axes),
        rill_transpose(NULL),           rill_flip(NULL, axes),
        rill_broadcast(NULL, shape),    rill_sum_to(NULL, shape),
        rill_slice(NULL, 0, 0, 1, 1),   rill_pad(NULL, 0, 0, 0, 1),
        rill_concat(NULL, NULL, 0),     rill_concat_array(NULL, 3, 0),
        rill_stack(NULL, 2, 0),         rill_stack((rill_tensor *[]){ NULL }, 1, 0),
        rill_concat_array(NULL, -1, 0),
    };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        ck_assert(rill_is_inert(made[i]));
}
END_TEST

START_TEST(stack_survives_no_memory)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = counting(g, RILL_F32, RILL_SHAPE(2, 3));
    rill_alloc_fail(1, 0);
    rill_tensor *y = rill_stack((rill_tensor *[]){ x, x }, 2, 0);
    rill_alloc_fail(0, 0);
    ck_assert(rill_is_inert(y));
    refused(g, "out of memory");
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shape");
    TCase *moves = tcase_create("moves");
    tcase_add_test(moves, permute_moves_axes);
    tcase_add_test(moves, flip_reverses_axes);
    tcase_add_test(moves, broadcast_repeats);
    tcase_add_test(moves, slice_takes_what_python_takes);
    tcase_add_test(moves, pad_surrounds_and_spreads);
    tcase_add_test(moves, concat_joins);
    tcase_add_test(moves, reshape_works_one_extent_out);
    tcase_add_test(moves, sum_to_is_the_adjoint_of_broadcast);
    tcase_add_test(moves, round_trips_are_simplified_away);
    suite_add_tcase(suite, moves);
    TCase *refusals = tcase_create("refusals");
    tcase_add_loop_test(refusals, wrong_shapes_are_refused, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(refusals, null_is_inert);
    tcase_add_test(refusals, stack_survives_no_memory);
    suite_add_tcase(suite, refusals);
    return run_suite(suite);
}
