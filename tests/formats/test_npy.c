/* test_npy.c - .npy: what numpy writes is read, what we write is what numpy would, the rest is
 * refused. */
#include "base/alloc.h"
#include "formats/file.h"
#include "formats/npy.h"
#include "formats/npy_file.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLOATS_2x3 "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"

/* A file of the given version: header text, then `data` bytes counting 0, 1, 2...  The block has
 * exactly its size, so that a sanitizer sees any read beyond. */
static unsigned char *make_file(int major, int minor, const char *header, size_t data, size_t *size)
{
    size_t length = strlen(header), field = major == 1 ? 2 : 4;
    *size = 8 + field + length + data;
    unsigned char *file = malloc(*size);
    ck_assert_ptr_nonnull(file);
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)major;
    file[7] = (unsigned char)minor;
    for (size_t i = 0; i < field; i++)
        file[8 + i] = (unsigned char)(length >> 8 * i);
    memcpy(file + 8 + field, header, length);
    for (size_t i = 0; i < data; i++)
        file[8 + field + length + i] = (unsigned char)i;
    return file;
}

static const struct {
    const char *header;
    rill_npy_type type;
    int rank;
    int64_t dim[3];
    size_t data;
} good[] = {
    { FLOATS_2x3, RILL_NPY_F4, 2, { 2, 3 }, 24 },
    { FLOATS_2x3 "      \n", RILL_NPY_F4, 2, { 2, 3 }, 24 },
    { "{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": ()}", RILL_NPY_F8, 0, { 0 }, 8 },
    { "{'shape':(7,),'fortran_order':False,'descr':'=i4'}", RILL_NPY_I4, 1, { 7 }, 28 },
    { "{'descr': '<i8', 'fortran_order': False, 'shape': (2,0,5)}",
      RILL_NPY_I8,
      3,
      { 2, 0, 5 },
      0 },
    { "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", RILL_NPY_U1, 1, { 3 }, 3 },
    { " { 'descr' : '<u1' , 'fortran_order' : False , 'shape' : ( 3 , 1 , ) , } ",
      RILL_NPY_U1,
      2,
      { 3, 1 },
      3 },
};

START_TEST(well_formed_files_are_read)
{
    for (int major = 1; major <= 3; major++) {
        size_t size;
        rill_npy npy;
        rill_message message = { "" };
        unsigned char *file = make_file(major, 0, good[_i].header, good[_i].data, &size);
        ck_assert_msg(rill_npy_parse(file, size, &npy, &message) == RILL_OK, "%s", message.text);
        rill_shape shape = rill_shape_make(good[_i].rank, good[_i].dim);
        ck_assert_int_eq(npy.type, good[_i].type);
        ck_assert(rill_shape_equal(&npy.shape, &shape));
        ck_assert_int_eq(rill_npy_count(&npy), rill_shape_count(&shape));
        ck_assert_ptr_eq(npy.data, file + size - good[_i].data);
        free(file);
    }
}
END_TEST

#define D(descr, order, shape)                                                                     \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"

