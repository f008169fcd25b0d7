#include "token_source.h"

#include "base/alloc.h"
#include "ops/random.h"

#include <string.h>

static double evenly(int64_t token, int64_t vocab, const void *self)
{
    (void)token, (void)self;
    return 1.0 / (double)vocab;
}

static rill_tensor *draw_evenly(rill_graph *g, rill_shape shape, int64_t vocab, const void *self)
{
    (void)self;
    return rill_integers(g, shape, 0, vocab);
}

static double masked(int64_t token, int64_t vocab, const void *self)
{
    (void)self;
    return token == vocab ? 1.0 : 0.0;
}

static rill_tensor *all_masked(rill_graph *g, rill_shape shape, int64_t vocab, const void *self)
{
    (void)self;
    return rill_full(g, RILL_I32, shape, (double)vocab);
}

const rill_token_source rill_source_uniform = { .name = "uniform",
                                                .doc = "every token equally likely",
                                                .probability = evenly,
                                                .draw = draw_evenly };
const rill_token_source rill_source_mask = { .name = "mask",
                                             .doc = "one more token, the mask, everywhere",
                                             .extra = 1,
                                             .probability = masked,
                                             .draw = all_masked };

static const rill_token_source *const sources[] = { &rill_source_mask, &rill_source_uniform };

const rill_token_source *rill_token_source_at(int i)
{
    return i >= 0 && i < (int)(sizeof sources / sizeof *sources) ? sources[i] : NULL;
}

const rill_token_source *rill_token_source_find(const char *name)
{
    for (int i = 0; name && rill_token_source_at(i); i++)
        if (strcmp(sources[i]->name, name) == 0)
            return sources[i];
    return NULL;
}

rill_tensor *rill_token_source_table(const rill_token_source *source, rill_graph *g,
                                     rill_dtype dtype, int64_t vocab)
{
    if (!source || !source->probability || source->extra < 0 || source->extra > RILL_MAX_VOCAB ||
        vocab < 1 || vocab > RILL_MAX_VOCAB || !rill_dtype_is_float(dtype))
        return rill_graph_fail(g, "source: expected probabilities, a vocabulary, f32 or f64");
    int64_t count = vocab + source->extra;
    double *wide = rill_alloc((size_t)count, sizeof *wide);
    float *narrow = rill_alloc((size_t)count, sizeof *narrow);
    for (int64_t i = 0; wide && narrow && i < count; i++) {
        wide[i] = source->probability(i, vocab, source->self);
        narrow[i] = (float)wide[i];
    }
    rill_tensor *table =
        wide && narrow ? rill_constant(g, dtype, RILL_SHAPE(count),
                                       dtype == RILL_F64 ? (void *)wide : (void *)narrow, count)
                       : rill_graph_fail(g, "source: out of memory");
    rill_free(wide);
    rill_free(narrow);
    return table;
}
