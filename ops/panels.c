#include "panels.h"

#include "matmul_shape.h"

#include <string.h>

enum { PANEL_BYTES = 128 };

int rill_panel_fits(int64_t width, rill_dtype dtype)
{
    return width > 0 && width % (PANEL_BYTES / (int64_t)rill_dtype_size(dtype)) == 0;
}

static int panels_infer(rill_infer *infer)
{
    const rill_panels_attrs *attrs = infer->attrs;
    const rill_shape *b = &infer->shape[0];
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    if (b->rank != 2) {
        char text[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "the operand is %s and needs two axes",
                               rill_shape_print(b, text, sizeof text));
    }
    int64_t width = attrs->width;
    if (!rill_panel_fits(width, infer->dtype[0]))
        return rill_infer_fail(infer, "panels of %lld columns are no multiple of %d bytes",
                               (long long)width, PANEL_BYTES);
    int64_t k = b->dim[attrs->transpose ? 1 : 0], n = b->dim[attrs->transpose ? 0 : 1];
    infer->out_shape = RILL_SHAPE(n / width + (n % width > 0), k, width);
    infer->out_dtype = infer->dtype[0];
    return rill_shape_valid(&infer->out_shape) ||
           rill_infer_fail(infer, "the panels have too many elements");
}

rill_matrix rill_panels_source(const rill_call *call)
{
    const rill_panels_attrs *attrs = call->attrs;
    const rill_array_view *b = &call->in[0];
    int64_t width = b->shape.dim[1];
    rill_matrix stored = { b->data, width, 1 }, turned = { b->data, 1, width };
    return attrs->transpose ? turned : stored;
}

/* ---- Reference kernel: a unit is one row of one panel. */

static int64_t panels_units(const rill_call *call)
{
    return call->out.shape.dim[0] * call->out.shape.dim[1];
}

static int64_t panels_cost(const rill_call *call)
{
    return call->out.shape.dim[2];
}

static void panels_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_panels_attrs *attrs = call->attrs;
    rill_matrix b = rill_panels_source(call);
    size_t size = rill_dtype_size(call->out.dtype);
    int64_t n = call->in[0].shape.dim[attrs->transpose ? 0 : 1];
    int64_t k = call->out.shape.dim[1], width = call->out.shape.dim[2];
    char *out = (char *)call->out.data + (size_t)(begin * width) * size;
    for (int64_t unit = begin; unit < end; unit++)
        for (int64_t w = 0; w < width; w++, out += size) {
            int64_t j = unit / k * width + w;
            const char *from = b.data + (unit % k * b.row + j * b.col) * (int64_t)size;
            if (j < n)
                memcpy(out, from, size);
            else
                memset(out, 0, size);
        }
}

/* ---- The descriptor. */

static const rill_attr attrs[] = {
    { "transpose", RILL_ATTR_INT, offsetof(rill_panels_attrs, transpose) },
    { "width", RILL_ATTR_INT, offsetof(rill_panels_attrs, width) },
};

static const rill_panels_attrs plain = { 0, 32 }, transposed = { 1, 32 }, wide = { 0, 64 };

static const rill_sample samples[] = {
    { 1, { { 2, { 1, 1 } } }, .attrs = &plain },
    { 1, { { 2, { 3, 32 } } }, .attrs = &plain },
    { 1, { { 2, { 5, 67 } } }, .attrs = &plain },
    { 1, { { 2, { 5, 67 } } }, .attrs = &wide },
    { 1, { { 2, { 67, 5 } } }, .attrs = &transposed },
    { 1, { { 2, { 9, 70 } } }, .attrs = &transposed },
    { 1, { { 2, { 0, 3 } } }, .attrs = &plain },
    { 1, { { 2, { 0, 3 } } }, .attrs = &transposed },
};

const rill_op rill_panels_op = {
    .name = "panels",
    .doc = "y[p,k,w] = b[k,pW+w]: columns that a product reads together, together",
    .arity = 1,
    .traits = RILL_NOT_DIFFERENTIABLE | RILL_LAYOUT,
    .attr_size = sizeof(rill_panels_attrs),
    .attrs = attrs,
    .attr_count = 2,
    .infer = panels_infer,
    .kernel = { panels_eval, panels_units, panels_cost, NULL, 0 },
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_panels(rill_tensor *b, int transpose)
{
    int64_t width = rill_dtype_of(b) == RILL_F64 ? PANEL_BYTES / 8 : PANEL_BYTES / 4;
    rill_panels_attrs panels = { transpose != 0, width };
    return rill_apply(&rill_panels_op, &b, 1, &panels);
}
