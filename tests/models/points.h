/* points.h - random points and tangent vectors of manifolds, for the tests of models/manifold. */
#ifndef RILL_TESTS_MODELS_POINTS_H
#define RILL_TESTS_MODELS_POINTS_H

#include "evaluate.h"
#include "models/manifold/manifold.h"
#include "ops/elementwise.h"

#include <math.h>

/* What tests go through: each manifold of the table in three widths, and some products. */
static const char *const products[] = { "sphere:3,torus:2",
                                        "sphere:3,torus:2,euclidean:2,sphere:2" };
enum { WIDTHS = 3, PRODUCTS = sizeof products / sizeof *products, MOST_WIDTH = 9 };

typedef struct space {
    rill_manifold *m; /* the caller's to free */
    int64_t n;        /* numbers of a point */
} space;

static inline int tabled(void)
{
    int n = 0;
    while (rill_manifold_at(n))
        n++;
    return WIDTHS * n;
}

static inline int space_count(void)
{
    return tabled() + PRODUCTS;
}

static inline space space_number(int i)
{
    static const int64_t more[WIDTHS] = { 0, 1, 5 };
    rill_message message = { "" };
    const rill_manifold *plain = i < tabled() ? rill_manifold_at(i / WIDTHS) : NULL;
    rill_manifold *m = rill_manifold_parse(plain ? plain->name : products[i - tabled()], &message);
    ck_assert_msg(m != NULL, "%s", message.text);
    int64_t least = m->least > 0 ? m->least : 1;
    return (space){ m, plain ? least + more[i % WIDTHS] : m->width };
}

static inline int is(const rill_manifold *m, const rill_manifold *other)
{
    return m->exp == other->exp;
}

/* Numbers that are near each other, or else a failure that says where. */
#define NEAR(got, wanted, tolerance, seed, row)                                                    \
    ck_assert_msg(fabs((got) - (wanted)) <= (tolerance),                                           \
                  "seed %llu, row %d: %.17g, expected "                                            \
                  "%.17g, apart %.3g, tolerance %.3g",                                             \
                  (unsigned long long)(seed), (int)(row), (double)(got), (double)(wanted),         \
                  fabs((got) - (wanted)), (double)(tolerance))

/* [rows,n] of constants of f64, points of m; `stream` is one of 0..7. */
static inline rill_tensor *points(rill_graph *g, const rill_manifold *m, uint64_t seed, int stream,
                                  int64_t rows, int64_t n)
{
    double x[4096];
    rill_tensor *z = normal_constant(g, seed, stream, RILL_SHAPE(rows, n));
    evaluate(rill_manifold_base(m, z), x, rows * n);
    return rill_constant(g, RILL_F64, RILL_SHAPE(rows, n), x, rows * n);
}

/* Vectors tangent at x, of random length. */
static inline rill_tensor *vectors(const rill_manifold *m, uint64_t seed, int stream, double scale,
                                   rill_tensor *x)
{
    double v[4096];
    rill_tensor *z = normal_constant(rill_graph_of(x), seed, stream, rill_shape_of(x));
    evaluate(rill_manifold_tangent(m, x, rill_scale(z, scale)), v, rill_count(x));
    return rill_constant(rill_graph_of(x), RILL_F64, rill_shape_of(x), v, rill_count(x));
}

static inline double dot(const double *a, const double *b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static inline int all_finite(const double *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return 0;
    return 1;
}

#endif
