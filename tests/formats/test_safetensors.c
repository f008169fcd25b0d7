/* test_safetensors.c - .safetensors: round trips, known bytes, and everything the format forbids.
 */
#include "base/alloc.h"
#include "formats/safetensors.h"
#include "tests/suite.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* The length, the header, then `data` bytes of zeros, in a block of exactly that size. */
static unsigned char *make_file(const char *header, size_t data, size_t *size)
{
    size_t length = strlen(header);
    *size = 8 + length + data;
    unsigned char *file = calloc(*size, 1);
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(file + 8, header, length);
    return file;
}

/* A sink that keeps what it is given, and fails when it is full. */
typedef struct buffer {
    char bytes[4096];
    size_t size, room;
} buffer;

static rill_status keep(void *self, const void *bytes, size_t size)
{
    buffer *b = self;
    if (size > b->room - b->size)
        return RILL_IO;
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
    return RILL_OK;
}

static rill_sink sink_of(buffer *b)
{
    return (rill_sink){ keep, b };
}

#define T(dtype, shape, offsets)                                                                   \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct {
    const char *header;
    size_t data, count, metadata;
} good[] = {
    { "{}", 0, 0, 0 },
    { "{}      ", 0, 0, 0 },
    { " {\"a\":" T("F32", "[]", "[0,4]") "}\n", 4, 1, 0 },
    { "{\"a\":" T("F32", "[2,3]", "[0,24]") "}", 24, 1, 0 },
    { "{\"b\":" T("F64", "[1]", "[4,12]") ",\"a\":" T("I32", "[1]", "[0,4]") "}", 12, 2, 0 },
    { "{\"a\":" T("BF16", "[3]", "[0,6]") ",\"b\":" T("BOOL", "[1]", "[6,7]") "}", 7, 2, 0 },
    { "{\"a\":" T("F4", "[4]", "[0,2]") "}", 2, 1, 0 },
    { "{\"a\":" T("F32", "[0]", "[0,0]") ",\"b\":" T("F32", "[2,0]", "[0,0]") "}", 0, 2, 0 },
    { "{\"b\":" T("F32", "[0]", "[4,4]") ",\"a\":" T("F32", "[1]", "[0,4]") "}", 4, 2, 0 },
    { "{\"__metadata__\":{}}", 0, 0, 0 },
    { "{\"__metadata__\":{\"k\":\"v\",\"j\":\"\"}}", 0, 0, 2 },
    { "{\"\":" T("U8", "[1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, 1, 0 },
    { "{\"a\":{\"note\":[{}],\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":\"I8\"}}", 1, 1, 0 },
    { "{\"\\u0061\\ud83d\\ude00\":" T("U64", "[1]", "[0,8]") "}", 8, 1, 0 },
};

START_TEST(well_formed_files_are_read)
{
    size_t size;
    rill_message message = { "" };
    unsigned char *bytes = make_file(good[_i].header, good[_i].data, &size);
    rill_safetensors *file = rill_safetensors_parse(bytes, size, &message);
    ck_assert_msg(file != NULL, "%s", message.text);
    ck_assert_uint_eq(rill_safetensors_count(file), good[_i].count);
    ck_assert_uint_eq(rill_safetensors_metadata_count(file), good[_i].metadata);
    const unsigned char *at = bytes + size - good[_i].data;
    for (size_t i = 0; i < good[_i].count; i++) {
        const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
        ck_assert_ptr_eq(rill_safetensors_find(file, entry->name), entry);
        ck_assert_ptr_eq(entry->data, at);
        at += entry->size;
    }
    rill_safetensors_free(file);
    free(bytes);
}
END_TEST

static const struct {
    const char *header;
    size_t data;
    const char *message;
} bad[] = {
    { "", 0, "byte 0: expected '{'" },
    { "        ", 0, "expected '{'" },
    { "[]", 0, "expected '{'" },
    { "null", 0, "expected '{'" },
    { "{", 0, "expected a string" },
    { "{}}", 0, "expected nothing more" },
    { "{} x", 0, "expected nothing more" },
    { "{\"a\"}", 0, "expected ':'" },
    { "{\"a\":}", 0, "expected '{'" },
    { "{\"a\":1}", 0, "expected '{'" },
    { "{\"a\":null}", 0, "expected '{'" },
    { "{\"a\":\"b\"}", 0, "expected '{'" },
    { "{\"a\":{}}", 0, "dtype is missing" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 4, "data_offsets is missing" },
    { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "shape is missing" },
    { "{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}", 4, "dtype is missing" },
    { "{\"a\":" T("F31", "[1]", "[0,4]") "}", 4, "unknown dtype 'F31'" },
    { "{\"a\":" T("f32", "[1]", "[0,4]") "}", 4, "unknown dtype 'f32'" },
    { "{\"a\":" T("", "[1]", "[0,4]") "}", 4, "unknown dtype ''" },
    { "{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "expected a string" },
    { "{\"a\":" T("F32", "[-1]", "[0,4]") "}", 4, "extent is negative" },
    { "{\"a\":" T("F32", "[1.0]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[1e0]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[\"1\"]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[true]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[[1]]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "1", "[0,4]") "}", 4, "expected '['" },
    { "{\"a\":" T("F32", "{}", "[0,4]") "}", 4, "expected '['" },
    { "{\"a\":" T("F32", "[1", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[1 1]", "[0,4]") "}", 4, "expected ',' or ']'" },
    { "{\"a\":" T("F32", "[1,]", "[0,4]") "}", 4, "expected an integer" },
    { "{\"a\":" T("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, "rank above 8" },
    { "{\"a\":" T("F32", "[4611686018427387904,4]", "[0,0]") "}", 0, "2^48" },
    { "{\"a\":" T("F32", "[4294967296,4294967296,0]", "[0,0]") "}", 0, "2^48" },
    { "{\"a\":" T("F32", "[9223372036854775808]", "[0,0]") "}", 0, "64 bits" },
    { "{\"a\":" T("F32", "[281474976710656]", "[0,4]") "}", 4, "takes 9007199254740992 bits" },
    { "{\"a\":" T("F32", "[2]", "[0,4]") "}", 4, "F32 [2] takes 64 bits" },
    { "{\"a\":" T("F64", "[1]", "[0,4]") "}", 4, "F64 [1] takes 64 bits" },
    { "{\"a\":" T("F4", "[3]", "[0,2]") "}", 2, "takes 12 bits" },
    { "{\"a\":" T("F32", "[1]", "[4,0]") "}", 4, "out of order" },
    { "{\"a\":" T("F32", "[1]", "[-4,0]") "}", 4, "out of order" },
    { "{\"a\":" T("F32", "[1]", "[-9223372036854775808,9223372036854775807]") "}", 4,
      "out of order" },
    { "{\"a\":" T("F32", "[1]", "[18446744073709551612,0]") "}", 4, "64 bits" },
    { "{\"a\":" T("F32", "[1]", "[]") "}", 4, "two data_offsets" },
    { "{\"a\":" T("F32", "[1]", "[0]") "}", 4, "two data_offsets" },
    { "{\"a\":" T("F32", "[1]", "[0,4,4]") "}", 4, "two data_offsets" },
    { "{\"a\":" T("F32", "[1]", "{\"0\":4}") "}", 4, "expected '['" },
    { "{\"a\":" T("F32", "[1]", "[4,8]") "}", 8, "begins at 4, expected 0 (a hole)" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") ",\"b\":" T("F32", "[1]", "[8,12]") "}", 12, "a hole" },
    { "{\"a\":" T("F32", "[2]", "[0,8]") ",\"b\":" T("F32", "[2]", "[4,12]") "}", 12, "overlap" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") ",\"b\":" T("F32", "[1]", "[0,4]") "}", 4, "overlap" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") "}", 3, "truncated" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") "}", 0, "truncated" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") "}", 5, "take 4 bytes, the file has 5" },
    { "{}", 1, "take 0 bytes, the file has 1" },
    { "{\"a\":" T("U8", "[281474976710656]", "[0,281474976710656]") "}", 4, "truncated" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") ",\"a\":" T("F32", "[1]", "[4,8]") "}", 8,
      "'a' is there twice" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") ",\"\\u0061\":" T("F32", "[1]", "[4,8]") "}", 8,
      "'a' is there twice" },
    { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
      "dtype is there twice" },
    { "{\"a\":{\"shape\":[1],\"shape\":[1],\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4,
      "shape is there twice" },
    { "{\"__metadata__\":{\"k\":\"v\",\"k\":\"w\"}}", 0, "metadata 'k' is there twice" },
    { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ is there twice" },
    { "{\"__metadata__\":{\"k\":1}}", 0, "expected a string" },
    { "{\"__metadata__\":{\"k\":null}}", 0, "expected a string" },
    { "{\"__metadata__\":{\"k\":{\"l\":\"m\"}}}", 0, "expected a string" },
    { "{\"__metadata__\":[]}", 0, "expected '{'" },
    { "{\"__metadata__\":{\"k\"}}", 0, "expected ':'" },
    { "{\"\\u0000\":" T("F32", "[1]", "[0,4]") "}", 4, "\\u0000" },
    { "{\"\\ud800\":" T("F32", "[1]", "[0,4]") "}", 4, "surrogate" },
    { "{\"\xff\":" T("F32", "[1]", "[0,4]") "}", 4, "not UTF-8" },
    { "{\"a\n\":" T("F32", "[1]", "[0,4]") "}", 4, "control character" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") ",}", 4, "expected a string" },
    { "{\"a\":" T("F32", "[1]", "[0,4]") " \"b\":" T("F32", "[1]", "[4,8]") "}", 8,
      "expected ','" },
    { "{'a':" T("F32", "[1]", "[0,4]") "}", 4, "expected a string" },
    { "{\"a\":{\"x\":[[[,\"dtype\":\"F32\"}}", 4, "expected a value" },
};

START_TEST(malformed_files_are_refused)
{
    size_t size;
    rill_message message = { "" };
    unsigned char *bytes = make_file(bad[_i].header, bad[_i].data, &size);
    ck_assert_ptr_null(rill_safetensors_parse(bytes, size, &message));
    ck_assert_msg(strstr(message.text, bad[_i].message), "'%s' is not in '%s'", bad[_i].message,
                  message.text);
    ck_assert_ptr_null(rill_safetensors_parse(bytes, size, NULL));
    free(bytes);
}
END_TEST

static const struct {
    const char *bytes;
    size_t size;
    const char *message;
} bad_starts[] = {
    { "", 0, "expected at least 8 bytes, found 0" },
    { "\x02\0\0\0\0\0\0", 7, "found 7" },
    { "\x02\0\0\0\0\0\0\0", 8, "should have 2 bytes, 0 are left" },
    { "\x03\0\0\0\0\0\0\0{}", 10, "should have 3 bytes, 2 are left" },
    { "\0\0\0\0\0\0\0\0", 8, "expected '{'" },
    { "\x01\xe1\xf5\x05\0\0\0\0{}", 10, "should have 100000001 bytes, at most" },
    { "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, "18446744073709551615 bytes, at most" },
    { "\xf8\xff\xff\xff\xff\xff\xff\xff{}", 10, "at most" },
};

START_TEST(files_that_begin_wrong_are_refused)
{
    rill_message message = { "" };
    ck_assert_ptr_null(rill_safetensors_parse(bad_starts[_i].bytes, bad_starts[_i].size, &message));
    ck_assert_msg(strstr(message.text, bad_starts[_i].message), "%s", message.text);
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    enum { MANY = 200000 };
    static const char start[] = "{\"a\":{\"x\":";
    char *header = malloc(sizeof start + MANY);
    memcpy(header, start, sizeof start);
    memset(header + sizeof start - 1, '[', MANY);
    header[sizeof start - 1 + MANY] = '\0';
    size_t size;
    rill_message message = { "" };
    unsigned char *bytes = make_file(header, 0, &size);
    ck_assert_ptr_null(rill_safetensors_parse(bytes, size, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "nested too deep"));
    free(bytes);
    free(header);
}
END_TEST

/* The file that the tests below take apart. */
static const float weights[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
static const double moment = 0.25;
static const int32_t steps[2] = { 7, -7 };

static void write_sample(buffer *out, int reversed)
{
    const rill_safetensors_entry entries[2][4] = {
        { { .name = "w", .dtype = RILL_F32, .shape = RILL_SHAPE(2, 3), .data = weights },
          { .name = "m", .dtype = RILL_F64, .shape = RILL_SCALAR, .data = &moment },
          { .name = "b", .dtype = RILL_F32, .shape = RILL_SHAPE(0), .data = NULL },
          { .name = "steps", .dtype = RILL_I32, .shape = RILL_SHAPE(2), .data = steps } },
        { { .name = "steps", .dtype = RILL_I32, .shape = RILL_SHAPE(2), .data = steps },
          { .name = "b", .dtype = RILL_F32, .shape = RILL_SHAPE(0), .data = NULL },
          { .name = "m", .dtype = RILL_F64, .shape = RILL_SCALAR, .data = &moment },
          { .name = "w", .dtype = RILL_F32, .shape = RILL_SHAPE(2, 3), .data = weights } },
    };
    const rill_safetensors_pair metadata[2][2] = { { { "net", "mlp" }, { "caf\xc3\xa9", "\"\n" } },
                                                   { { "caf\xc3\xa9", "\"\n" },
                                                     { "net", "mlp" } } };
    *out = (buffer){ .room = sizeof out->bytes };
    ck_assert_int_eq(
        rill_safetensors_write(entries[reversed], 4, metadata[reversed], 2, sink_of(out), NULL),
        RILL_OK);
}

START_TEST(what_is_written_is_read)
{
    buffer out;
    write_sample(&out, 0);
    rill_safetensors *file = rill_safetensors_parse(out.bytes, out.size, NULL);
    ck_assert_ptr_nonnull(file);
    const rill_safetensors_entry *w = rill_safetensors_find(file, "w");
    rill_shape shape = RILL_SHAPE(2, 3);
    ck_assert_int_eq(w->dtype, RILL_F32);
    ck_assert_str_eq(w->type, "F32");
    ck_assert(rill_shape_equal(&w->shape, &shape));
    ck_assert_mem_eq(w->data, weights, sizeof weights);
    ck_assert_mem_eq(rill_safetensors_find(file, "m")->data, &moment, 8);
    ck_assert_mem_eq(rill_safetensors_find(file, "steps")->data, steps, 8);
    ck_assert_uint_eq(rill_safetensors_find(file, "b")->size, 0);
    ck_assert_ptr_null(rill_safetensors_find(file, "W"));
    ck_assert_str_eq(rill_safetensors_metadata(file, "net"), "mlp");
    ck_assert_str_eq(rill_safetensors_metadata(file, "caf\xc3\xa9"), "\"\n");
    ck_assert_ptr_null(rill_safetensors_metadata(file, "path"));
    rill_safetensors_free(file);
}
END_TEST

START_TEST(order_of_the_list_does_not_matter)
{
    buffer a, b;
    write_sample(&a, 0);
    write_sample(&b, 1);
    ck_assert_uint_eq(a.size, b.size);
    ck_assert_mem_eq(a.bytes, b.bytes, a.size);
}
END_TEST

/* The layout of the reference: wide types first, then names; the header fills a multiple of 8. */
START_TEST(known_bytes)
{
    static const char header[] =
        "{\"__metadata__\":{\"caf\xc3\xa9\":\"\\\"\\n\",\"net\":\"mlp\"},"
        "\"m\":" T("F64", "[]", "[0,8]") ",\"b\":" T(
            "F32", "[0]", "[8,8]") ","
                                   "\"w\":" T("F32", "[2,3]", "[8,32]") ",\"steps\":" T(
                                       "I32", "[2]", "[32,40]") "}";
    buffer out;
    write_sample(&out, 0);
    size_t length = (sizeof header - 1 + 7) / 8 * 8;
    ck_assert_uint_eq(out.size, 8 + length + 40);
    ck_assert_uint_eq((unsigned char)out.bytes[0] + 256u * (unsigned char)out.bytes[1], length);
    ck_assert_mem_eq(out.bytes + 8, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < length; i++)
        ck_assert_int_eq(out.bytes[8 + i], ' ');
    ck_assert_mem_eq(out.bytes + 8 + length, &moment, 8);
}
END_TEST

START_TEST(every_prefix_is_refused)
{
    buffer out;
    write_sample(&out, 0);
    for (size_t length = 0; length < out.size; length++) {
        char *prefix = malloc(length + !length);
        memcpy(prefix, out.bytes, length);
        ck_assert_ptr_null(rill_safetensors_parse(prefix, length, NULL));
        free(prefix);
    }
}
END_TEST

/* Whatever is still accepted lies within the bytes. */
START_TEST(no_changed_byte_leads_outside)
{
    buffer out;
    write_sample(&out, 0);
    for (size_t at = 0; at < out.size; at++) {
        char kept = out.bytes[at];
        for (int value = 0; value < 256; value++) {
            out.bytes[at] = (char)value;
            rill_safetensors *file = rill_safetensors_parse(out.bytes, out.size, NULL);
            for (size_t i = 0; i < rill_safetensors_count(file); i++) {
                const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
                const char *data = entry->data;
                ck_assert(data >= out.bytes && data + entry->size <= out.bytes + out.size);
            }
            rill_safetensors_free(file);
        }
        out.bytes[at] = kept;
    }
}
END_TEST

static const struct {
    rill_safetensors_entry entry;
    const char *message;
} unwritable[] = {
    { { .name = NULL, .data = weights }, "NULL" },
    { { .name = "\xff", .data = weights }, "not UTF-8" },
    { { .name = "__metadata__", .data = weights }, "reserved" },
    { { .name = "x", .dtype = RILL_DTYPE_COUNT, .data = weights }, "no such dtype" },
    { { .name = "x", .dtype = (rill_dtype)-1, .data = weights }, "no such dtype" },
    { { .name = "x", .shape = { .rank = -1 }, .data = weights }, "shape" },
    { { .name = "x", .shape = { .rank = 9 }, .data = weights }, "shape" },
    { { .name = "x", .shape = { .rank = 1, .dim = { -2 } }, .data = weights }, "shape" },
    { { .name = "x", .data = NULL }, "data is NULL" },
    { { .name = "w", .data = weights }, "'w' is there twice" },
};

START_TEST(bad_entries_are_refused)
{
    rill_message message = { "" };
    buffer out = { .room = sizeof out.bytes };
    rill_safetensors_entry entries[2] = { { .name = "w", .data = weights }, unwritable[_i].entry };
    ck_assert_int_eq(rill_safetensors_write(entries, 2, NULL, 0, sink_of(&out), &message),
                     RILL_BAD_ARGUMENT);
    ck_assert_msg(strstr(message.text, unwritable[_i].message), "%s", message.text);
    ck_assert_uint_eq(out.size, 0);
}
END_TEST

START_TEST(bad_metadata_is_refused)
{
    const rill_safetensors_pair bad_pairs[][2] = { { { "a", "b" }, { "a", "c" } },
                                                   { { "a", "b" }, { NULL, "c" } },
                                                   { { "a", "b" }, { "c", NULL } },
                                                   { { "a", "b" }, { "c", "\x80" } } };
    for (int i = 0; i < COUNT(bad_pairs); i++) {
        buffer out = { .room = sizeof out.bytes };
        ck_assert_int_eq(rill_safetensors_write(NULL, 0, bad_pairs[i], 2, sink_of(&out), NULL),
                         RILL_BAD_ARGUMENT);
    }
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    buffer out = { .room = sizeof out.bytes };
    const rill_sink none = { NULL, NULL };
    ck_assert_int_eq(rill_safetensors_write(NULL, 1, NULL, 0, sink_of(&out), NULL),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_safetensors_write(NULL, 0, NULL, 1, sink_of(&out), NULL),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_safetensors_write(NULL, 0, NULL, 0, none, NULL), RILL_BAD_ARGUMENT);
    ck_assert_ptr_null(rill_safetensors_parse(NULL, 0, NULL));
    ck_assert_ptr_null(rill_safetensors_parse(NULL, 100, NULL));
    ck_assert_ptr_null(rill_safetensors_at(NULL, 0));
    ck_assert_ptr_null(rill_safetensors_find(NULL, "a"));
    ck_assert_ptr_null(rill_safetensors_metadata(NULL, "a"));
    ck_assert_ptr_null(rill_safetensors_metadata_at(NULL, 0));
    ck_assert_uint_eq(rill_safetensors_metadata_count(NULL), 0);
    rill_safetensors_free(NULL);
    write_sample(&out, 0);
    rill_safetensors *file = rill_safetensors_parse(out.bytes, out.size, NULL);
    ck_assert_ptr_null(rill_safetensors_at(file, 4));
    ck_assert_ptr_null(rill_safetensors_find(file, NULL));
    ck_assert_ptr_null(rill_safetensors_metadata_at(file, 2));
    ck_assert_ptr_null(rill_safetensors_metadata(file, NULL));
    rill_safetensors_free(file);
}
END_TEST

START_TEST(a_failing_sink_stops_the_writing)
{
    buffer whole;
    write_sample(&whole, 0);
    const rill_safetensors_entry entry = {
        .name = "w", .dtype = RILL_F32, .shape = RILL_SHAPE(2, 3), .data = weights
    };
    for (size_t room = 0; room < 80; room++) {
        rill_message message = { "" };
        buffer out = { .room = room };
        ck_assert_int_eq(rill_safetensors_write(&entry, 1, NULL, 0, sink_of(&out), &message),
                         RILL_IO);
        ck_assert_ptr_nonnull(strstr(message.text, "writing failed"));
    }
}
END_TEST

/* The nth allocation fails, for every n: no memory is reported, nothing leaks (a sanitizer looks),
 * and the same call then succeeds. */
START_TEST(every_allocation_may_fail)
{
    buffer whole;
    write_sample(&whole, 0);
    rill_safetensors *file = NULL;
    int failures = 0;
    while (!file) {
        rill_message message = { "" };
        rill_alloc_fail(failures + 1, _i);
        file = rill_safetensors_parse(whole.bytes, whole.size, &message);
        rill_alloc_fail(0, 0);
        failures += !file;
        ck_assert_msg(file || strstr(message.text, "out of memory"), "%s", message.text);
    }
    ck_assert_int_ge(failures, 5);
    const rill_safetensors_entry entry = *rill_safetensors_find(file, "w");
    for (int64_t n = 1;; n++) {
        buffer out = { .room = sizeof out.bytes };
        rill_alloc_fail(n, _i);
        rill_status status = rill_safetensors_write(
            &entry, 1, rill_safetensors_metadata_at(file, 0), 2, sink_of(&out), NULL);
        rill_alloc_fail(0, 0);
        if (status == RILL_OK)
            break;
        ck_assert_int_eq(status, RILL_NO_MEMORY);
        ck_assert_uint_eq(out.size, 0);
    }
    rill_safetensors_free(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("safetensors");
    TCase *tests = tcase_create("safetensors");
    tcase_add_loop_test(tests, well_formed_files_are_read, 0, COUNT(good));
    tcase_add_loop_test(tests, malformed_files_are_refused, 0, COUNT(bad));
    tcase_add_loop_test(tests, files_that_begin_wrong_are_refused, 0, COUNT(bad_starts));
    tcase_add_test(tests, deep_nesting_is_refused);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, order_of_the_list_does_not_matter);
    tcase_add_test(tests, known_bytes);
    tcase_add_test(tests, every_prefix_is_refused);
    tcase_add_test(tests, no_changed_byte_leads_outside);
    tcase_add_loop_test(tests, bad_entries_are_refused, 0, COUNT(unwritable));
    tcase_add_test(tests, bad_metadata_is_refused);
    tcase_add_test(tests, null_arguments_are_refused);
    tcase_add_test(tests, a_failing_sink_stops_the_writing);
    tcase_add_loop_test(tests, every_allocation_may_fail, 0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
