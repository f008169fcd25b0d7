#include "embed_svg.h"

#include <string.h>

/* Length of what comes before the name of an id that begins at s, or of one that is referred to; 0
 * where none begins. */
static size_t before_id(const char *s)
{
    static const char *const marks[] = { " id=\"", "=\"#", "url(#" };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(s, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

void eval_embed_svg(FILE *out, const char *svg, size_t size, int number)
{
    const char *end = svg + size, *start = strstr(svg, "<svg");
    for (const char *s = start ? start : end; s < end;) {
        size_t mark = before_id(s);
        fwrite(s, 1, mark ? mark : 1, out);
        s += mark ? mark : 1;
        if (mark)
            fprintf(out, "f%d-", number);
    }
}
