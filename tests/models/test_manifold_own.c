/* test_manifold_own.c - manifolds that are made: products, by the text that names them, and one of
 * a user's own. */
#include "ops/cast.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "points.h"

#include <string.h>

static const uint64_t seed = 20240611;
static rill_graph *g;

static void begin(void)
{
    g = rill_graph_new(NULL);
}

static void end(void)
{
    rill_graph_free(g);
}

START_TEST(a_product_is_its_parts_side_by_side)
{
    enum { ROWS = 5 };
    rill_manifold_part parts[] = { { &rill_sphere, 3 },
                                   { &rill_torus, 2 },
                                   { &rill_euclidean, 2 } };
    rill_manifold *m = rill_manifold_product(parts, 3, NULL);
    ck_assert_str_eq(m->name, "sphere:3,torus:2,euclidean:2");
    rill_tensor *x = points(g, m, seed, 0, ROWS, 7), *y = points(g, m, seed, 1, ROWS, 7);
    rill_tensor *v = vectors(m, seed, 2, 1, x);
    double square[ROWS] = { 0 }, sum[ROWS] = { 0 }, one[ROWS * 3], all[ROWS * 7], apart[ROWS];
    evaluate(rill_manifold_exp(m, x, v), all, ROWS * 7);
    for (int k = 0, first = 0; k < 3; first += (int)parts[k++].width) {
        const rill_manifold *part = parts[k].manifold;
        int64_t n = parts[k].width, last = first + n;
        rill_tensor *a = rill_slice(x, 1, first, last, 1), *b = rill_slice(y, 1, first, last, 1);
        evaluate(rill_manifold_exp(part, a, rill_slice(v, 1, first, last, 1)), one, ROWS * n);
        for (int i = 0; i < ROWS * n; i++)
            ck_assert_double_eq(all[i / n * 7 + first + i % n], one[i]);
        evaluate(rill_manifold_distance(part, a, b), one, ROWS);
        for (int i = 0; i < ROWS; i++)
            square[i] += one[i] * one[i];
        evaluate(rill_manifold_log_base(part, a), one, ROWS);
        for (int i = 0; i < ROWS; i++)
            sum[i] += one[i];
    }
    evaluate(rill_manifold_distance(m, x, y), apart, ROWS);
    evaluate(rill_manifold_log_base(m, x), one, ROWS);
    for (int i = 0; i < ROWS; i++) {
        NEAR(apart[i], sqrt(square[i]), 2e-15, seed, i);
        NEAR(one[i], sum[i], 4e-15, seed, i);
    }
    rill_shape shape = rill_shape_of(rill_manifold_embed(m, x));
    ck_assert_int_eq(shape.dim[1], 3 + 4 + 2);
    rill_manifold_free(m);
}
END_TEST

START_TEST(manifolds_are_found_by_name)
{
    for (int i = 0; rill_manifold_at(i); i++) {
        rill_manifold *m = rill_manifold_parse(rill_manifold_at(i)->name, NULL);
        ck_assert_ptr_eq(rill_manifold_find(rill_manifold_at(i)->name), rill_manifold_at(i));
        ck_assert_str_eq(m->name, rill_manifold_at(i)->name);
        ck_assert(m->exp == rill_manifold_at(i)->exp);
        ck_assert_int_eq(m->width, 0);
        ck_assert_ptr_nonnull(m->doc);
        rill_manifold_free(m);
    }
    ck_assert_ptr_null(rill_manifold_find("klein"));
    ck_assert_ptr_null(rill_manifold_find(NULL));
    ck_assert_ptr_null(rill_manifold_at(-1));
    rill_manifold *m = rill_manifold_parse("torus:12", NULL);
    ck_assert_int_eq(m->width, 12);
    ck_assert_int_eq(rill_manifold_check(m, 12, NULL), RILL_OK);
    ck_assert_int_eq(rill_manifold_check(m, 11, NULL), RILL_BAD_ARGUMENT);
    rill_manifold_free(m);
    rill_manifold_free(NULL);
}
END_TEST