/* Headers that are refused, with a part of the message that must be there. */
static const struct {
    const char *header;
    size_t data;
    rill_status status;
    const char *message;
} bad[] = {
    { D("'>f4'", "False", "(2,)"), 8, RILL_UNSUPPORTED, "big-endian type '>f4'" },
    { D("'>i8'", "False", "(1,)"), 8, RILL_UNSUPPORTED, "big-endian" },
    { D("'<f2'", "False", "(2,)"), 4, RILL_UNSUPPORTED, "type '<f2'" },
    { D("'<f16'", "False", "(1,)"), 16, RILL_UNSUPPORTED, "type '<f16'" },
    { D("'|b1'", "False", "(2,)"), 2, RILL_UNSUPPORTED, "'|b1'" },
    { D("'<c8'", "False", "(2,)"), 16, RILL_UNSUPPORTED, "'<c8'" },
    { D("'|O'", "False", "(2,)"), 16, RILL_UNSUPPORTED, "'|O'" },
    { D("'<U3'", "False", "(2,)"), 24, RILL_UNSUPPORTED, "'<U3'" },
    { D("'|i1'", "False", "(2,)"), 2, RILL_UNSUPPORTED, "'|i1'" },
    { D("'<u4'", "False", "(2,)"), 8, RILL_UNSUPPORTED, "'<u4'" },
    { D("'|f4'", "False", "(2,)"), 8, RILL_UNSUPPORTED, "'|f4'" },
    { D("''", "False", "(2,)"), 8, RILL_UNSUPPORTED, "type ''" },
    { D("[('a', '<f4')]", "False", "(2,)"), 8, RILL_UNSUPPORTED, "structured" },
    { D("<f4", "False", "(2,)"), 8, RILL_BAD_FORMAT, "expected a quoted string, found '<f4" },
    { D("'<f4\\x00'", "False", "(2,)"), 8, RILL_BAD_FORMAT, "short quoted string" },
    { D("'<f4'", "0", "(2,3)"), 24, RILL_BAD_FORMAT, "True or False" },
    { D("'<f4'", "None", "(2,3)"), 24, RILL_BAD_FORMAT, "True or False" },
    { D("'<f4'", "Falsehood", "(2,3)"), 24, RILL_BAD_FORMAT, "',' or '}'" },
    { D("'<f4'", "False", "(-2,)"), 8, RILL_BAD_FORMAT, "negative extent" },
    { D("'<f4'", "False", "(2, -3)"), 8, RILL_BAD_FORMAT, "negative extent" },
    { D("'<f4'", "False", "(9223372036854775807,)"), 8, RILL_BAD_FORMAT, "too large" },
    { D("'<f4'", "False", "(9223372036854775808,)"), 8, RILL_BAD_FORMAT, "64 bits" },
    { D("'<f4'", "False", "(18446744073709551618,)"), 8, RILL_BAD_FORMAT, "64 bits" },
    { D("'<f4'", "False", "(99999999999999999999999999,)"), 8, RILL_BAD_FORMAT, "64 bits" },
    { D("'<f4'", "False", "(4294967296, 4294967296)"), 8, RILL_BAD_FORMAT, "too large" },
    { D("'<f4'", "False", "(4294967296, 4294967296, 0)"), 0, RILL_BAD_FORMAT, "too large" },
    { D("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), 4, RILL_UNSUPPORTED, "rank above 8" },
    { D("'<f4'", "False", "(2)"), 8, RILL_BAD_FORMAT, "tuple such as (2,)" },
    { D("'<f4'", "False", "2"), 8, RILL_BAD_FORMAT, "a tuple" },
    { D("'<f4'", "False", "[2]"), 8, RILL_BAD_FORMAT, "a tuple" },
    { D("'<f4'", "False", "(2.0,)"), 8, RILL_BAD_FORMAT, "',' or ')'" },
    { D("'<f4'", "False", "(1e3,)"), 8, RILL_BAD_FORMAT, "',' or ')'" },
    { D("'<f4'", "False", "(0x10,)"), 8, RILL_BAD_FORMAT, "',' or ')'" },
    { D("'<f4'", "False", "(,)"), 4, RILL_BAD_FORMAT, "a whole number" },
    { D("'<f4'", "False", "(2,,3)"), 24, RILL_BAD_FORMAT, "a whole number" },
    { D("'<f4'", "False", "(2 3)"), 24, RILL_BAD_FORMAT, "',' or ')'" },
    { D("'<f4'", "False", "(+2,)"), 8, RILL_BAD_FORMAT, "a whole number" },
    { D("'<f4'", "False", "('2',)"), 8, RILL_BAD_FORMAT, "a whole number" },
    { D("'<f4'", "False", "((2,),)"), 8, RILL_BAD_FORMAT, "a whole number" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,", 8, RILL_BAD_FORMAT, "whole number" },
    { "{'descr': '<f4', 'fortran_order': False, }", 8, RILL_BAD_FORMAT, "'shape' is missing" },
    { "{'fortran_order': False, 'shape': (2,)}", 8, RILL_BAD_FORMAT, "'descr' is missing" },
    { "{'descr': '<f4', 'shape': (2,)}", 8, RILL_BAD_FORMAT, "'fortran_order' is missing" },
    { "{}", 0, RILL_BAD_FORMAT, "missing" },
    { "", 0, RILL_BAD_FORMAT, "expected '{'" },
    { "       \n", 0, RILL_BAD_FORMAT, "expected '{'" },
    { "[]", 0, RILL_BAD_FORMAT, "expected '{'" },
    { "{,}", 0, RILL_BAD_FORMAT, "quoted string" },
    { "{'descr' '<f4'}", 0, RILL_BAD_FORMAT, "':' after a key" },
    { "{'descr: '<f4'}", 0, RILL_BAD_FORMAT, "unknown key 'descr: '" },
    { "{'descr", 0, RILL_BAD_FORMAT, "quoted string" },
    { "{'descr': '<f4'", 0, RILL_BAD_FORMAT, "',' or '}'" },
    { "{descr: '<f4'}", 0, RILL_BAD_FORMAT, "quoted string" },
    { "{'order': 'C', 'descr': '<f4'}", 0, RILL_BAD_FORMAT, "unknown key 'order'" },
    { "{'descr': '<f4', 'descr': '<f8'}", 0, RILL_BAD_FORMAT, "'descr' is there twice" },
    { "{'shape': (1,), 'shape': (2,)}", 0, RILL_BAD_FORMAT, "'shape' is there twice" },
    { FLOATS_2x3 " import os", 24, RILL_BAD_FORMAT, "nothing after '}', found 'import os'" },
    { FLOATS_2x3 "}", 24, RILL_BAD_FORMAT, "nothing after '}'" },
    { FLOATS_2x3, 23, RILL_BAD_FORMAT, "expected 24 bytes of data, found 23" },
    { FLOATS_2x3, 0, RILL_BAD_FORMAT, "truncated: expected 24" },
    { FLOATS_2x3, 25, RILL_BAD_FORMAT, "bytes after the data: expected 24" },
    { D("'<f4'", "True", "(2,3)"), 23, RILL_BAD_FORMAT, "expected 24 bytes of data, found 23" },
    { D("'<f4'", "Truehood", "(2,3)"), 24, RILL_BAD_FORMAT, "',' or '}'" },
    { D("'<f4'", "False", "(0,)"), 4, RILL_BAD_FORMAT, "expected 0 bytes of data, found 4" },
};

START_TEST(malformed_headers_are_refused)
{
    size_t size;
    rill_npy npy;
    rill_message message = { "" };
    unsigned char *file = make_file(1, 0, bad[_i].header, bad[_i].data, &size);
    rill_status status = rill_npy_parse(file, size, &npy, &message);
    ck_assert_msg(status == bad[_i].status, "status %d: %s", status, message.text);
    ck_assert_msg(strstr(message.text, bad[_i].message), "'%s' is not in '%s'", bad[_i].message,
                  message.text);
    ck_assert_int_eq(rill_npy_count(&npy), -1);
    ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), status);
    free(file);
}
END_TEST

static const struct {
    const char *bytes;
    size_t size;
    rill_status status;
    const char *message;
} bad_starts[] = {
    { "", 0, RILL_BAD_FORMAT, "not a .npy file" },
    { "\x93NUMPY", 6, RILL_BAD_FORMAT, "not a .npy file" },
    { "PK\x03\x04 a zip", 12, RILL_BAD_FORMAT, "not a .npy file" },
    { "\x93NUMPZ\x01\x00\x00\x00", 10, RILL_BAD_FORMAT, "not a .npy file" },
    { "\x93NUMPY\x00\x00\x00\x00", 10, RILL_UNSUPPORTED, "version 0.0" },
    { "\x93NUMPY\x01\x01\x00\x00", 10, RILL_UNSUPPORTED, "version 1.1" },
    { "\x93NUMPY\x04\x00\x00\x00", 10, RILL_UNSUPPORTED, "version 4.0" },
    { "\x93NUMPY\xff\xff\x00\x00", 10, RILL_UNSUPPORTED, "version 255.255" },
    { "\x93NUMPY\x01\x00\x00", 9, RILL_BAD_FORMAT, "expected at least 10 bytes, found 9" },
    { "\x93NUMPY\x02\x00\x00\x00\x00", 11, RILL_BAD_FORMAT, "expected at least 12 bytes" },
    { "\x93NUMPY\x01\x00\xff\xff{}", 12, RILL_BAD_FORMAT, "should have 65535 bytes, 2 are left" },
    { "\x93NUMPY\x03\x00\xff\xff\xff\xff{}", 14, RILL_BAD_FORMAT, "should have 4294967295 bytes" },
};

START_TEST(files_that_begin_wrong_are_refused)
{
    rill_npy npy;
    rill_message message = { "" };
    rill_status status = rill_npy_parse(bad_starts[_i].bytes, bad_starts[_i].size, &npy, &message);
    ck_assert_msg(status == bad_starts[_i].status, "status %d: %s", status, message.text);
    ck_assert_msg(strstr(message.text, bad_starts[_i].message), "%s", message.text);
}
END_TEST

START_TEST(every_prefix_is_refused)
{
    size_t size;
    unsigned char *file = make_file(1, 0, FLOATS_2x3, 24, &size);
    for (size_t length = 0; length < size; length++) {
        rill_npy npy;
        unsigned char *prefix = malloc(length + !length);
        memcpy(prefix, file, length);
        ck_assert_int_eq(rill_npy_parse(prefix, length, &npy, NULL), RILL_BAD_FORMAT);
        free(prefix);
    }
    free(file);
}
END_TEST

/* Whatever is still accepted describes exactly the data that is there. */
START_TEST(no_changed_byte_is_read_past_the_end)
{
    size_t size;
    unsigned char *file = make_file(1, 0, FLOATS_2x3, 24, &size);
    for (size_t at = 0; at < size; at++) {
        unsigned char kept = file[at];
        for (int value = 0; value < 256; value++) {
            rill_npy npy;
            double elements[24];
            file[at] = (unsigned char)value;
            if (rill_npy_parse(file, size, &npy, NULL) != RILL_OK)
                continue;
            ck_assert_int_le(rill_npy_count(&npy), 24);
            ck_assert_int_eq(rill_npy_read_f64(&npy, elements, 0, rill_npy_count(&npy), NULL),
                             RILL_OK);
        }
        file[at] = kept;
    }
    free(file);
}
END_TEST

/* Header and elements of an array as a file in memory. */
static size_t build(rill_npy_type type, rill_shape shape, const void *data, char *out, size_t room)
{
    size_t length = 0;
    ck_assert_int_eq(rill_npy_header(type, &shape, out, room, &length), RILL_OK);
    size_t size = (size_t)rill_shape_count(&shape) * rill_npy_type_size(type);
    ck_assert_uint_le(length + size, room);
    memcpy(out + length, data, size);
    return length + size;
}

/* Bytes 0, 1, 2... where the first axis is the fastest: element (i,j,k) is i + 2 (j + 3 k). */
START_TEST(columns_first_are_read_as_rows)
{
    size_t size;
    rill_npy npy;
    double all[24], some[5];
    float f4[24];
    int32_t i4[24];
    unsigned char *file = make_file(1, 0, D("'|u1'", "True", "(2, 3, 4)"), 24, &size);
    ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f64(&npy, all, 0, 24, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f32(&npy, f4, 0, 24, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_i32(&npy, i4, 0, 24, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f64(&npy, some, 17, 5, NULL), RILL_OK);
    for (int i = 0; i < 24; i++) {
        int value = i / 12 + 2 * (i / 4 % 3 + 3 * (i % 4));
        ck_assert_int_eq((int)all[i], value);
        ck_assert_int_eq((int)f4[i], value);
        ck_assert_int_eq(i4[i], value);
        if (i >= 17 && i < 22)
            ck_assert_int_eq((int)some[i - 17], value);
    }
    ck_assert_int_eq(rill_npy_read_f64(&npy, all, 20, 5, NULL), RILL_BAD_ARGUMENT);
    free(file);
    file = make_file(1, 0, D("'<f8'", "True", "(3, 0)"), 0, &size);
    ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f64(&npy, all, 0, 0, NULL), RILL_OK);
    free(file);
}
END_TEST

START_TEST(values_survive_at_any_alignment)
{
    const double values[] = { -1.5, 0, -0.0, 3, 1e300, HUGE_VAL };
    char file[1024];
    double back[6];
    for (size_t shift = 0; shift < 8; shift++) {
        rill_npy npy;
        size_t size = build(RILL_NPY_F8, RILL_SHAPE(2, 3), values, file + shift, 1000);
        ck_assert_int_eq(rill_npy_parse(file + shift, size, &npy, NULL), RILL_OK);
        ck_assert_int_eq(rill_npy_read_f64(&npy, back, 0, 6, NULL), RILL_OK);
        ck_assert_mem_eq(back, values, sizeof values);
        ck_assert_int_eq(rill_npy_read_f64(&npy, back, 4, 1, NULL), RILL_OK);
        ck_assert(back[0] == values[4]);
    }
}
END_TEST

START_TEST(every_type_converts)
{
    const float f4[] = { -2, 0, 7 };
    const double f8[] = { -2, 0, 7 };
    const int32_t i4[] = { -2, 0, 7 };
    const int64_t i8[] = { -2, 0, 7 };
    const unsigned char u1[] = { 254, 0, 7 };
    const void *const all[RILL_NPY_TYPE_COUNT] = { f4, f8, i4, i8, u1 };
    for (int type = 0; type < RILL_NPY_TYPE_COUNT; type++) {
        char file[256];
        rill_npy npy;
        double as_f64[3];
        float as_f32[3];
        int32_t as_i32[3];
        size_t size = build((rill_npy_type)type, RILL_SHAPE(3), all[type], file, sizeof file);
        ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), RILL_OK);
        ck_assert_int_eq(rill_npy_read_f64(&npy, as_f64, 0, 3, NULL), RILL_OK);
        ck_assert_int_eq(rill_npy_read_f32(&npy, as_f32, 0, 3, NULL), RILL_OK);
        ck_assert_int_eq(rill_npy_read_i32(&npy, as_i32, 0, 3, NULL), RILL_OK);
        int first = type == RILL_NPY_U1 ? 254 : -2;
        ck_assert(as_f64[0] == first && as_f64[1] == 0 && as_f64[2] == 7);
        ck_assert((int)as_f32[0] == first && (int)as_f32[2] == 7);
        ck_assert(as_i32[0] == first && as_i32[1] == 0 && as_i32[2] == 7);
    }
}
END_TEST

