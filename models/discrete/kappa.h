/* kappa.h - the scheduler of a mixture path: the probability kappa(t) that a token has become that
 * of the data. */
#ifndef RILL_MODELS_DISCRETE_KAPPA_H
#define RILL_MODELS_DISCRETE_KAPPA_H

#include "../../core/graph.h"
#include "../parameter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both map t, of any shape, elementwise; kappa(0) = 0, kappa(1) = 1, and kappa never falls.  Its
 * derivative is never written down: rill derives it. */
typedef struct rill_kappa {
    const char *name, *doc;
    rill_tensor *(*kappa)(rill_tensor *t, const void *self);
    /* 1 - kappa(t), right to its last digits where t nears 1 and the difference would lose them. */
    rill_tensor *(*rest)(rill_tensor *t, const void *self);
    const void *self;
    rill_parameters parameters;
} rill_kappa;

/* At t, of t's shape.  kappa and rest at t itself; the rates off t = 1 (rill_singular_clip),
 * where the second is infinite:
 *     rate = kappa'       hazard = kappa'/(1 - kappa), at which tokens jump to the data */
typedef struct rill_kappa_point {
    rill_tensor *kappa, *rest, *rate, *hazard;
} rill_kappa_point;

rill_kappa_point rill_kappa_at(const rill_kappa *kappa, rill_tensor *t);

/* kappas.def lists them; each is a file in kappas/, which says where it comes from. */
#define RILL_KAPPA(name) extern const rill_kappa rill_kappa_##name;
#include "kappas.def"
#undef RILL_KAPPA

/* In the order that --help lists; NULL when i is out of range. */
const rill_kappa *rill_kappa_built_in(int i);
/* NULL when there is none of that name. */
const rill_kappa *rill_kappa_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