START_TEST(wrong_text_is_refused_with_the_reason)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        { "", "there is no \"\", expected one of sphere, torus, euclidean" },
        { NULL, "there is no \"\"" },
        { "shpere:3", "there is no \"shpere\"" },
        { "Sphere", "there is no \"Sphere\"" },
        { "sphere 3", "there is no \"sphere 3\"" },
        { "sphere:3,", "there is no \"\"" },
        { ",sphere:3", "there is no \"\"" },
        { ":3", "there is no \"\"" },
        { "sphere,torus:2", "\"sphere\" does not say how many numbers" },
        { "sphere:", "expected sphere:N" },
        { "sphere:0", "expected sphere:N" },
        { "torus:-2", "expected torus:N" },
        { "torus:2.5", "expected torus:N" },
        { "torus:2:3", "expected torus:N" },
        { "torus:3x", "expected torus:N" },
        { "torus:99999999999999999999999999", "expected torus:N" },
        { "sphere:1", "sphere: points have 1 numbers, expected 2 at least" },
        { "torus:281474976710656,torus:1", "too many numbers" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rill_message message = { "" };
        ck_assert_ptr_null(rill_manifold_parse(wrong[i].text, &message));
        ck_assert_msg(strstr(message.text, wrong[i].why) != NULL, "%s: \"%s\", expected \"%s\"",
                      wrong[i].text ? wrong[i].text : "NULL", message.text, wrong[i].why);
        ck_assert_ptr_null(rill_manifold_parse(wrong[i].text, NULL));
    }
}
END_TEST

START_TEST(text_of_any_length_is_read)
{
    static char text[4096];
    rill_message message;
    for (int i = 0; i < RILL_MANIFOLD_MAX_PARTS; i++)
        strcat(text, i ? ",euclidean:123456789" : "euclidean:123456789");
    rill_manifold *m = rill_manifold_parse(text, &message);
    ck_assert_msg(m != NULL, "%s", message.text);
    ck_assert_str_eq(m->name, text);
    ck_assert_int_eq(m->width, INT64_C(123456789) * RILL_MANIFOLD_MAX_PARTS);
    rill_manifold_free(m);
    strcat(text, ",torus:2");
    ck_assert_ptr_null(rill_manifold_parse(text, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "more than 32 parts"));
    memset(text, 'a', sizeof text - 1);
    ck_assert_ptr_null(rill_manifold_parse(text, &message));
}
END_TEST

/* ---- A manifold of one's own: a circle of length 1, in flat coordinates, and nothing more. */

static rill_tensor *ring_exp(rill_tensor *x, rill_tensor *v, const void *self)
{
    (void)self;
    rill_tensor *y = rill_add(x, v);
    return rill_sub(y, rill_round(y));
}

static rill_tensor *ring_log(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)self;
    rill_tensor *d = rill_sub(y, x);
    return rill_sub(d, rill_round(d));
}

static rill_tensor *ring_base(rill_tensor *z, const void *self)
{
    (void)self;
    return rill_scale(rill_erf(rill_scale(z, M_SQRT1_2)), .5);
}

static rill_tensor *ring_log_base(rill_tensor *x, const void *self)
{
    (void)self;
    return rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0), 1), 0);
}

static rill_tensor *silent(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)x, (void)y, (void)self;
    return NULL;
}

static rill_tensor *crooked(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)y, (void)self;
    return rill_concat(x, x, 1);
}

static const rill_manifold ring = {
    .name = "ring", .exp = ring_exp, .log = ring_log, .base = ring_base, .log_base = ring_log_base
};

START_TEST(four_functions_make_a_manifold)
{
    double y[2];
    rill_tensor *a = rill_constant(g, RILL_F64, RILL_SHAPE(1, 2), (double[]){ .4, .1 }, 2);
    rill_tensor *b = rill_constant(g, RILL_F64, RILL_SHAPE(1, 2), (double[]){ -.4, .2 }, 2);
    evaluate(rill_manifold_distance(&ring, a, b), y, 1);
    NEAR(y[0], sqrt(.05), 1e-15, seed, 0);
    ck_assert_ptr_eq(rill_manifold_project(&ring, a), a);
    ck_assert_ptr_eq(rill_manifold_tangent(&ring, a, b), b);
    ck_assert_ptr_eq(rill_manifold_embed(&ring, a), a);
    rill_manifold_part parts[] = { { &ring, 2 }, { &rill_sphere, 2 } };
    rill_manifold *m = rill_manifold_product(parts, 2, NULL);
    ck_assert_str_eq(m->name, "ring:2,sphere:2");
    rill_manifold_free(m);
}
END_TEST

