/* slices.h - programs that run by slices of the batch: a model to be sliced, what is fed to it and
 * read of it, and the rules of a user's ops. */
#ifndef RILL_TESTS_CORE_SLICES_H
#define RILL_TESTS_CORE_SLICES_H

#include "core/grad.h"
#include "core/program.h"
#include "core/store.h"
#include "formats/steps.h"
#include "ops/ops.h"
#include "tests/ops/value.h"

#include <math.h>
#include <stdio.h>

enum { MOST_FED = 4, MOST_READ = 16, CLASSES = 5 };

typedef struct model {
    rill_store *store;
    rill_graph *g;
    rill_dtype dtype;
    int64_t batch;
    rill_tensor *in[MOST_FED], *out[MOST_READ], *weight[MOST_READ];
    int ins, outs, weights;
} model;

static inline rill_tensor *fed(model *m, rill_dtype dtype, rill_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "fed%d", m->ins);
    ck_assert(m->ins < MOST_FED);
    return m->in[m->ins++] = rill_input(m->g, name, dtype, shape);
}

static inline rill_tensor *rows(model *m, int64_t width)
{
    return fed(m, m->dtype, RILL_SHAPE(m->batch, width));
}

static inline rill_tensor *labels(model *m)
{
    return fed(m, RILL_I32, RILL_SHAPE(m->batch));
}

static inline rill_tensor *weight(model *m, rill_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "weight%d", m->weights);
    ck_assert(m->weights < MOST_READ);
    const rill_init init = { RILL_INIT_NORMAL, 1 / sqrt((double)shape.dim[0] + 1) };
    return m->weight[m->weights++] = rill_param(m->g, m->dtype, shape, init, name);
}

static inline rill_tensor *linear(model *m, rill_tensor *x, int64_t width)
{
    rill_tensor *y = rill_matmul(x, weight(m, RILL_SHAPE(rill_dim(x, -1), width)));
    return rill_add(y, weight(m, RILL_SHAPE(width)));
}

static inline void read_later(model *m, rill_tensor *y)
{
    ck_assert(m->outs < MOST_READ);
    m->out[m->outs++] = y;
}

/* The loss and its gradients in all weights. */
static inline void read_loss(model *m, rill_tensor *y)
{
    rill_tensor *loss = rill_mean_all(rill_square(y)), *gradient[MOST_READ];
    rill_grad(loss, m->weight, m->weights, gradient);
    read_later(m, loss);
    for (int i = 0; i < m->weights; i++)
        read_later(m, gradient[i]);
}

/* 0: the batch runs as a whole. */
static inline int64_t slices_of(const rill_program *p)
{
    rill_step_info info;
    for (int64_t step = 0; step < rill_step_count(p); step++)
        if (rill_step_describe(p, step, &info) == RILL_OK && info.slices > 0)
            return info.slices;
    return 0;
}

static inline double number_at(const rill_array_view *x, int64_t i)
{
    return x->dtype == RILL_F32 ? (double)((float *)x->data)[i] : ((double *)x->data)[i];
}

static inline void set_number(const rill_array_view *x, int64_t i, double value)
{
    if (x->dtype == RILL_F32)
        ((float *)x->data)[i] = (float)value;
    else
        ((double *)x->data)[i] = value;
}

static inline void feed_all(const model *m, rill_program *p, int run)
{
    for (int i = 0; i < m->ins; i++) {
        int64_t count = rill_count(m->in[i]);
        double *data = calloc((size_t)count + 1, sizeof *data);
        rill_array_view view = { rill_dtype_of(m->in[i]), rill_shape_of(m->in[i]), data };
        for (int64_t k = 0; k < count; k++)
            if (view.dtype == RILL_I32)
                ((int32_t *)view.data)[k] = (int32_t)((k * 7 + run) % CLASSES);
            else
                set_number(&view, k, sin(1.0 + 2.7 * (double)k + i + 10.0 * run));
        ck_assert_int_eq(rill_feed(p, m->in[i], data, count), RILL_OK);
        free(data);
    }
}

static inline rill_program *compiled(const model *m, uint32_t off)
{
    rill_compile_options options = { .passes_off = off };
    rill_program *p = rill_compile_outputs(m->g, m->out, m->outs, &options);
    ck_assert_msg(p != NULL, "%s", rill_error(m->g) ? rill_error(m->g) : "?");
    return p;
}

static inline void free_model(model *m)
{
    rill_graph_free(m->g);
    rill_store_free(m->store);
}

/* ---- A user's ops. */

#define OWN_OP .arity = 1, .doc = "", .traits = RILL_NOT_DIFFERENTIABLE

static inline int infer_same(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static inline int infer_column_sums(rill_infer *infer)
{
    infer->out_shape = RILL_SHAPE(rill_shape_dim(&infer->shape[0], -1));
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static inline rill_by_rows each_row(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

#endif
