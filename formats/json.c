#include "json.h"

#include "base/utf8.h"

#include <string.h>

static int fail(rill_json *json, const char *fault)
{
    if (!json->fault)
        json->fault = fault;
    return 0;
}

static void skip_spaces(rill_json *json)
{
    while (json->at < json->end && memchr(" \t\n\r", *json->at, 4))
        json->at++;
}

/* The next byte after spaces, not consumed; NUL at the end and after a fault. */
static char peek(rill_json *json)
{
    if (json->fault)
        return '\0';
    skip_spaces(json);
    return json->at < json->end ? *json->at : '\0';
}

static int accept(rill_json *json, char byte)
{
    if (byte == '\0' || peek(json) != byte)
        return 0;
    json->at++;
    return 1;
}

rill_json rill_json_begin(const void *bytes, size_t size)
{
    const char *text = bytes;
    return (rill_json){ .start = text, .at = text, .end = text + size };
}

int rill_json_open(rill_json *json, char bracket)
{
    if (!accept(json, bracket))
        return fail(json, bracket == '{' ? "expected '{'" : "expected '['");
    json->fresh = 1;
    return 1;
}

int rill_json_more(rill_json *json, char bracket)
{
    int fresh = json->fresh;
    json->fresh = 0;
    if (accept(json, bracket) || json->fault)
        return 0;
    if (!fresh && !accept(json, ','))
        return fail(json, bracket == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    return 1;
}

int rill_json_end(rill_json *json)
{
    skip_spaces(json);
    return json->at == json->end ? !json->fault : fail(json, "expected nothing more");
}

/* Four hexadecimal digits. */
static int take_hex(rill_json *json, uint32_t *code)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    *code = 0;
    for (int i = 0; i < 4; i++) {
        const char *digit = json->at < json->end ? memchr(digits, *json->at, 22) : NULL;
        if (!digit)
            return fail(json, "expected four hexadecimal digits");
        uint32_t value = (uint32_t)(digit - digits);
        *code = *code << 4 | (value < 16 ? value : value - 6);
        json->at++;
    }
    return 1;
}

static size_t encode_utf8(uint32_t code, char out[4])
{
    static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[length] | code);
    return length;
}

/* After \u: a code point, or the two halves of one above ffff. */
static size_t take_unicode(rill_json *json, char out[4])
{
    uint32_t code, low;
    if (!take_hex(json, &code))
        return 0;
    if (code == 0)
        return (size_t)fail(json, "a string holds \\u0000");
    if (code >= 0xd800 && code <= 0xdfff) {
        if (code > 0xdbff || json->end - json->at < 2 || memcmp(json->at, "\\u", 2) != 0)
            return (size_t)fail(json, "half of a surrogate pair");
        json->at += 2;
        if (!take_hex(json, &low))
            return 0;
        if (low < 0xdc00 || low > 0xdfff)
            return (size_t)fail(json, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    return encode_utf8(code, out);
}

static const char escape_letters[] = "\"\\/bfnrt", escaped_bytes[] = "\"\\/\b\f\n\r\t";

/* One character of a string, as UTF-8; its length, or 0 after a fault. */
static size_t take_character(rill_json *json, char out[4])
{
    if ((unsigned char)*json->at < 0x20)
        return (size_t)fail(json, "control character in a string");
    if (*json->at != '\\') {
        size_t length = rill_utf8_length(json->at, json->end);
        if (length == 0)
            return (size_t)fail(json, "not UTF-8");
        memcpy(out, json->at, length);
        json->at += length;
        return length;
    }
    json->at++;
    char letter = json->at < json->end ? *json->at++ : '\0';
    if (letter == 'u')
        return take_unicode(json, out);
    const char *known = letter ? strchr(escape_letters, letter) : NULL;
    if (!known)
        return (size_t)fail(json, "unknown escape in a string");
    out[0] = escaped_bytes[known - escape_letters];
    return 1;
}

int rill_json_string(rill_json *json, char *out)
{
    char character[4];
    if (!accept(json, '"'))
        return fail(json, "expected a string");
    while (json->at < json->end && *json->at != '"') {
        size_t length = take_character(json, character);
        if (length == 0)
            return 0;
        if (out) {
            memcpy(out, character, length);
            out += length;
        }
    }
    if (json->at == json->end)
        return fail(json, "a string does not end");
    json->at++;
    if (out)
        *out = '\0';
    return 1;
}

int rill_json_key(rill_json *json, char *out)
{
    return rill_json_string(json, out) && (accept(json, ':') || fail(json, "expected ':'"));
}

static int is_digit(const rill_json *json)
{
    return json->at < json->end && *json->at >= '0' && *json->at <= '9';
}

static int take_digits(rill_json *json)
{
    if (!is_digit(json))
        return fail(json, "expected a digit");
    while (is_digit(json))
        json->at++;
    return 1;
}

/* The whole part: no zeros in front. */
static int take_whole(rill_json *json)
{
    const char *start = json->at;
    if (!take_digits(json))
        return 0;
    return *start != '0' || json->at == start + 1 || fail(json, "a number begins with 0");
}

static int at_any(const rill_json *json, const char *bytes)
{
    return json->at < json->end && memchr(bytes, *json->at, strlen(bytes));
}

int rill_json_int(rill_json *json, int64_t *value)
{
    int sign = accept(json, '-') ? -1 : 1; /* and spaces before it */
    const char *digit = json->at;
    *value = 0;
    if (json->fault || !is_digit(json))
        return fail(json, "expected an integer");
    if (!take_whole(json))
        return 0;
    for (; digit < json->at; digit++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, sign * (*digit - '0'), value))
            return fail(json, "an integer does not fit 64 bits");
    return at_any(json, ".eE") ? fail(json, "expected an integer") : 1;
}

static int skip_number(rill_json *json)
{
    accept(json, '-');
    if (!take_whole(json))
        return 0;
    if (at_any(json, ".")) {
        json->at++;
        if (!take_digits(json))
            return 0;
    }
    if (!at_any(json, "eE"))
        return 1;
    json->at++;
    if (at_any(json, "+-"))
        json->at++;
    return take_digits(json);
}

static int skip_scalar(rill_json *json)
{
    static const char *const words[] = { "true", "false", "null" };
    if (peek(json) == '"')
        return rill_json_string(json, NULL);
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(json->end - json->at) >= length && memcmp(json->at, words[i], length) == 0) {
            json->at += length;
            return 1;
        }
    }
    return at_any(json, "-0123456789") ? skip_number(json) : fail(json, "expected a value");
}

