#include "text.h"

#include "core/alloc.h"

#include <stdio.h>

void rill_text_add(rill_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    void *bytes = text->bytes;
    if (text->failed || length < 0 ||
        !rill_grow(&bytes, &text->capacity, text->size + (size_t)length + 1, 1)) {
        text->failed = 1;
    } else {
        text->bytes = bytes;
        vsnprintf(text->bytes + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
    va_end(args);
}
