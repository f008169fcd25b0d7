#include "npy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are copied as they are");

enum {
    MAGIC_SIZE = 8,     /* "\x93NUMPY", major, minor */
    ALIGNMENT = 64,     /* of the data in a file that we write */
    GROWTH_DIGITS = 21, /* numpy leaves room for the first extent to grow to this many digits */
};

static double f4_at(const unsigned char *at)
{
    float value;
    memcpy(&value, at, sizeof value);
    return (double)value;
}

static double f8_at(const unsigned char *at)
{
    double value;
    memcpy(&value, at, sizeof value);
    return value;
}

static double i4_at(const unsigned char *at)
{
    int32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static double i8_at(const unsigned char *at)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    return (double)value;
}

static double u1_at(const unsigned char *at)
{
    return *at;
}

static const struct {
    const char *name, *descr;
    size_t size;
    double (*at)(const unsigned char *at);
} types[RILL_NPY_TYPE_COUNT] = {
    [RILL_NPY_F4] = { "f4", "<f4", 4, f4_at }, [RILL_NPY_F8] = { "f8", "<f8", 8, f8_at },
    [RILL_NPY_I4] = { "i4", "<i4", 4, i4_at }, [RILL_NPY_I8] = { "i8", "<i8", 8, i8_at },
    [RILL_NPY_U1] = { "u1", "|u1", 1, u1_at },
};

static int known(rill_npy_type type)
{
    return (int)type >= 0 && type < RILL_NPY_TYPE_COUNT;
}

const char *rill_npy_type_name(rill_npy_type type)
{
    return known(type) ? types[type].name : "?";
}

size_t rill_npy_type_size(rill_npy_type type)
{
    return known(type) ? types[type].size : 0;
}

/* The header is a Python dictionary, {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }: a
 * cursor over it, and what was found. */
typedef struct header {
    const char *at, *end;
    rill_npy *npy;
    rill_message *message;
} header;

/* A piece of the header, for messages. */
typedef struct span {
    const char *at;
    int length;
} span;

static void skip_spaces(header *h)
{
    while (h->at < h->end && memchr(" \t\n\r", *h->at, 4))
        h->at++;
}

/* Steps over `text`, after spaces, if it comes next. */
static int accept(header *h, const char *text)
{
    size_t length = strlen(text);
    skip_spaces(h);
    if ((size_t)(h->end - h->at) < length || memcmp(h->at, text, length) != 0)
        return 0;
    h->at += length;
    return 1;
}

/* What comes next, cut to a length that suits a message. */
static span ahead(const header *h)
{
    const int most = 40;
    ptrdiff_t left = h->end - h->at;
    span rest = { h->at, left < most ? (int)left : most };
    for (int i = 0; i < rest.length; i++)
        if (rest.at[i] < ' ' || rest.at[i] > '~')
            rest.length = i;
    return rest;
}

static rill_status fail_expected(const header *h, const char *expected)
{
    span found = ahead(h);
    return rill_fail(h->message, RILL_BAD_FORMAT, "npy: header: expected %s, found '%.*s'",
                     expected, found.length, found.at);
}

/* A quoted string without escapes. */
static rill_status take_string(header *h, span *string)
{
    skip_spaces(h);
    char quote = h->at < h->end ? *h->at : '\0';
    if (quote != '\'' && quote != '"')
        return fail_expected(h, "a quoted string");
    const char *close = memchr(h->at + 1, quote, (size_t)(h->end - h->at - 1));
    if (!close || close - h->at > 64 || memchr(h->at, '\\', (size_t)(close - h->at)))
        return fail_expected(h, "a short quoted string");
    *string = (span){ h->at + 1, (int)(close - h->at - 1) };
    h->at = close + 1;
    return RILL_OK;
}

static int span_is(span s, const char *text)
{
    return (size_t)s.length == strlen(text) && memcmp(s.at, text, (size_t)s.length) == 0;
}

static const char types_taken[] = "'<f4', '<f8', '<i4', '<i8' and '|u1' are";

/* '=' is the byte order of the machine that wrote the file, taken to be ours; a single byte has
 * none. */
static int type_matches(span descr, const char *type)
{
    return descr.length == 3 && memcmp(descr.at + 1, type, 2) == 0 &&
           (memchr("<=", descr.at[0], 2) || (descr.at[0] == '|' && type[1] == '1'));
}