/* Opens brackets down to the next scalar or empty bracket, remembering how each closes. */
static int skip_down(rill_json *json, char *closing, int *depth)
{
    for (;;) {
        char next = peek(json);
        if (next != '{' && next != '[')
            return skip_scalar(json);
        if (*depth == RILL_JSON_DEPTH)
            return fail(json, "nested too deep");
        char close = next == '{' ? '}' : ']';
        closing[(*depth)++] = close;
        rill_json_open(json, next);
        if (!rill_json_more(json, close)) {
            (*depth)--;
            return !json->fault;
        }
        if (close == '}' && !rill_json_key(json, NULL))
            return 0;
    }
}

int rill_json_skip(rill_json *json)
{
    char closing[RILL_JSON_DEPTH];
    int depth = 0;
    if (!skip_down(json, closing, &depth))
        return 0;
    while (depth > 0) {
        char close = closing[depth - 1];
        if (!rill_json_more(json, close)) {
            depth--;
            continue;
        }
        if (close == '}' && !rill_json_key(json, NULL))
            return 0;
        if (!skip_down(json, closing, &depth))
            return 0;
    }
    return !json->fault;
}

/* One ASCII character of a JSON string, into `out` (room for 6); its length. */
static size_t quote_byte(unsigned char byte, char out[6])
{
    static const char hex[] = "0123456789abcdef";
    const char *known = strchr(escaped_bytes, byte);
    if (known && byte != '/') {
        out[0] = '\\';
        out[1] = escape_letters[known - escaped_bytes];
        return 2;
    }
    if (byte >= 0x20) {
        out[0] = (char)byte;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = hex[byte >> 4];
    out[5] = hex[byte & 15];
    return 6;
}

size_t rill_json_quote(const char *text, char *out)
{
    const char *end = text + strlen(text);
    char piece[6];
    size_t used = 1;
    if (out)
        out[0] = '"';
    while (text < end) {
        size_t length = rill_utf8_length(text, end);
        if (length == 0)
            return 0;
        const char *from = length == 1 ? piece : text;
        size_t size = length == 1 ? quote_byte((unsigned char)*text, piece) : length;
        if (out)
            memcpy(out + used, from, size);
        used += size;
        text += length;
    }
    if (out)
        out[used] = '"';
    return used + 1;
}
