#include "svg_ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An id as it was met: a name of letters, which points into the text, and a number. */
struct id {
    const char *name;
    size_t length;
    unsigned long number;
    long index;
};

struct numbering {
    struct id *seen;
    size_t count, capacity;
};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The number of an id among those of its name, appending it; -1 when there is no memory. */
static long index_of(struct numbering *ids, struct id id)
{
    for (size_t i = ids->count; i-- > 0;) {
        const struct id *other = &ids->seen[i];
        if (other->length != id.length || memcmp(other->name, id.name, id.length))
            continue;
        if (other->number == id.number)
            return other->index;
        if (other->index >= id.index)
            id.index = other->index + 1;
    }
    if (ids->count == ids->capacity) {
        size_t capacity = 2 * ids->capacity + 16;
        struct id *grown = realloc(ids->seen, capacity * sizeof *grown);
        if (!grown)
            return -1;
        ids->seen = grown;
        ids->capacity = capacity;
    }
    ids->seen[ids->count++] = id;
    return id.index;
}

/* Length of what stands before the number of an id that begins at s, `mark` of it before the name;
 * 0 when none begins there. */
static size_t id_prefix(const char *s, size_t *mark)
{
    size_t start = *s == '#' ? 1 : !strncmp(s, " id=\"", 5) ? 5 : 0, i = start;
    while (start && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '-'))
        i++;
    *mark = start;
    return i > start && is_digit(s[i]) ? i : 0;
}

static int rewrite(const char *svg, struct numbering *numbers, FILE *out)
{
    while (*svg) {
        size_t plain = strcspn(svg, "# ");
        size_t mark, prefix = id_prefix(svg + plain, &mark);
        size_t copied = plain + (prefix ? prefix : svg[plain] != '\0');
        fwrite(svg, 1, copied, out);
        svg += copied;
        if (!prefix)
            continue;
        char *end;
        struct id id = { .name = svg - prefix + mark, .length = prefix - mark };
        id.number = strtoul(svg, &end, 10);
        long index = index_of(numbers, id);
        if (index < 0)
            return 0;
        fprintf(out, "%ld", index);
        svg = end;
    }
    return 1;
}

int plot_svg_renumber(char **svg, size_t *size)
{
    struct numbering numbers = { 0 };
    char *fresh = NULL, *text = strndup(*svg, *size);
    size_t fresh_size = 0;
    FILE *out = text ? open_memstream(&fresh, &fresh_size) : NULL;
    int done = out && rewrite(text, &numbers, out);
    if (out && fclose(out))
        done = 0;
    free(numbers.seen);
    free(text);
    if (!done) {
        free(fresh);
        return 0;
    }
    free(*svg);
    *svg = fresh;
    *size = fresh_size;
    return 1;
}
