#include "text.h"

#include "base/alloc.h"

#include <stdio.h>

char *rill_text_reserve(rill_text *text, size_t more)
{
    void *bytes = text->bytes;
    if (text->failed || !rill_grow(&bytes, &text->capacity, text->size + more + 1, 1)) {
        text->failed = 1;
        return NULL;
    }
    text->bytes = bytes;
    return text->bytes + text->size;
}

void rill_text_add(rill_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *at = length >= 0 ? rill_text_reserve(text, (size_t)length) : NULL;
    text->failed |= length < 0;
    if (at) {
        vsnprintf(at, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
    va_end(args);
}
