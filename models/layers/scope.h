/* scope.h (private) - the scope of a layer, named by a format and its arguments. */
#ifndef RILL_MODELS_LAYERS_SCOPE_H
#define RILL_MODELS_LAYERS_SCOPE_H

#include "../../core/graph.h"

#include <stdarg.h>

/* Opens the scope `format` names; the caller closes it.  A NULL format is an empty name, which the
 * graph refuses. */
void rill_layer_scope(rill_graph *g, const char *format, va_list arguments);

#endif
