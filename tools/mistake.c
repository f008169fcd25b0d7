#include "mistake.h"

#include "base/utf8.h"

#include <string.h>

size_t mistake_character(const char *text, size_t length)
{
    size_t size = rill_utf8_length(text, text + length);
    unsigned char first = size ? (unsigned char)text[0] : 0;
    int c0 = first < ' ' || first == 127;
    int c1 = first == 0xc2 && (unsigned char)text[1] < 0xa0; /* U+0080 to U+009F */
    return c0 || c1 ? 0 : size;
}

/* The bytes of one column, which may be no character. */
static size_t column_size(const char *text, size_t length)
{
    size_t size = mistake_character(text, length);
    return size ? size : 1;
}

static size_t columns_between(const char *text, size_t length, size_t from, size_t to)
{
    size_t columns = 0;
    while (from < to) {
        from += column_size(text + from, length - from);
        columns++;
    }
    return columns;
}

/* The byte `columns` columns after byte `from`, or the end. */
static size_t after_columns(const char *text, size_t length, size_t from, size_t columns)
{
    for (size_t i = 0; i < columns && from < length; i++)
        from += column_size(text + from, length - from);
    return from;
}

static void add(mistake *m, size_t *used, const char *bytes, size_t size)
{
    if (*used + size >= sizeof m->excerpt)
        return;
    memcpy(m->excerpt + *used, bytes, size);
    *used += size;
    m->excerpt[*used] = '\0';
}

static void add_columns(mistake *m, size_t *used, const char *text, size_t from, size_t to)
{
    while (from < to) {
        size_t size = mistake_character(text + from, to - from);
        int blank = strchr("\t\n\v\f\r", text[from]) && text[from];
        if (size)
            add(m, used, text + from, size);
        else
            add(m, used, blank ? " " : "?", 1);
        from += size ? size : 1;
    }
}

void mistake_point(mistake *m, const char *text, size_t length, size_t at)
{
    enum { DOTS = 3, BEFORE = MISTAKE_COLUMNS / 2 };
    size_t place = columns_between(text, length, 0, at), begin = 0, used = 0;
    size_t all = place + columns_between(text, length, at, length);
    size_t first = all <= MISTAKE_COLUMNS || place <= BEFORE ? 0 : place - BEFORE;
    size_t shown = MISTAKE_COLUMNS - 2 * DOTS;
    if (all <= MISTAKE_COLUMNS)
        shown = all;
    begin = after_columns(text, length, 0, first);
    size_t end = after_columns(text, length, begin, shown);
    m->excerpt[0] = '\0';
    m->column = (int)(place - first);
    if (first > 0) {
        add(m, &used, "...", DOTS);
        m->column += DOTS;
    }
    add_columns(m, &used, text, begin, end);
    if (end < length)
        add(m, &used, "...", DOTS);
}
