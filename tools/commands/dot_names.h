/* dot_names.h - what rill dot calls the nodes it builds. */
#ifndef RILL_TOOLS_COMMANDS_DOT_NAMES_H
#define RILL_TOOLS_COMMANDS_DOT_NAMES_H

#include "formats/dot.h"

/* Zero at first.  What there is no memory for has no name. */
typedef struct dot_names {
    rill_dot_name *name; /* [count], with texts of their own */
    size_t count, capacity;
} dot_names;

/* Nothing when x is NULL. */
void dot_names_add(dot_names *names, const rill_tensor *x, const char *format, ...)
    RILL_PRINTF(3, 4);
void dot_names_free(dot_names *names);

#endif
