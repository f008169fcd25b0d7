/* test_json.c - the JSON parser: values, escapes, and everything that is not JSON. */
#include "formats/json.h"
#include "tests/suite.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const struct {
    const char *source, *text;
} strings[] = {
    { "\"\"", "" },
    { "  \"a b\"", "a b" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
    { "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac" },
    { "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80" },
    { "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
    { "\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"", "\xc3\xa9\xf0\x9f\x98\x80\x7f" },
};

START_TEST(strings_are_unescaped)
{
    char out[64];
    rill_json json = rill_json_begin(strings[_i].source, strlen(strings[_i].source));
    ck_assert(rill_json_string(&json, out));
    ck_assert(rill_json_end(&json));
    ck_assert_str_eq(out, strings[_i].text);
}
END_TEST

static const struct {
    const char *source, *fault;
} bad_strings[] = {
    { "", "expected a string" },
    { "a", "expected a string" },
    { "\"", "does not end" },
    { "\"abc", "does not end" },
    { "\"\\", "unknown escape" },
    { "\"\\\"", "does not end" },
    { "\"\\x41\"", "unknown escape" },
    { "\"\\u12\"", "hexadecimal" },
    { "\"\\u12G4\"", "hexadecimal" },
    { "\"\\u", "hexadecimal" },
    { "\"\\u0000\"", "\\u0000" },
    { "\"\\ud800\"", "surrogate" },
    { "\"\\udc00\\ud800\"", "surrogate" },
    { "\"\\ud800\\u0041\"", "surrogate" },
    { "\"\\ud800\\ud800\"", "surrogate" },
    { "\"\\ud800\\n\"", "surrogate" },
    { "\"\n\"", "control character" },
    { "\"\x1f\"", "control character" },
    { "\"\x80\"", "UTF-8" },             /* a byte that only continues */
    { "\"\xc0\x80\"", "UTF-8" },         /* overlong NUL */
    { "\"\xe0\x80\x80\"", "UTF-8" },     /* overlong */
    { "\"\xed\xa0\x80\"", "UTF-8" },     /* a surrogate */
    { "\"\xf4\x90\x80\x80\"", "UTF-8" }, /* above 10ffff */
    { "\"\xff\"", "UTF-8" },
    { "\"\xe2\x82\"", "UTF-8" },
    { "\"\xe2\x82", "UTF-8" },
};

START_TEST(malformed_strings_are_refused)
{
    char out[64];
    rill_json json = rill_json_begin(bad_strings[_i].source, strlen(bad_strings[_i].source));
    ck_assert(!rill_json_string(&json, out));
    ck_assert_msg(strstr(json.fault, bad_strings[_i].fault), "%s", json.fault);
}
END_TEST

static const struct {
    const char *source;
    int64_t value;
    const char *fault;
} integers[] = {
    { "0", 0, NULL },
    { " 42 ", 42, NULL },
    { "-7", -7, NULL },
    { "9223372036854775807", INT64_MAX, NULL },
    { "-9223372036854775808", INT64_MIN, NULL },
    { "9223372036854775808", 0, "64 bits" },
    { "-9223372036854775809", 0, "64 bits" },
    { "99999999999999999999999", 0, "64 bits" },
    { "01", 0, "begins with 0" },
    { "1.0", 0, "integer" },
    { "1e3", 0, "integer" },
    { "- 1", 0, "integer" },
    { "-", 0, "integer" },
    { "+1", 0, "integer" },
    { "", 0, "integer" },
    { "\"1\"", 0, "integer" },
    { "null", 0, "integer" },
};

START_TEST(integers_fit_or_are_refused)
{
    int64_t value;
    rill_json json = rill_json_begin(integers[_i].source, strlen(integers[_i].source));
    int done = rill_json_int(&json, &value);
    ck_assert_int_eq(done, integers[_i].fault == NULL);
    if (done)
        ck_assert(value == integers[_i].value && rill_json_end(&json));
    else
        ck_assert_msg(strstr(json.fault, integers[_i].fault), "%s", json.fault);
}
END_TEST

static const char *const values[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1.25e+10",
    "1E5",
    "0.5",
    "\"x\"",
    "[]",
    "{}",
    "[ ]",
    "{ }",
    "[1,2,3]",
    "{\"a\":1,\"b\":[{},[],{\"c\":null}]}",
    " [ [ [ ] ] , { \"k\" : { } } ] ",
};

static const char *const bad_values[] = {
    "",           "nul",      "True", "01",        ".5",        "1.",    "1e",      "1e+",
    "-",          "--1",      "'x'",  "[",         "]",         "{",     "}",       "[1",
    "[1,",        "[1,]",     "[,1]", "[1 2]",     "[1}",       "{1:2}", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{\"a\":1", "{,}",  "{\"a\" 1}", "{\"a\":1]", "[[[",   "[]]",     "1 2",
    "{} {}",      "/* */ 1",  "NaN",  "Infinity",  "\"\\q\"",
};

static int is_json(const char *bytes, size_t size)
{
    rill_json json = rill_json_begin(bytes, size);
    return rill_json_skip(&json) && rill_json_end(&json);
}

START_TEST(any_value_is_skipped)
{
    ck_assert_msg(is_json(values[_i], strlen(values[_i])), "%s", values[_i]);
}
END_TEST

START_TEST(malformed_values_are_refused)
{
    ck_assert_msg(!is_json(bad_values[_i], strlen(bad_values[_i])), "%s", bad_values[_i]);
}
END_TEST

START_TEST(depth_is_bounded)
{
    enum { MANY = 1000000 };
    char *deep = malloc(2 * MANY);
    memset(deep, '[', MANY);
    memset(deep + MANY, ']', MANY);
    const int most = RILL_JSON_DEPTH;
    ck_assert(is_json(deep + MANY - most, 2 * (size_t)most));
    ck_assert(!is_json(deep + MANY - most - 1, 2 * (size_t)most + 2));
    ck_assert(!is_json(deep, (size_t)2 * MANY));
    free(deep);
}
END_TEST

START_TEST(objects_are_walked)
{
    static const char source[] = "{\"a\": [1, 2], \"b\": []}";
    char key[8];
    int64_t sum = 0, value;
    int keys = 0;
    rill_json json = rill_json_begin(source, sizeof source - 1);
    ck_assert(rill_json_open(&json, '{'));
    while (rill_json_more(&json, '}')) {
        ck_assert(rill_json_key(&json, key));
        ck_assert_int_eq(key[0], 'a' + keys++);
        ck_assert(rill_json_open(&json, '['));
        while (rill_json_more(&json, ']'))
            sum += rill_json_int(&json, &value) ? value : 100;
    }
    ck_assert(rill_json_end(&json));
    ck_assert_int_eq(keys, 2);
    ck_assert_int_eq(sum, 3);
}
END_TEST

/* Once wrong, always wrong: the caller may look at the end only. */
START_TEST(the_first_fault_is_kept)
{
    int64_t value;
    rill_json json = rill_json_begin("x {}", 4);
    ck_assert(!rill_json_int(&json, &value));
    const char *fault = json.fault;
    ck_assert(!rill_json_open(&json, '{'));
    ck_assert(!rill_json_more(&json, '}'));
    ck_assert(!rill_json_string(&json, NULL));
    ck_assert(!rill_json_key(&json, NULL));
    ck_assert(!rill_json_end(&json));
    ck_assert_str_eq(json.fault, fault);
}
END_TEST

START_TEST(quoted_strings_come_back)
{
    char quoted[256], back[256];
    const char *text = strings[_i].text;
    size_t length = rill_json_quote(text, quoted);
    ck_assert_uint_eq(length, rill_json_quote(text, NULL));
    rill_json json = rill_json_begin(quoted, length);
    ck_assert(rill_json_string(&json, back) && rill_json_end(&json));
    ck_assert_str_eq(back, text);
}
END_TEST

START_TEST(quoting_escapes_only_what_must_be)
{
    char out[64] = { 0 };
    ck_assert_uint_eq(rill_json_quote("a\"\\/\n\x01\xc3\xa9", out), 18);
    ck_assert_str_eq(out, "\"a\\\"\\\\/\\n\\u0001\xc3\xa9\"");
    ck_assert_uint_eq(rill_json_quote("\xc3", out), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");
    tcase_add_loop_test(tests, strings_are_unescaped, 0, COUNT(strings));
    tcase_add_loop_test(tests, malformed_strings_are_refused, 0, COUNT(bad_strings));
    tcase_add_loop_test(tests, integers_fit_or_are_refused, 0, COUNT(integers));
    tcase_add_loop_test(tests, any_value_is_skipped, 0, COUNT(values));
    tcase_add_loop_test(tests, malformed_values_are_refused, 0, COUNT(bad_values));
    tcase_add_test(tests, depth_is_bounded);
    tcase_add_test(tests, objects_are_walked);
    tcase_add_test(tests, the_first_fault_is_kept);
    tcase_add_loop_test(tests, quoted_strings_come_back, 0, COUNT(strings));
    tcase_add_test(tests, quoting_escapes_only_what_must_be);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