static rill_status take_descr(header *h)
{
    span descr;
    if (accept(h, "["))
        return rill_fail(h->message, RILL_UNSUPPORTED,
                         "npy: a structured type is not supported; %s", types_taken);
    rill_status status = take_string(h, &descr);
    if (status != RILL_OK)
        return status;
    for (int type = 0; type < RILL_NPY_TYPE_COUNT; type++) {
        if (type_matches(descr, types[type].name)) {
            h->npy->type = (rill_npy_type)type;
            return RILL_OK;
        }
    }
    int swapped = descr.length > 0 && descr.at[0] == '>';
    return rill_fail(h->message, RILL_UNSUPPORTED, "npy: %s '%.*s' is not supported; %s",
                     swapped ? "big-endian type" : "type", descr.length, descr.at, types_taken);
}

static rill_status take_order(header *h)
{
    h->npy->column_major = accept(h, "True");
    if (h->npy->column_major || accept(h, "False"))
        return RILL_OK;
    return fail_expected(h, "True or False for 'fortran_order'");
}

/* One extent: decimal digits. */
static rill_status take_extent(header *h, int64_t *extent)
{
    span found = ahead(h);
    if (accept(h, "-"))
        return rill_fail(h->message, RILL_BAD_FORMAT, "npy: negative extent in shape (at '%.*s')",
                         found.length, found.at);
    if (h->at == h->end || *h->at < '0' || *h->at > '9')
        return fail_expected(h, "a whole number in 'shape'");
    *extent = 0;
    for (; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++)
        if (__builtin_mul_overflow(*extent, 10, extent) ||
            __builtin_add_overflow(*extent, *h->at - '0', extent))
            return rill_fail(h->message, RILL_BAD_FORMAT,
                             "npy: an extent does not fit 64 bits (at '%.*s')", found.length,
                             found.at);
    return RILL_OK;
}

static rill_status check_shape(const header *h)
{
    char text[RILL_SHAPE_TEXT];
    if (rill_shape_valid(&h->npy->shape))
        return RILL_OK;
    return rill_fail(h->message, RILL_BAD_FORMAT,
                     "npy: shape %s is too large: at most 2^48 elements",
                     rill_shape_print(&h->npy->shape, text, sizeof text));
}

/* A tuple: (), (3,) or (3, 4), with a comma allowed at the end. */
static rill_status take_shape(header *h)
{
    rill_shape *shape = &h->npy->shape;
    if (!accept(h, "("))
        return fail_expected(h, "a tuple for 'shape'");
    int comma = 1;
    skip_spaces(h);
    while (!accept(h, ")")) {
        if (!comma)
            return fail_expected(h, "',' or ')' in 'shape'");
        if (shape->rank == RILL_MAX_RANK)
            return rill_fail(h->message, RILL_UNSUPPORTED, "npy: rank above %d is not supported",
                             RILL_MAX_RANK);
        rill_status status = take_extent(h, &shape->dim[shape->rank]);
        if (status != RILL_OK)
            return status;
        shape->rank++;
        comma = accept(h, ",");
        skip_spaces(h);
    }
    if (shape->rank == 1 && !comma)
        return rill_fail(h->message, RILL_BAD_FORMAT,
                         "npy: 'shape' is a number in brackets, expected a tuple such as (%lld,)",
                         (long long)shape->dim[0]);
    return check_shape(h);
}

static const struct {
    const char *key;
    rill_status (*take)(header *h);
} fields[] = { { "descr", take_descr }, { "fortran_order", take_order }, { "shape", take_shape } };

enum { FIELDS = sizeof fields / sizeof *fields };

/* One `key: value`; bit i of *seen tells that fields[i] was there. */
static rill_status take_field(header *h, unsigned *seen)
{
    span key;
    rill_status status = take_string(h, &key);
    if (status != RILL_OK)
        return status;
    int field = 0;
    while (field < FIELDS && !span_is(key, fields[field].key))
        field++;
    if (field == FIELDS)
        return rill_fail(h->message, RILL_BAD_FORMAT,
                         "npy: header: unknown key '%.*s'; expected descr, fortran_order and shape",
                         key.length, key.at);
    if (*seen & 1u << field)
        return rill_fail(h->message, RILL_BAD_FORMAT, "npy: header: key '%s' is there twice",
                         fields[field].key);
    *seen |= 1u << field;
    return accept(h, ":") ? fields[field].take(h) : fail_expected(h, "':' after a key");
}

