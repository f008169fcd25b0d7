/* scoped.h - several models in one store, each under a name of its own, so that one program can run
 * them all.
 *
 *     rill_adopt_parameters(store, "guide", other, &message);
 *     rill_scoped guide = { rill_flow_field(&flow), "guide" };
 *     rill_guidance away = { field, rill_scoped_field(&guide), .weight = 2 };  */
#ifndef RILL_MODELS_FLOW_SCOPED_H
#define RILL_MODELS_FLOW_SCOPED_H

#include "../../core/store.h"
#include "../ode/field.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Copies the parameters of `from` into `to`, NAME as "scope.NAME".  RILL_MISMATCH when one of that
 * name is there and is of another shape or dtype. */
rill_status rill_adopt_parameters(rill_store *to, const char *scope, const rill_store *from,
                                  rill_message *message);

/* A field built within a scope, where its parameters are those adopted under that name. */
typedef struct rill_scoped {
    rill_field field;
    const char *scope;
} rill_scoped;

/* It has to live, with what it points to, while graphs are built. */
rill_field rill_scoped_field(const rill_scoped *scoped);

#ifdef __cplusplus
}
#endif
#endif
