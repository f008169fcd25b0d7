/* time_law.h - the distribution that training draws t from. */
#ifndef RILL_MODELS_FLOW_TIME_LAW_H
#define RILL_MODELS_FLOW_TIME_LAW_H

#include "../../core/graph.h"
#include "../parameter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A law is its quantile function: t = quantile(u) for u uniform on (0,1).  So it can be drawn
 * anywhere, and stratified. */
typedef struct rill_time_law {
    const char *name, *doc;
    /* Elementwise in u, of any shape; times in [0,1]. */
    rill_tensor *(*quantile)(rill_tensor *u, const void *self);
    /* The density at t in (0,1); NULL: not known. */
    double (*density)(double t, const void *self);
    const void *self;
    rill_parameters parameters;
} rill_time_law;

/* B times [B,1,..,1] of the given shape, drawn anew each step.  Stratified: row i from the i-th of
 * B equal parts of the law, which makes the mean over a batch less noisy. */
rill_tensor *rill_time_draw(const rill_time_law *law, rill_graph *g, rill_dtype dtype,
                            rill_shape shape, int stratified);

/* times.def lists them; each is a file in times/, which says where it comes from. */
#define RILL_TIME_LAW(name) extern const rill_time_law rill_time_##name;
#include "times.def"
#undef RILL_TIME_LAW

/* In the order that --help lists; NULL when i is out of range. */
const rill_time_law *rill_time_law_at(int i);
/* NULL when there is none of that name. */
const rill_time_law *rill_time_law_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
