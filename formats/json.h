/* json.h (private) - a pull parser for JSON of a known form, and the quoting of strings.
 *
 * The caller asks for what its format expects, one piece at a time, and checks at the end: the
 * first fault is kept, and every later call returns 0.  Nothing is allocated, nothing recurses.
 *
 *     rill_json_open(&json, '{');
 *     while (rill_json_more(&json, '}'))
 *         if (rill_json_key(&json, name)) ...
 *     rill_json_end(&json);
 *     if (json.fault) ...
 *
 * RFC 8259; strings are checked to be UTF-8 and to hold no NUL, since they become C strings. */
#ifndef RILL_FORMATS_JSON_H
#define RILL_FORMATS_JSON_H

#include <stddef.h>
#include <stdint.h>

typedef struct rill_json {
    const char *start, *at, *end;
    const char *fault; /* what is wrong at `at`; NULL while all is well */
    int fresh;         /* just after an opening bracket: no comma before the next item */
} rill_json;

rill_json rill_json_begin(const void *bytes, size_t size);

/* Steps into an object ('{') or an array ('['). */
int rill_json_open(rill_json *json, char bracket);
/* 1 when another item follows, 0 past the closing bracket ('}' or ']') or after a fault. */
int rill_json_more(rill_json *json, char bracket);

/* A string, unescaped and with a NUL, into `out`, which must hold as many bytes as it takes in the
 * source, quotes included.  A NULL `out` drops it. */
int rill_json_string(rill_json *json, char *out);
/* A string and the ':' after it. */
int rill_json_key(rill_json *json, char *out);
/* A number without fraction or exponent that fits 64 bits. */
int rill_json_int(rill_json *json, int64_t *value);
/* Any value, nested at most RILL_JSON_DEPTH deep. */
#define RILL_JSON_DEPTH 128
int rill_json_skip(rill_json *json);
/* Nothing but spaces is left. */
int rill_json_end(rill_json *json);

/* Writes `text` as a JSON string.  Returns its length, at most 6 * strlen(text) + 2, or 0 when
 * `text` is not UTF-8; no NUL is added.  A NULL `out` only measures. */
size_t rill_json_quote(const char *text, char *out);

#endif
