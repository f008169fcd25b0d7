/* token_net.h - a network over tokens: for each place of a row, how likely each token of the data
 * is. */
#ifndef RILL_MODELS_NETS_TOKEN_NET_H
#define RILL_MODELS_NETS_TOKEN_NET_H

#include "net.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function of a batch that treats rows independently, and what it needs to know:
 *     x      i32 [B,N]  tokens 0..vocab-1, and vocab for the mask
 *     t      [B,1]      times; their dtype is the network's
 *     cond              NULL, or what to condition on: labels i32 [B], or vectors [B,C]
 * It returns logits [B,N,vocab] of the tokens at t = 1, of t's dtype. */
typedef struct rill_token_net {
    rill_tensor *(*logits)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, int64_t vocab,
                           const void *self);
    const void *self;
    const char *name; /* for messages and drawings; NULL: "net" */
} rill_token_net;

/* The logits of the network at (x, t), built in the scope "net".  t may be any tensor of B
 * elements. Checks what goes in and what comes out. */
rill_tensor *rill_token_logits(const rill_token_net *net, rill_tensor *x, rill_tensor *t,
                               rill_tensor *cond, int64_t vocab);

/* Any velocity network as one over tokens: it is given a learned vector of `vocab` numbers for each
 * token, "net.token.table" [vocab+1,vocab], in place of a point [B,N,vocab], and what it says of
 * that shape are the logits.  For sources of one more token at most.  The network has to live while
 * graphs are built. */
rill_token_net rill_embedded_net(const rill_net *net);

#ifdef __cplusplus
}
#endif
#endif
