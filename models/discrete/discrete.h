/* discrete.h - discrete flow matching: sequences of tokens instead of points.
 *
 *     x_t = x1 with probability kappa(t), else x0, each token for itself
 *
 * The network learns p_{1|t}, for each place the distribution of its token at t = 1 given all
 * tokens at t, and samples jump along it (jump.h).
 * Campbell, Yim, Barzilay, Rainforth, Jaakkola: "Generative flows on discrete state-spaces", 2024.
 * Gat et al., "Discrete flow matching", 2024. */
#ifndef RILL_MODELS_DISCRETE_DISCRETE_H
#define RILL_MODELS_DISCRETE_DISCRETE_H

#include "../flow/time_law.h"
#include "../nets/token_net.h"
#include "kappa.h"
#include "token_source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_token_loss rill_token_loss;

typedef struct rill_discrete {
    int64_t vocab;                   /* K: tokens of the data are 0..K-1 */
    const rill_kappa *kappa;         /* NULL: linear */
    const rill_token_source *source; /* NULL: mask */
    rill_token_net net;
    const rill_token_loss *loss; /* NULL: cross-entropy */
    const rill_time_law *time;   /* NULL: uniform */
    int stratified;              /* times drawn from B equal parts of the law */
    rill_dtype dtype;            /* of times and logits: f32 (0) or f64 */
} rill_discrete;

/* What is NULL is drawn inside the graph, anew each step; what is given is used as it is. */
typedef struct rill_discrete_batch {
    rill_tensor *x0;   /* i32 [B,N], tokens of the source */
    rill_tensor *x1;   /* i32 [B,N], tokens of the data; needed */
    rill_tensor *x;    /* i32 [B,N], x_t: each token that of x0 or of x1 */
    rill_tensor *t;    /* [B] or [B,1] of the dtype; NULL: from the time law */
    rill_tensor *cond; /* NULL, labels i32 [B], or vectors [B,C] of the dtype */
} rill_discrete_batch;

/* Every stage of the loss, for drawing and for measuring; inert tensors after a failure. */
typedef struct rill_discrete_parts {
    rill_tensor *x0, *x1, *x; /* i32 [B,N]; x is x_t, and x0 NULL where x was given without it */
    rill_tensor *t;           /* [B,1] */
    rill_tensor *hazard;      /* kappa'/(1 - kappa) there, [B,1] */
    rill_tensor *logits;      /* [B,N,K] */
    rill_tensor *log_data;    /* log p_{1|t} of the tokens x1, [B,N] */
    rill_tensor *stays;       /* p_{1|t} of the tokens x_t, [B,N] */
    rill_tensor *each;        /* the loss of each row, [B] */
    rill_tensor *loss;        /* its mean, [] */
} rill_discrete_parts;

rill_discrete_parts rill_discrete_build(const rill_discrete *discrete, rill_discrete_batch batch);
/* The loss alone. */
rill_tensor *rill_discrete_loss(const rill_discrete *discrete, rill_discrete_batch batch);

/* p_{1|t} of all tokens, [B,N,K], at tokens x i32 [B,N] and t of B elements: the softmax of the
 * logits, but where the source says for certain that a token is already that of the data (it is
 * not masked, say), which then has probability 1.  Such tokens cost nothing in the loss either. */
rill_tensor *rill_discrete_posterior(const rill_discrete *discrete, rill_tensor *x, rill_tensor *t,
                                     rill_tensor *cond);

/* ---- Losses. */

/* From the parts above it, the loss of each row [B]. */
struct rill_token_loss {
    const char *name, *doc;
    rill_tensor *(*each)(const rill_discrete_parts *parts);
};

/* -log p_{1|t}(x1), the mean over the tokens of a row. */
extern const rill_token_loss rill_loss_cross_entropy;
/* kappa'/(1 - kappa) times ([x_t = x1] - p(x_t) - [x_t != x1] log p(x1)), p = p_{1|t}, the sum over
 * the tokens: the divergence of the learned jump process from the conditional one.  Its mean over
 * uniform t bounds -log p(x1) from above.  Shaul et al., "Flow matching with general discrete
 * paths: a kinetic-optimal perspective", 2025. */
extern const rill_token_loss rill_loss_generalised_kl;

/* In the order that --help lists; NULL when i is out of range. */
const rill_token_loss *rill_token_loss_at(int i);
/* NULL when there is none of that name. */
const rill_token_loss *rill_token_loss_find(const char *name);

/* ---- What stands for NULL, and NULL or why the flow cannot be built. */
const rill_kappa *rill_discrete_kappa(const rill_discrete *discrete);
const rill_token_source *rill_discrete_source(const rill_discrete *discrete);
const char *rill_discrete_complaint(const rill_discrete *discrete);

#ifdef __cplusplus
}
#endif
#endif