static rill_status check_complete(const header *h, unsigned seen)
{
    for (int i = 0; i < FIELDS; i++)
        if (!(seen & 1u << i))
            return rill_fail(h->message, RILL_BAD_FORMAT, "npy: header: key '%s' is missing",
                             fields[i].key);
    return RILL_OK;
}

static rill_status take_dictionary(header *h)
{
    unsigned seen = 0;
    int comma = 1;
    if (!accept(h, "{"))
        return fail_expected(h, "'{'");
    while (!accept(h, "}")) {
        if (!comma)
            return fail_expected(h, "',' or '}'");
        rill_status status = take_field(h, &seen);
        if (status != RILL_OK)
            return status;
        comma = accept(h, ",");
    }
    skip_spaces(h);
    if (h->at < h->end)
        return fail_expected(h, "nothing after '}'");
    return check_complete(h, seen);
}

/* The length of the header's text and where it begins, after the magic, the version and the length.
 */
static rill_status find_header(const unsigned char *bytes, size_t size, size_t *start,
                               size_t *length, rill_message *message)
{
    if (size < MAGIC_SIZE || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "npy: not a .npy file: it does not begin with \\x93NUMPY and a version");
    int major = bytes[6], minor = bytes[7];
    if (major < 1 || major > 3 || minor != 0)
        return rill_fail(message, RILL_UNSUPPORTED,
                         "npy: version %d.%d is not supported; 1.0, 2.0 and 3.0 are", major, minor);
    size_t field = major == 1 ? 2 : 4;
    *start = MAGIC_SIZE + field;
    *length = 0;
    if (size < *start)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "npy: truncated: expected at least %zu bytes, found %zu", *start, size);
    for (size_t i = 0; i < field; i++)
        *length |= (size_t)bytes[MAGIC_SIZE + i] << 8 * i;
    if (*length > size - *start)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "npy: truncated: the header should have %zu bytes, %zu are left", *length,
                         size - *start);
    return RILL_OK;
}

rill_status rill_npy_parse(const void *bytes, size_t size, rill_npy *npy, rill_message *message)
{
    size_t start = 0, length = 0;
    if (!npy || (!bytes && size > 0))
        return rill_fail(message, RILL_BAD_ARGUMENT, "npy: %s is NULL",
                         npy ? "the data" : "the place for the result");
    *npy = (rill_npy){ .type = RILL_NPY_TYPE_COUNT };
    rill_status status = find_header(bytes, size, &start, &length, message);
    if (status != RILL_OK)
        return status;
    rill_npy found = { .type = RILL_NPY_TYPE_COUNT };
    const char *text = (const char *)bytes + start;
    header h = { text, text + length, &found, message };
    status = take_dictionary(&h);
    if (status != RILL_OK)
        return status;
    /* At most 2^48 elements of 8 bytes: no overflow. */
    uint64_t expected = (uint64_t)rill_shape_count(&found.shape) * types[found.type].size;
    size_t left = size - start - length;
    if (left != expected)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "npy: %s: expected %llu bytes of data, found %zu",
                         left < expected ? "truncated" : "bytes after the data",
                         (unsigned long long)expected, left);
    found.data = text + length;
    *npy = found;
    return RILL_OK;
}

int64_t rill_npy_count(const rill_npy *npy)
{
    return npy && npy->data && known(npy->type) ? rill_shape_count(&npy->shape) : -1;
}

/* Complains when the elements asked for are not all there. */
static rill_status check_range(const rill_npy *npy, const void *out, int64_t first, int64_t count,
                               rill_message *message)
{
    int64_t there = rill_npy_count(npy);
    if (there < 0 || (!out && count > 0))
        return rill_fail(message, RILL_BAD_ARGUMENT, "npy: %s",
                         there < 0 ? "no array was parsed" : "the place for the elements is NULL");
    if (first < 0 || count < 0 || first > there || count > there - first)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "npy: %lld elements from %lld were asked for, the array has %lld",
                         (long long)count, (long long)first, (long long)there);
    return RILL_OK;
}

