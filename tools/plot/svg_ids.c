#include "svg_ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct numbering {
    unsigned long *seen;
    size_t count, capacity;
};

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The place of `number` among those seen, appending it; -1 when there is no memory. */
static long index_of(struct numbering *numbers, unsigned long number)
{
    for (size_t i = numbers->count; i-- > 0;)
        if (numbers->seen[i] == number)
            return (long)i;
    if (numbers->count == numbers->capacity) {
        size_t capacity = 2 * numbers->capacity + 16;
        unsigned long *grown = realloc(numbers->seen, capacity * sizeof *grown);
        if (!grown)
            return -1;
        numbers->seen = grown;
        numbers->capacity = capacity;
    }
    numbers->seen[numbers->count] = number;
    return (long)numbers->count++;
}

/* Length of what stands before the number of an id that begins at s; 0 when none begins there. */
static size_t id_prefix(const char *s)
{
    size_t start = *s == '#' ? 1 : !strncmp(s, " id=\"", 5) ? 5 : 0, i = start;
    while (start && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '-'))
        i++;
    return i > start && is_digit(s[i]) ? i : 0;
}

static int rewrite(const char *svg, struct numbering *numbers, FILE *out)
{
    while (*svg) {
        size_t plain = strcspn(svg, "# ");
        size_t prefix = id_prefix(svg + plain);
        size_t copied = plain + (prefix ? prefix : svg[plain] != '\0');
        fwrite(svg, 1, copied, out);
        svg += copied;
        if (!prefix)
            continue;
        char *end;
        long index = index_of(numbers, strtoul(svg, &end, 10));
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