static const struct {
    double value;
    int to_f32, to_i32; /* whether it converts */
} edges[] = {
    { 2147483647.0, 1, 1 },
    { 2147483648.0, 1, 0 },
    { -2147483648.0, 1, 1 },
    { -2147483649.0, 1, 0 },
    { 0.5, 1, 0 },
    { (double)NAN, 1, 0 },
    { HUGE_VAL, 1, 0 },
    { -HUGE_VAL, 1, 0 },
    { 1e300, 0, 0 },
    { -1e300, 0, 0 },
    { 0x1.fffffep127, 1, 0 },  /* the largest float */
    { 0x1.fffffefp127, 1, 0 }, /* rounds down to it */
    { 0x1.ffffffp127, 0, 0 },  /* rounds up to infinity */
    { 1e-300, 1, 0 },
};

START_TEST(values_that_do_not_fit_are_refused)
{
    char file[256];
    rill_npy npy;
    float f;
    int32_t i;
    rill_message message = { "" };
    size_t size = build(RILL_NPY_F8, RILL_SHAPE(1), &edges[_i].value, file, sizeof file);
    ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f32(&npy, &f, 0, 1, &message),
                     edges[_i].to_f32 ? RILL_OK : RILL_BAD_FORMAT);
    ck_assert_int_eq(rill_npy_read_i32(&npy, &i, 0, 1, &message),
                     edges[_i].to_i32 ? RILL_OK : RILL_BAD_FORMAT);
    if (!edges[_i].to_i32)
        ck_assert_ptr_nonnull(strstr(message.text, "element 0 is"));
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    const double value[2] = { 1, 2 };
    char file[256];
    double out[2];
    float f;
    int32_t i;
    rill_npy npy, empty = { 0 };
    rill_shape shape = RILL_SHAPE(2), invalid = RILL_SHAPE(-1);
    size_t size = build(RILL_NPY_F8, shape, value, file, sizeof file), length;
    ck_assert_int_eq(rill_npy_parse(NULL, 5, &npy, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_parse(NULL, 0, &npy, NULL), RILL_BAD_FORMAT);
    ck_assert_int_eq(rill_npy_parse(file, size, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_parse(file, size, &npy, NULL), RILL_OK);
    const int64_t ranges[][2] = { { -1, 1 },
                                  { 0, 3 },
                                  { 3, 0 },
                                  { 0, -1 },
                                  { 1, INT64_MAX },
                                  { INT64_MAX, 1 },
                                  { INT64_MIN, INT64_MIN } };
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
        ck_assert_int_eq(rill_npy_read_f64(&npy, out, ranges[k][0], ranges[k][1], NULL),
                         RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_read_f64(&npy, out, 2, 0, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f64(&npy, NULL, 0, 0, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_read_f64(&npy, NULL, 0, 1, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_read_f64(NULL, out, 0, 1, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_read_f32(&empty, &f, 0, 0, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_read_i32(NULL, &i, 0, 1, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &invalid, file, 256, &length), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, NULL, file, 256, &length), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header((rill_npy_type)-1, &shape, file, 256, &length),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &shape, NULL, 0, &length), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &shape, file, 127, &length), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &shape, file, 128, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &shape, file, 128, &length), RILL_OK);
    ck_assert_uint_eq(length, 128);
}
END_TEST

/* The first bytes of numpy.save of a [3,4] array of float32, and that the header fills 128 bytes.
 */
START_TEST(header_is_what_numpy_writes)
{
    static const char start[] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, "
                                "'shape': (3, 4), }    ";
    char header[RILL_NPY_HEADER_MAX];
    size_t length;
    rill_shape shape = RILL_SHAPE(3, 4);
    ck_assert_int_eq(rill_npy_header(RILL_NPY_F4, &shape, header, sizeof header, &length), RILL_OK);
    ck_assert_uint_eq(length, 128);
    ck_assert_mem_eq(header, start, sizeof start - 1);
    ck_assert_int_eq(header[127], '\n');
}
END_TEST

START_TEST(header_of_every_shape_fits)
{
    const int64_t most = RILL_MAX_COUNT;
    const rill_shape shapes[] = { RILL_SCALAR, RILL_SHAPE(0), RILL_SHAPE(most),
                                  RILL_SHAPE(most, 0, most, 0, most, 0, most, 0),
                                  RILL_SHAPE(1, 2, 3, 4, 5, 6, 7, 8) };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        char header[RILL_NPY_HEADER_MAX];
        size_t length = 0;
        rill_status status =
            rill_npy_header(RILL_NPY_U1, &shapes[i], header, sizeof header, &length);
        ck_assert_int_eq(status, rill_shape_valid(&shapes[i]) ? RILL_OK : RILL_BAD_ARGUMENT);
        ck_assert_uint_eq(length % 64, 0);
    }
}
END_TEST

static char path[32];

static void make_path(void)
{
    strcpy(path, "/tmp/rill-npy-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(a_saved_array_is_loaded)
{
    const float values[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
    float back[6];
    rill_npy npy;
    void *bytes;
    rill_shape shape = RILL_SHAPE(2, 3);
    make_path();
    ck_assert_int_eq(rill_npy_save(path, RILL_NPY_F4, &shape, values, NULL), RILL_OK);
    ck_assert_int_eq(rill_npy_load(path, &npy, &bytes, NULL), RILL_OK);
    ck_assert(rill_shape_equal(&npy.shape, &shape));
    ck_assert_int_eq(rill_npy_read_f32(&npy, back, 0, 6, NULL), RILL_OK);
    ck_assert_mem_eq(back, values, sizeof values);
    rill_file_free(bytes);
    unlink(path);
}
END_TEST

START_TEST(load_and_save_fail_cleanly)
{
    rill_npy npy;
    void *bytes = &npy;
    rill_message message = { "" };
    rill_shape shape = RILL_SHAPE(2), invalid = RILL_SHAPE(-2);
    const float values[2] = { 1, 2 };
    make_path();
    ck_assert_int_eq(rill_npy_load(path, &npy, &bytes, &message), RILL_BAD_FORMAT);
    ck_assert_ptr_nonnull(strstr(message.text, path));
    ck_assert_ptr_null(bytes);
    ck_assert_int_eq(rill_npy_load(path, NULL, &bytes, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_load(NULL, &npy, &bytes, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_load(path, &npy, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_save(path, RILL_NPY_F4, &invalid, values, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_save(path, RILL_NPY_F4, &shape, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_save(NULL, RILL_NPY_F4, &shape, values, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_npy_save("/no/such/dir/x.npy", RILL_NPY_F4, &shape, values, NULL),
                     RILL_IO);
    unlink(path);
}
END_TEST

START_TEST(no_memory_is_reported)
{
    rill_npy npy;
    void *bytes;
    const float values[2] = { 1, 2 };
    rill_shape shape = RILL_SHAPE(2);
    make_path();
    rill_alloc_fail(1, 0);
    ck_assert_int_ne(rill_npy_save(path, RILL_NPY_F4, &shape, values, NULL), RILL_OK);
    rill_alloc_fail(0, 0);
    ck_assert_int_eq(rill_npy_save(path, RILL_NPY_F4, &shape, values, NULL), RILL_OK);
    rill_alloc_fail(1, 0);
    ck_assert_int_eq(rill_npy_load(path, &npy, &bytes, NULL), RILL_NO_MEMORY);
    ck_assert_ptr_null(bytes);
    rill_alloc_fail(0, 0);
    unlink(path);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("npy");
    TCase *tests = tcase_create("npy");
    tcase_add_loop_test(tests, well_formed_files_are_read, 0, COUNT(good));
    tcase_add_loop_test(tests, malformed_headers_are_refused, 0, COUNT(bad));
    tcase_add_loop_test(tests, files_that_begin_wrong_are_refused, 0, COUNT(bad_starts));
    tcase_add_test(tests, every_prefix_is_refused);
    tcase_add_test(tests, no_changed_byte_is_read_past_the_end);
    tcase_add_test(tests, columns_first_are_read_as_rows);
    tcase_add_test(tests, values_survive_at_any_alignment);
    tcase_add_test(tests, every_type_converts);
    tcase_add_loop_test(tests, values_that_do_not_fit_are_refused, 0, COUNT(edges));
    tcase_add_test(tests, bad_arguments_are_refused);
    tcase_add_test(tests, header_is_what_numpy_writes);
    tcase_add_test(tests, header_of_every_shape_fits);
    tcase_add_test(tests, a_saved_array_is_loaded);
    tcase_add_test(tests, load_and_save_fail_cleanly);
    tcase_add_test(tests, no_memory_is_reported);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
