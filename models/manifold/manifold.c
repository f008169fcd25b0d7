#include "manifold.h"

#include "ops/elementwise.h"
#include "ops/random.h"
#include "smooth.h"

#include <string.h>

static const rill_manifold *const manifolds[] = { &rill_sphere, &rill_torus, &rill_euclidean };

const rill_manifold *rill_manifold_at(int i)
{
    return i >= 0 && i < (int)(sizeof manifolds / sizeof *manifolds) ? manifolds[i] : NULL;
}

const rill_manifold *rill_manifold_find(const char *name)
{
    for (int i = 0; name && rill_manifold_at(i); i++)
        if (strcmp(manifolds[i]->name, name) == 0)
            return manifolds[i];
    return NULL;
}

static const char *name_of(const rill_manifold *m)
{
    return m && m->name ? m->name : "manifold";
}

rill_status rill_manifold_check(const rill_manifold *m, int64_t n, rill_message *message)
{
    if (!m || !m->exp || !m->log || !m->base || !m->log_base)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "%s: there is no function exp, log, base or log_base", name_of(m));
    int64_t least = m->least > 1 ? m->least : 1;
    if (m->width && n != m->width)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s: points have %lld numbers, expected %lld",
                         name_of(m), (long long)n, (long long)m->width);
    if (n < least)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "%s: points have %lld numbers, expected %lld at least", name_of(m),
                         (long long)n, (long long)least);
    return RILL_OK;
}

/* NULL when x and y are points [B,n] of m, or vectors at them; the inert tensor, once the graph
 * knows why, otherwise. */
static rill_tensor *refused(const rill_manifold *m, rill_tensor *x, rill_tensor *y)
{
    rill_graph *g = rill_graph_of(x);
    rill_message why;
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    rill_shape s = rill_shape_of(x), r = rill_shape_of(y);
    rill_dtype dtype = rill_dtype_of(x), other = rill_dtype_of(y);
    if (rill_is_inert(x) || rill_is_inert(y))
        return rill_graph_fail(g, "%s: a tensor is missing", name_of(m));
    if (s.rank != 2 || !rill_shape_equal(&s, &r) || !rill_dtype_is_float(dtype) || dtype != other)
        return rill_graph_fail(g, "%s: %s%s and %s%s: expected [batch,n] of one shape, f32 or f64",
                               name_of(m), rill_dtype_name(dtype),
                               rill_shape_print(&s, a, sizeof a), rill_dtype_name(other),
                               rill_shape_print(&r, b, sizeof b));
    if (rill_manifold_check(m, s.dim[1], &why))
        return rill_graph_fail(g, "%s", why.text);
    return NULL;
}

/* What a function of m gave for x, which has to be [B,columns] of x's type (-1: any number). */
static rill_tensor *given(const rill_manifold *m, rill_tensor *x, rill_tensor *y, int64_t columns)
{
    if (!y)
        return rill_graph_fail(rill_graph_of(x), "%s: gives NULL instead of a tensor", name_of(m));
    rill_shape shape = rill_shape_of(y);
    rill_dtype dtype = rill_dtype_of(y);
    int fits = shape.rank == 2 && shape.dim[0] == rill_dim(x, 0) &&
               (columns < 0 || shape.dim[1] == columns) && dtype == rill_dtype_of(x);
    if (rill_is_inert(y) || fits)
        return y;
    char text[RILL_SHAPE_TEXT];
    return rill_graph_fail(rill_graph_of(x), "%s: gives %s%s for %lld points of %s", name_of(m),
                           rill_dtype_name(dtype), rill_shape_print(&shape, text, sizeof text),
                           (long long)rill_dim(x, 0), rill_dtype_name(rill_dtype_of(x)));
}

/* The functions of a manifold, which are called in the scope of their name. */
typedef rill_tensor *unary(rill_tensor *x, const void *self);
typedef rill_tensor *binary(rill_tensor *x, rill_tensor *y, const void *self);

static rill_tensor *call(const rill_manifold *m, const char *name, unary *f, rill_tensor *x,
                         int64_t columns)
{
    rill_scope_begin(rill_graph_of(x), "%s", name);
    rill_tensor *y = given(m, x, f(x, m->self), columns);
    rill_scope_end(rill_graph_of(x));
    return y;
}

static rill_tensor *call_two(const rill_manifold *m, const char *name, binary *f, rill_tensor *x,
                             rill_tensor *y, int64_t columns)
{
    rill_scope_begin(rill_graph_of(x), "%s", name);
    rill_tensor *z = given(m, x, f(x, y, m->self), columns);
    rill_scope_end(rill_graph_of(x));
    return z;
}

rill_tensor *rill_manifold_exp(const rill_manifold *m, rill_tensor *x, rill_tensor *v)
{
    rill_tensor *none = refused(m, x, v);
    return none ? none : call_two(m, "exp", m->exp, x, v, rill_dim(x, 1));
}

rill_tensor *rill_manifold_log(const rill_manifold *m, rill_tensor *x, rill_tensor *y)
{
    rill_tensor *none = refused(m, x, y);
    return none ? none : call_two(m, "log", m->log, x, y, rill_dim(x, 1));
}

rill_tensor *rill_manifold_tangent(const rill_manifold *m, rill_tensor *x, rill_tensor *v)
{
    rill_tensor *none = refused(m, x, v);
    if (none || !m->tangent)
        return none ? none : v;
    return call_two(m, "tangent", m->tangent, x, v, rill_dim(x, 1));
}

rill_tensor *rill_manifold_distance(const rill_manifold *m, rill_tensor *x, rill_tensor *y)
{
    rill_tensor *none = refused(m, x, y);
    if (none || m->distance)
        return none ? none : call_two(m, "distance", m->distance, x, y, 1);
    rill_tensor *way = rill_manifold_log(m, x, y);
    return rill_smooth_root(rill_dot_rows(way, way));
}

rill_tensor *rill_manifold_project(const rill_manifold *m, rill_tensor *x)
{
    rill_tensor *none = refused(m, x, x);
    if (none || !m->project)
        return none ? none : x;
    return call(m, "project", m->project, x, rill_dim(x, 1));
}

rill_tensor *rill_manifold_embed(const rill_manifold *m, rill_tensor *x)
{
    rill_tensor *none = refused(m, x, x);
    if (none || !m->embed)
        return none ? none : x;
    return call(m, "embed", m->embed, x, -1);
}

rill_tensor *rill_manifold_base(const rill_manifold *m, rill_tensor *z)
{
    rill_tensor *none = refused(m, z, z);
    return none ? none : call(m, "base", m->base, z, rill_dim(z, 1));
}

rill_tensor *rill_manifold_log_base(const rill_manifold *m, rill_tensor *x)
{
    rill_tensor *none = refused(m, x, x);
    return none ? none : call(m, "log_base", m->log_base, x, 1);
}

rill_tensor *rill_manifold_draw(const rill_manifold *m, rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    rill_tensor *none = refused(m, x1, x1);
    if (none)
        return none;
    rill_scope_begin(g, "noise");
    rill_tensor *x0 = rill_manifold_base(m, rill_normal(g, rill_dtype_of(x1), rill_shape_of(x1)));
    rill_scope_end(g);
    return x0;
}
