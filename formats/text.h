/* text.h (private) - text that grows as it is written. */
#ifndef RILL_FORMATS_TEXT_H
#define RILL_FORMATS_TEXT_H

#include "../base/status.h"

#include <stddef.h>

typedef struct rill_text {
    char *bytes; /* NUL-terminated once something was added; rill_free() it */
    size_t size, capacity;
    int failed; /* memory ran out: what is there is not all */
} rill_text;

/* Room for `more` bytes after the `size` there are, and a NUL; NULL without memory. */
char *rill_text_reserve(rill_text *text, size_t more);
void rill_text_add(rill_text *text, const char *format, ...) RILL_PRINTF(2, 3);

#endif