START_TEST(mistakes_are_named)
{
    rill_manifold none = ring, quiet = ring, wide = ring;
    none.exp = NULL, quiet.log = silent, wide.log = crooked;
    static const char *why[] = { "no function exp",      "ring: gives NULL",
                                 "ring: gives f64[2,6]", "sphere: points have 1 numbers",
                                 "expected [batch,n]",   "expected [batch,n]",
                                 "expected [batch,n]",   "a tensor is missing",
                                 "no function exp",      "expected [batch,n]" };
    for (int i = 0; i < 10; i++) {
        rill_graph *h = rill_graph_new(NULL);
        rill_tensor *x = rill_full(h, RILL_F64, RILL_SHAPE(2, 3), .1);
        rill_tensor *one = rill_full(h, RILL_F64, RILL_SHAPE(2, 1), .1);
        rill_tensor *narrow = rill_full(h, RILL_F32, RILL_SHAPE(2, 3), .1);
        rill_tensor *whole = rill_full(h, RILL_I32, RILL_SHAPE(2, 3), 1);
        rill_tensor *flat = rill_full(h, RILL_F64, RILL_SHAPE(3), .1);
        rill_tensor *y = NULL;
        if (i == 0)
            y = rill_manifold_exp(&none, x, x);
        if (i == 1)
            y = rill_manifold_log(&quiet, x, x);
        if (i == 2)
            y = rill_manifold_distance(&wide, x, x);
        if (i == 3)
            y = rill_manifold_project(&rill_sphere, one);
        if (i == 4)
            y = rill_manifold_log(&rill_torus, x, narrow);
        if (i == 5)
            y = rill_manifold_base(&rill_torus, whole);
        if (i == 6)
            y = rill_manifold_embed(&rill_torus, flat);
        if (i == 7)
            y = rill_manifold_exp(&rill_torus, x, rill_graph_fail(h, "torus: a tensor is missing"));
        if (i == 8)
            y = rill_manifold_log_base(NULL, x);
        if (i == 9)
            y = rill_manifold_draw(&rill_torus, flat);
        ck_assert(rill_is_inert(y));
        ck_assert_msg(rill_error(h) && strstr(rill_error(h), why[i]), "%d: %s, expected %s", i,
                      rill_error(h) ? rill_error(h) : "accepted", why[i]);
        rill_graph_free(h);
    }
    ck_assert(rill_is_inert(rill_manifold_exp(&rill_sphere, NULL, NULL)));
    ck_assert(rill_is_inert(rill_manifold_tangent(NULL, NULL, NULL)));
    rill_manifold_part part = { NULL, 3 }, good = { &rill_torus, 3 };
    rill_message message;
    ck_assert_ptr_null(rill_manifold_product(&part, 1, &message));
    ck_assert_ptr_null(rill_manifold_product(NULL, 1, &message));
    ck_assert_ptr_null(rill_manifold_product(&good, 0, &message));
    ck_assert_ptr_null(rill_manifold_product(&good, RILL_MANIFOLD_MAX_PARTS + 1, &message));
    good.width = -1;
    ck_assert_ptr_null(rill_manifold_product(&good, 1, &message));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold_own");
    TCase *all = tcase_create("own");
    tcase_add_checked_fixture(all, begin, end);
    suite_add_tcase(suite, all);
    tcase_add_test(all, a_product_is_its_parts_side_by_side);
    tcase_add_test(all, manifolds_are_found_by_name);
    tcase_add_test(all, wrong_text_is_refused_with_the_reason);
    tcase_add_test(all, text_of_any_length_is_read);
    tcase_add_test(all, four_functions_make_a_manifold);
    tcase_add_test(all, mistakes_are_named);
    return run_suite(suite);
}