/* Where element i of row-major order is in column-major order, the first axis being the fastest. */
static int64_t in_columns(const rill_shape *shape, int64_t i)
{
    int64_t at = 0, stride = rill_shape_count(shape);
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
        stride /= shape->dim[axis];
        at += i % shape->dim[axis] * stride;
        i /= shape->dim[axis];
    }
    return at;
}

/* Element i of row-major order. */
static double element(const rill_npy *npy, int64_t i)
{
    int64_t at = npy->column_major ? in_columns(&npy->shape, i) : i;
    return types[npy->type].at((const unsigned char *)npy->data +
                               (size_t)at * types[npy->type].size);
}

static rill_status fail_value(rill_message *message, int64_t index, double value,
                              const char *target)
{
    return rill_fail(message, RILL_BAD_FORMAT, "npy: element %lld is %.17g, which is not %s",
                     (long long)index, value, target);
}

rill_status rill_npy_read_f64(const rill_npy *npy, double *out, int64_t first, int64_t count,
                              rill_message *message)
{
    rill_status status = check_range(npy, out, first, count, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; i < count; i++)
        out[i] = element(npy, first + i);
    return RILL_OK;
}

rill_status rill_npy_read_f32(const rill_npy *npy, float *out, int64_t first, int64_t count,
                              rill_message *message)
{
    /* Half a unit above the largest float: from here on rounding gives infinity. */
    const double limit = 0x1.ffffffp127;
    rill_status status = check_range(npy, out, first, count, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; i < count; i++) {
        double value = element(npy, first + i);
        if (isfinite(value) && fabs(value) >= limit)
            return fail_value(message, first + i, value, "within the range of f32");
        out[i] = (float)value;
    }
    return RILL_OK;
}

rill_status rill_npy_read_i32(const rill_npy *npy, int32_t *out, int64_t first, int64_t count,
                              rill_message *message)
{
    rill_status status = check_range(npy, out, first, count, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; i < count; i++) {
        /* An int64 that f64 rounds is far out of range either way. */
        double value = element(npy, first + i);
        if (!(value >= INT32_MIN && value <= INT32_MAX) || value != floor(value))
            return fail_value(message, first + i, value, "an integer of 32 bits");
        out[i] = (int32_t)value;
    }
    return RILL_OK;
}

/* Text appended to a fixed buffer; `used` counts also what did not fit. */
typedef struct text {
    char *out;
    size_t capacity, used;
} text;

static void append(text *t, const char *piece)
{
    for (; *piece; piece++, t->used++)
        if (t->used < t->capacity)
            t->out[t->used] = *piece;
}

static void append_spaces(text *t, size_t count)
{
    for (size_t i = 0; i < count; i++)
        append(t, " ");
}

/* Python's way with tuples: (), (3,), (3, 4).  Returns the digits of the first extent. */
static size_t append_tuple(text *t, const rill_shape *shape)
{
    char number[24];
    size_t first_digits = 0;
    append(t, "(");
    for (int i = 0; i < shape->rank; i++) {
        int digits = snprintf(number, sizeof number, "%lld", (long long)shape->dim[i]);
        first_digits = i == 0 ? (size_t)digits : first_digits;
        append(t, number);
        append(t, shape->rank == 1 ? "," : i < shape->rank - 1 ? ", " : "");
    }
    append(t, ")");
    return first_digits;
}

rill_status rill_npy_header(rill_npy_type type, const rill_shape *shape, char *out, size_t capacity,
                            size_t *length)
{
    if (!known(type) || !rill_shape_valid(shape) || !out || !length)
        return RILL_BAD_ARGUMENT;
    text t = { out, capacity, MAGIC_SIZE + 2 };
    append(&t, "{'descr': '");
    append(&t, types[type].descr);
    append(&t, "', 'fortran_order': False, 'shape': ");
    size_t digits = append_tuple(&t, shape);
    append(&t, ", }");
    append_spaces(&t, shape->rank > 0 ? GROWTH_DIGITS - digits : 0);
    append_spaces(&t, ALIGNMENT - (t.used + 1) % ALIGNMENT);
    append(&t, "\n");
    if (t.used > capacity)
        return RILL_BAD_ARGUMENT;
    size_t body = t.used - MAGIC_SIZE - 2;
    memcpy(out, "\x93NUMPY\x01\x00", MAGIC_SIZE);
    out[8] = (char)(body & 0xff);
    out[9] = (char)(body >> 8);
    *length = t.used;
    return RILL_OK;
}
