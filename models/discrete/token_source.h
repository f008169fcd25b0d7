/* token_source.h - the distribution that tokens have at t = 0, each independently of the others. */
#ifndef RILL_MODELS_DISCRETE_TOKEN_SOURCE_H
#define RILL_MODELS_DISCRETE_TOKEN_SOURCE_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The most tokens of a vocabulary. */
#define RILL_MAX_VOCAB 1000000

/* Tokens of the data are 0..vocab-1.  A source may have some more, vocab..vocab+extra-1, which the
 * data never has. */
typedef struct rill_token_source {
    const char *name, *doc;
    int extra;
    /* Of a token of 0..vocab+extra-1; they sum to 1. */
    double (*probability)(int64_t token, int64_t vocab, const void *self);
    /* Optional: i32 tokens of that distribution, drawn anew each step.  NULL: by inversion, whose
     * work is that of a softmax over all tokens. */
    rill_tensor *(*draw)(rill_graph *g, rill_shape shape, int64_t vocab, const void *self);
    const void *self;
} rill_token_source;

/* Every token of the data equally likely. */
extern const rill_token_source rill_source_uniform;
/* One more token, the mask, which is vocab: nothing is known yet.  Austin et al., "Structured
 * denoising diffusion models in discrete state-spaces", 2021. */
extern const rill_token_source rill_source_mask;

/* In the order that --help lists; NULL when i is out of range. */
const rill_token_source *rill_token_source_at(int i);
/* NULL when there is none of that name. */
const rill_token_source *rill_token_source_find(const char *name);

/* Its probabilities as a constant [vocab + extra] of f32 or f64. */
rill_tensor *rill_token_source_table(const rill_token_source *source, rill_graph *g,
                                     rill_dtype dtype, int64_t vocab);

#ifdef __cplusplus
}
#endif
#endif
