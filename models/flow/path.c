#include "path.h"

#include "core/grad.h"
#include "ops/elementwise.h"
#include "ops/random.h"

double rill_singular_margin(rill_dtype dtype)
{
    return dtype == RILL_F64 ? 1e-10 : 1e-4;
}

rill_tensor *rill_singular_clip(rill_tensor *t, int singular)
{
    double margin = rill_singular_margin(rill_dtype_of(t));
    if (singular == 0)
        return t;
    return rill_clip(t, singular & RILL_SINGULAR_START ? margin : 0.0,
                     singular & RILL_SINGULAR_END ? 1.0 - margin : 1.0);
}

/* A function of a path, called as the path's. */
typedef rill_tensor *path_function(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                   const void *self);

static const char *name_of(const rill_path *path)
{
    return path && path->name ? path->name : "path";
}

/* 1 when t is [B,1,..,1] for x0 and x1 of one shape [B, ...], all of one float type. */
static int arguments_fit(rill_tensor *x0, rill_tensor *x1, rill_tensor *t)
{
    rill_shape a = rill_shape_of(x0), b = rill_shape_of(x1);
    rill_dtype dtype = rill_dtype_of(x0);
    return rill_shape_equal(&a, &b) && rill_rank(t) == a.rank && a.rank >= 2 &&
           rill_dim(t, 0) == a.dim[0] && rill_count(t) == a.dim[0] && rill_dtype_is_float(dtype) &&
           rill_dtype_of(x1) == dtype && rill_dtype_of(t) == dtype;
}

static rill_tensor *bad_arguments(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                  rill_tensor *t)
{
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT], c[RILL_SHAPE_TEXT];
    rill_shape shape[3] = { rill_shape_of(x0), rill_shape_of(x1), rill_shape_of(t) };
    return rill_graph_fail(rill_graph_of(x0),
                           "%s: x0 %s, x1 %s, t %s: expected [B,...] twice and [B,1,..,1] of that "
                           "rank, all f32 or all f64",
                           name_of(path), rill_shape_print(&shape[0], a, sizeof a),
                           rill_shape_print(&shape[1], b, sizeof b),
                           rill_shape_print(&shape[2], c, sizeof c));
}

/* Calls one function of a path, checking what goes in and what comes out. */
static rill_tensor *call(const rill_path *path, path_function *function, rill_tensor *x0,
                         rill_tensor *x1, rill_tensor *t)
{
    rill_graph *g = rill_graph_of(x0);
    if (!function)
        return rill_graph_fail(g, "%s: there is no function `at`", name_of(path));
    if (rill_is_inert(x0) || rill_is_inert(x1) || rill_is_inert(t))
        return rill_graph_fail(g, "%s: x0, x1 or t is missing", name_of(path));
    if (!arguments_fit(x0, x1, t))
        return bad_arguments(path, x0, x1, t);
    rill_tensor *x = function(x0, x1, t, path->self);
    if (!x)
        return rill_graph_fail(g, "%s: gives NULL instead of a tensor", name_of(path));
    rill_shape wanted = rill_shape_of(x0), got = rill_shape_of(x);
    rill_dtype dtype = rill_dtype_of(x0), other = rill_dtype_of(x);
    if (rill_is_inert(x) || (rill_shape_equal(&wanted, &got) && dtype == other))
        return x;
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    return rill_graph_fail(g, "%s: gives %s%s for an x0 that is %s%s", name_of(path),
                           rill_dtype_name(other), rill_shape_print(&got, a, sizeof a),
                           rill_dtype_name(dtype), rill_shape_print(&wanted, b, sizeof b));
}

/* dx/dt: rows do not mix, so that one tangent of ones gives it for every row. */
static rill_tensor *derived(rill_tensor *x, rill_tensor *t)
{
    rill_tensor *ones = rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), 1.0);
    return rill_jvp(x, t, ones);
}

/* `at`, and how fast it moves. */
static rill_path_point mean_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                               rill_tensor *t)
{
    rill_path_point point = { .x = call(path, path ? path->at : NULL, x0, x1, t) };
    point.velocity =
        path && path->velocity ? call(path, path->velocity, x0, x1, t) : derived(point.x, t);
    return point;
}

/* The factor of the noise at t, [B,1,..,1]. */
static rill_tensor *spread_at(const rill_path *path, rill_tensor *t)
{
    rill_tensor *spread = path->spread(t, path->self);
    rill_shape wanted = rill_shape_of(t), got = rill_shape_of(spread);
    if (spread && (rill_is_inert(spread) || rill_shape_equal(&wanted, &got)))
        return spread;
    return rill_graph_fail(rill_graph_of(t), "%s: the spread has another shape than t",
                           name_of(path));
}

static int is_random(const rill_path *path)
{
    return path && path->spread;
}

static rill_tensor *noise_like(rill_tensor *x)
{
    return rill_normal(rill_graph_of(x), rill_dtype_of(x), rill_shape_of(x));
}

/* The rate of the spread may be infinite at the ends, which are clipped off. */
static void add_noise(const rill_path *path, rill_tensor *t, rill_path_point *point)
{
    rill_tensor *inside = rill_singular_clip(t, path->singular);
    rill_tensor *rate = derived(spread_at(path, inside), inside);
    point->noise = noise_like(point->x);
    point->spread = spread_at(path, t);
    point->x = rill_add(point->x, rill_mul(point->spread, point->noise));
    point->velocity = rill_add(point->velocity, rill_mul(rate, point->noise));
}

rill_path_point rill_path_point_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                   rill_tensor *t)
{
    rill_scope_begin(rill_graph_of(x0), "path");
    rill_path_point point = mean_at(path, x0, x1, t);
    if (is_random(path) && !rill_is_inert(point.x))
        add_noise(path, t, &point);
    rill_scope_end(rill_graph_of(x0));
    return point;
}

rill_tensor *rill_path_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1, rill_tensor *t)
{
    rill_scope_begin(rill_graph_of(x0), "path");
    rill_tensor *x = call(path, path ? path->at : NULL, x0, x1, t);
    if (is_random(path) && !rill_is_inert(x))
        x = rill_add(x, rill_mul(spread_at(path, t), noise_like(x)));
    rill_scope_end(rill_graph_of(x0));
    return x;
}

rill_tensor *rill_path_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                rill_tensor *t)
{
    rill_scope_begin(rill_graph_of(x0), "path");
    rill_tensor *velocity = mean_at(path, x0, x1, t).velocity;
    rill_scope_end(rill_graph_of(x0));
    return velocity;
}

rill_tensor *rill_path_derived_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                        rill_tensor *t)
{
    rill_scope_begin(rill_graph_of(x0), "path");
    rill_tensor *velocity = derived(call(path, path ? path->at : NULL, x0, x1, t), t);
    rill_scope_end(rill_graph_of(x0));
    return velocity;
}
