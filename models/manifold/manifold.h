/* manifold.h - what flow matching needs to know of a curved space: how to go straight in it.
 *
 * A point is a row of n numbers, x [B,n], and so is a vector v that is tangent at x.  Flow matching
 * on a manifold reads as it does in flat space, with
 *
 *     x + v       exp_x(v)     where one is after a time of 1 from x, going straight at velocity v
 *     y - x       log_x(y)     the velocity that leads from x to y in a time of 1, shortest way
 *     N(0, I)     the base     what noise is drawn from
 *
 *     sphere      unit vectors of R^n, n >= 2; base: uniform
 *     torus       n angles in [-pi, pi], each a circle of its own; base: uniform
 *     euclidean   R^n; base: standard normal
 *
 * and products of these.  A new one is a const descriptor: exp, log, base and log_base where
 * coordinates are flat, project and tangent as well where points fulfil an equation.
 *
 * All functions are finite, with finite derivatives of first and second order, at y = x, at v = 0
 * and at opposite points too: docs/manifolds.md says what they are there.
 * Chen, Lipman: "Flow matching on general geometries", 2024. */
#ifndef RILL_MODELS_MANIFOLD_MANIFOLD_H
#define RILL_MODELS_MANIFOLD_MANIFOLD_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Points x, y and vectors v, z are [B,n] of one float type.  Rows do not meet.  What is marked
 * optional may be NULL. */
typedef struct rill_manifold {
    const char *name, *doc;
    rill_tensor *(*exp)(rill_tensor *x, rill_tensor *v, const void *self); /* v tangent at x */
    rill_tensor *(*log)(rill_tensor *x, rill_tensor *y, const void *self);
    /* Optional: the nearest point of the manifold (NULL: x itself), and the nearest vector that is
     * tangent at x (NULL: v itself). */
    rill_tensor *(*project)(rill_tensor *x, const void *self);
    rill_tensor *(*tangent)(rill_tensor *x, rill_tensor *v, const void *self);
    /* Points of the base distribution, made of standard normal deviates z, and the log of its
     * density at x, [B,1], by the manifold's own volume. */
    rill_tensor *(*base)(rill_tensor *z, const void *self);
    rill_tensor *(*log_base)(rill_tensor *x, const void *self);
    /* Optional: the length of the shortest way, [B,1]; NULL: |log_x(y)|. */
    rill_tensor *(*distance)(rill_tensor *x, rill_tensor *y, const void *self);
    /* Optional: x as a point of R^m, [B,m], by a map that keeps lengths and is smooth all over (an
     * angle as its cosine and sine): what networks see.  NULL: x. */
    rill_tensor *(*embed)(rill_tensor *x, const void *self);
    int64_t least; /* n is at least this; 0: 1 */
    int64_t width; /* n is this; 0: any */
    const void *self;
} rill_manifold;

extern const rill_manifold rill_sphere, rill_torus, rill_euclidean;

/* In the order that --help lists; NULL when i is out of range. */
const rill_manifold *rill_manifold_at(int i);
/* NULL when there is none of that name. */
const rill_manifold *rill_manifold_find(const char *name);

/* A part of a product: `width` of the numbers of a point. */
typedef struct rill_manifold_part {
    const rill_manifold *manifold; /* has to outlive the product */
    int64_t width;
} rill_manifold_part;

#define RILL_MANIFOLD_MAX_PARTS 32

/* The product of `count` parts, whose columns stand side by side in a point; distances in it are
 * sqrt(sum of squares).  The caller's to free.  NULL on failure, with the reason. */
rill_manifold *rill_manifold_product(const rill_manifold_part *parts, int count,
                                     rill_message *message);

/* The manifold that a text describes: a name ("sphere"), with the number of coordinates if there is
 * to be no other ("sphere:3"), or a product, whose parts each have one: "sphere:3,torus:2" has
 * points of 5 numbers, the first 3 of them on the sphere.  The caller's to free.  NULL on failure,
 * with a message that says what is wrong and what is expected. */
rill_manifold *rill_manifold_parse(const char *text, rill_message *message);
void rill_manifold_free(rill_manifold *manifold);

/* RILL_OK when points of the manifold may have n numbers; RILL_BAD_ARGUMENT with the reason
 * otherwise, or when m is NULL. */
rill_status rill_manifold_check(const rill_manifold *m, int64_t n, rill_message *message);

/* ---- The functions of a manifold as nodes: shapes are checked, defaults filled in.  On failure
 * rill_error() of the graph names the manifold.  Points have to be on it: data of a file, which has
 * been rounded, should be projected first. */
rill_tensor *rill_manifold_exp(const rill_manifold *m, rill_tensor *x, rill_tensor *v);
rill_tensor *rill_manifold_log(const rill_manifold *m, rill_tensor *x, rill_tensor *y);
rill_tensor *rill_manifold_project(const rill_manifold *m, rill_tensor *x);
rill_tensor *rill_manifold_tangent(const rill_manifold *m, rill_tensor *x, rill_tensor *v);
rill_tensor *rill_manifold_distance(const rill_manifold *m, rill_tensor *x, rill_tensor *y);
rill_tensor *rill_manifold_embed(const rill_manifold *m, rill_tensor *x);
rill_tensor *rill_manifold_base(const rill_manifold *m, rill_tensor *z);
rill_tensor *rill_manifold_log_base(const rill_manifold *m, rill_tensor *x);

/* Points of the base distribution drawn anew each step, as many as x1 [B,n] has and of its type:
 * the x0 of a flow batch.  Drawn in the scope "noise". */
rill_tensor *rill_manifold_draw(const rill_manifold *m, rill_tensor *x1);

#ifdef __cplusplus
}
#endif
#endif
