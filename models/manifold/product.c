/* product.c - products of manifolds: some columns of a point lie on each. */
#include "manifold.h"

#include "base/alloc.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

#include <stdio.h>
#include <string.h>

typedef struct product {
    rill_manifold manifold; /* what the caller holds; `self` is the product */
    int count;
    rill_manifold_part parts[RILL_MANIFOLD_MAX_PARTS];
    char name[1024];
} product;

typedef rill_tensor *unary(const rill_manifold *m, rill_tensor *x);
typedef rill_tensor *binary(const rill_manifold *m, rill_tensor *x, rill_tensor *y);

static rill_tensor *columns(rill_tensor *x, int64_t first, int64_t count)
{
    return rill_slice(x, 1, first, first + count, 1);
}

/* f of each part's columns, side by side. */
static rill_tensor *map_parts(unary *f, const product *p, rill_tensor *x)
{
    rill_tensor *y[RILL_MANIFOLD_MAX_PARTS];
    int64_t first = 0;
    for (int i = 0; i < p->count; first += p->parts[i++].width)
        y[i] = f(p->parts[i].manifold, columns(x, first, p->parts[i].width));
    return rill_concat_array(y, p->count, 1);
}

static rill_tensor *map_pairs(binary *f, const product *p, rill_tensor *x, rill_tensor *y)
{
    rill_tensor *z[RILL_MANIFOLD_MAX_PARTS];
    int64_t first = 0;
    for (int i = 0; i < p->count; first += p->parts[i++].width) {
        int64_t width = p->parts[i].width;
        z[i] = f(p->parts[i].manifold, columns(x, first, width), columns(y, first, width));
    }
    return rill_concat_array(z, p->count, 1);
}

static rill_tensor *product_exp(rill_tensor *x, rill_tensor *v, const void *self)
{
    return map_pairs(rill_manifold_exp, self, x, v);
}

static rill_tensor *product_log(rill_tensor *x, rill_tensor *y, const void *self)
{
    return map_pairs(rill_manifold_log, self, x, y);
}

static rill_tensor *product_tangent(rill_tensor *x, rill_tensor *v, const void *self)
{
    return map_pairs(rill_manifold_tangent, self, x, v);
}

static rill_tensor *product_project(rill_tensor *x, const void *self)
{
    return map_parts(rill_manifold_project, self, x);
}

static rill_tensor *product_base(rill_tensor *z, const void *self)
{
    return map_parts(rill_manifold_base, self, z);
}

static rill_tensor *product_embed(rill_tensor *x, const void *self)
{
    return map_parts(rill_manifold_embed, self, x);
}

static rill_tensor *product_log_base(rill_tensor *x, const void *self)
{
    const product *p = self;
    rill_tensor *sum = NULL;
    int64_t first = 0;
    for (int i = 0; i < p->count; first += p->parts[i++].width) {
        rill_tensor *part =
            rill_manifold_log_base(p->parts[i].manifold, columns(x, first, p->parts[i].width));
        sum = sum ? rill_add(sum, part) : part;
    }
    return sum;
}

/* ---- Making them. */

static const rill_manifold functions = {
    .doc = "a product of others",
    .exp = product_exp,
    .log = product_log,
    .project = product_project,
    .tangent = product_tangent,
    .base = product_base,
    .log_base = product_log_base,
    .embed = product_embed,
};

/* The total width, or -1 with the reason. */
static int64_t width_of(const rill_manifold_part *parts, int count, rill_message *message)
{
    int64_t width = 0;
    for (int i = 0; i < count; i++) {
        if (rill_manifold_check(parts[i].manifold, parts[i].width, message))
            return -1;
        if (parts[i].width > RILL_MAX_COUNT - width) {
            rill_fail(message, RILL_BAD_ARGUMENT, "manifold: points have too many numbers");
            return -1;
        }
        width += parts[i].width;
    }
    return width;
}

/* "sphere:3,torus:2" into `text` (cut to `size`); returns it. */
static const char *print_parts(const rill_manifold_part *parts, int count, char *text, size_t size)
{
    size_t at = 0;
    for (int i = 0; i < count && at < size; i++) {
        const char *name = parts[i].manifold->name ? parts[i].manifold->name : "manifold";
        int written = snprintf(text + at, size - at, "%s%s:%lld", i ? "," : "", name,
                               (long long)parts[i].width);
        at += written > 0 ? (size_t)written : size;
    }
    return text;
}

rill_manifold *rill_manifold_product(const rill_manifold_part *parts, int count,
                                     rill_message *message)
{
    if (!parts || count < 1 || count > RILL_MANIFOLD_MAX_PARTS) {
        rill_fail(message, RILL_BAD_ARGUMENT, "manifold: a product of %d parts, expected 1 to %d",
                  count, RILL_MANIFOLD_MAX_PARTS);
        return NULL;
    }
    int64_t width = width_of(parts, count, message);
    product *p = width < 0 ? NULL : rill_alloc_zeroed(1, sizeof *p);
    if (!p) {
        if (width >= 0)
            rill_fail(message, RILL_NO_MEMORY, "manifold: out of memory");
        return NULL;
    }
    p->manifold = functions;
    p->manifold.name = print_parts(parts, count, p->name, sizeof p->name);
    p->count = count;
    memcpy(p->parts, parts, (size_t)count * sizeof *parts);
    p->manifold.width = width;
    p->manifold.self = p;
    return &p->manifold;
}

void rill_manifold_free(rill_manifold *manifold)
{
    rill_free(manifold);
}
