#include "scope.h"

#include <stdio.h>

void rill_layer_scope(rill_graph *g, const char *format, va_list arguments)
{
    char name[128] = "";
    if (format)
        vsnprintf(name, sizeof name, format, arguments);
    rill_scope_begin(g, "%s", name);
}
