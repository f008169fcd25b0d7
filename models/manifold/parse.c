/* parse.c - manifolds out of text: "sphere", "sphere:3", "sphere:3,torus:2". */
#include "manifold.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* A piece of text that is not closed by a zero. */
typedef struct piece {
    const char *text;
    size_t length;
} piece;

static int shown(piece p)
{
    return p.length < 80 ? (int)p.length : 80;
}

/* The manifold of that name; NULL, with those that there are, when there is none. */
static const rill_manifold *find(piece name, const char *whole, rill_message *message)
{
    char known[256] = "";
    for (int i = 0; rill_manifold_at(i); i++) {
        const char *there = rill_manifold_at(i)->name;
        if (strlen(there) == name.length && memcmp(there, name.text, name.length) == 0)
            return rill_manifold_at(i);
        size_t at = strlen(known);
        snprintf(known + at, sizeof known - at, "%s%s", i ? ", " : "", there);
    }
    rill_fail(message, RILL_NOT_FOUND,
              "manifold \"%.80s\": there is no \"%.*s\", expected one of %s", whole, shown(name),
              name.text, known);
    return NULL;
}

/* A number of columns, 1 or more; 0 for what is none. */
static int64_t number(piece digits)
{
    int64_t n = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.text[i] < '0' || digits.text[i] > '9' || n > RILL_MAX_COUNT)
            return 0;
        n = 10 * n + (digits.text[i] - '0');
    }
    return n <= RILL_MAX_COUNT ? n : 0;
}

/* NAME:N.  0 with the reason when it is something else. */
static int read_part(piece p, const char *whole, rill_manifold_part *part, rill_message *message)
{
    const char *colon = memchr(p.text, ':', p.length);
    piece name = { p.text, colon ? (size_t)(colon - p.text) : p.length };
    part->manifold = find(name, whole, message);
    if (!part->manifold)
        return 0;
    part->width = colon ? number((piece){ colon + 1, p.length - name.length - 1 }) : 0;
    if (part->width == 0)
        rill_fail(message, RILL_BAD_FORMAT,
                  "manifold \"%.80s\": \"%.*s\" does not say how many numbers of a point are on "
                  "it, expected %s:N",
                  whole, shown(p), p.text, part->manifold->name);
    return part->width != 0;
}

static rill_manifold *read_product(const char *text, rill_message *message)
{
    rill_manifold_part parts[RILL_MANIFOLD_MAX_PARTS];
    const char *at = text;
    for (int count = 0; count < RILL_MANIFOLD_MAX_PARTS; at++) {
        size_t length = strcspn(at, ",");
        if (!read_part((piece){ at, length }, text, &parts[count++], message))
            return NULL;
        at += length;
        if (!*at)
            return rill_manifold_product(parts, count, message);
    }
    rill_fail(message, RILL_BAD_FORMAT, "manifold \"%.80s\": more than %d parts", text,
              RILL_MANIFOLD_MAX_PARTS);
    return NULL;
}

/* A copy of a manifold of the table, for the caller to free like the others. */
static rill_manifold *copied(const rill_manifold *m, rill_message *message)
{
    rill_manifold *copy = rill_alloc(1, sizeof *copy);
    if (copy)
        *copy = *m;
    else
        rill_fail(message, RILL_NO_MEMORY, "manifold: out of memory");
    return copy;
}

rill_manifold *rill_manifold_parse(const char *text, rill_message *message)
{
    if (!text)
        text = "";
    if (strpbrk(text, ":,"))
        return read_product(text, message);
    const rill_manifold *one = find((piece){ text, strlen(text) }, text, message);
    return one ? copied(one, message) : NULL;
}
