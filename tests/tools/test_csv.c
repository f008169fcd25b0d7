/* test_csv.c - tables of numbers as text: what is read, what is refused and why, what is written.
 */
#include "tests/suite.h"
#include "tools/csv/csv.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts that say the same as the table 1 2 3 / 4 5 6. */
static const struct {
    const char *text;
    int header;
} same[] = {
    { "1,2,3\n4,5,6\n", 0 },
    { "1,2,3\n4,5,6", 0 },
    { "1,2,3\r\n4,5,6\r\n", 0 },
    { "1,2,3\r4,5,6\r", 0 },
    { "1,2,3\n4,5,6\n\n\n", 0 },
    { "1,2,3\n4,5,6\n  \n\t\r\n", 0 },
    { "1;2;3\n4;5;6\n", 0 },
    { "1\t2\t3\n4\t5\t6\n", 0 },
    { "1 2 3\n4 5 6\n", 0 },
    { "  1   2 3  \n4 \t 5 6\n", 0 },
    { " 1 , 2 , 3 \n 4 , 5 , 6 \n", 0 },
    { "\"1\",\"2\",\"3\"\n4,\" 5 \",6\n", 0 },
    { "\xef\xbb\xbf"
      "1,2,3\n4,5,6\n",
      0 },
    { "+1,2.,3.0\n.4e1,5e0,600E-2\n", 0 },
    { "a,b,c\n1,2,3\n4,5,6\n", 1 },
    { "a;b;c\r\n1;2;3\r\n4;5;6\r\n", 1 },
    { "\"a,1\",\"b\",\"c\"\n1,2,3\n4,5,6\n", 1 },
    { "a,,\n1,2,3\n4,5,6\n", 1 },
    { "three columns, then\n1 2 3\n4 5 6\n", 1 },
    { "# made by hand\n1 2 3\n4 5 6\n", 0 },
    { "# made, by hand\n # in May\na;b;c\n1;2;3\n#4;5;6\n4;5;6\n# end", 1 },
    { "\xef\xbb\xbf#\n1 2 3\n4 5 6\n\n#\n", 0 },
    { "x0\tx1\tx2\n1\t2\t3\n4\t5\t6\n", 1 },
};

enum { SAME = sizeof same / sizeof same[0] };

START_TEST(the_same_table_in_many_spellings)
{
    rill_csv csv;
    rill_message message = { "" };
    rill_status status = rill_csv_parse(same[_i].text, strlen(same[_i].text), &csv, &message);
    ck_assert_msg(status == RILL_OK, "%s: %s", same[_i].text, message.text);
    ck_assert_int_eq(csv.rows, 2);
    ck_assert_int_eq(csv.columns, 3);
    ck_assert_int_eq(csv.has_header, same[_i].header);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(csv.values[i], i + 1);
    rill_csv_free(&csv);
}
END_TEST

/* A text that is refused, and what the message says. */
static const struct {
    const char *text, *message;
} bad[] = {
    { "", "no rows; expected rows of numbers" },
    { "\n", "no rows; expected rows of numbers" },
    { "\r\n\r\n  \n", "no rows; expected rows of numbers" },
    { "\xef\xbb\xbf", "no rows; expected rows of numbers" },
    { "# 1\n", "no rows; expected rows of numbers" },
    { "# 1\n1,2\n#\n3,x\n", "line 4, column 2: \"x\"; expected a number" },
    { "# 1\na,b\nc,d\n", "line 3, column 1: \"c\"; expected a number" },
    { "a,b\n", "a header and no rows; expected rows of numbers" },
    { "hello", "a header and no rows; expected rows of numbers" },
    { "a,b\n\n\n", "a header and no rows; expected rows of numbers" },
    { "1,2\n3\n", "line 2: 1 columns; expected 2, as before" },
    { "1,2\n3,4,5\n", "line 2: 3 columns; expected 2, as before" },
    { "1,2\n3,4\n5,6,\n", "line 3: 3 columns; expected 2, as before" },
    { "a,b,c\n1,2\n", "line 2: 2 columns; expected 3, as before" },
    { "1 2\n3 4 5\n", "line 2: 3 columns; expected 2, as before" },
    { "1;2\n3,4\n", "line 2: 1 columns; expected 2, as before" },
    { "1,2x\n3,4\n", "line 1, column 2: \"2x\"; expected a number" },
    { "NA,2\n3,4\n", "line 1, column 1: \"NA\"; expected a number" },
    { "made by 2 hands\n1 2\n", "line 1, column 1: \"made\"; expected a number" },
    { "a,b\n1,\n", "line 2, column 2: empty; expected a number" },
    { "1,2\n,4\n", "line 2, column 1: empty; expected a number" },
    { "1,2\n,\n", "line 2, column 1: empty; expected a number" },
    { "1,2\n3,x\n", "line 2, column 2: \"x\"; expected a number" },
    { "1,2\n3,4x\n", "line 2, column 2: \"4x\"; expected a number" },
    { "1,2\n3,--4\n", "line 2, column 2: \"--4\"; expected a number" },
    { "1,2\n3,1.2.3\n", "line 2, column 2: \"1.2.3\"; expected a number" },
    { "1,2\n3,1e\n", "line 2, column 2: \"1e\"; expected a number" },
    { "1,2\n3,.\n", "line 2, column 2: \".\"; expected a number" },
    { "1,2\n3,0x10\n", "line 2, column 2: \"0x10\"; expected a number" },
    { "1,2\n3,nan(7)\n", "line 2, column 2: \"nan(7)\"; expected a number" },
    { "1,2\n3,1e999\n", "line 2, column 2: \"1e999\"; expected a number" },
    { "1,2\n3,-1e999\n", "line 2, column 2: \"-1e999\"; expected a number" },
    { "1,2\n3,4 5\n", "line 2, column 2: \"4 5\"; expected a number" },
    { "1,2\n3,\"4\n", "line 2, column 2: \"\"4\"; expected a number" },
    { "1,2\n3,\"4\"5\n", "line 2, column 2: \"\"4\"5\"; expected a number" },
    { "1,2\n3,\"\"\n", "line 2, column 2: \"\"\"\"; expected a number" },
    { "1,2\n3,\v4\n", "line 2, column 2: \"?4\"; expected a number" },
    { "1,2\n3,\xc3\xa9\n", "line 2, column 2: \"??\"; expected a number" },
    { "1;2\n3;1,5\n", "line 2, column 2: \"1,5\"; expected a number with a decimal point" },
    { "1;2\n3;\"-1,5e3\"\n",
      "line 2, column 2: \"\"-1,5e3\"\"; expected a number with a decimal point" },
    { "1;2\n3;1.234,5\n", "line 2, column 2: \"1.234,5\"; expected a number" },
    { "1;2\n3;,\n", "line 2, column 2: \",\"; expected a number" },
    { "\xff\xfe"
      "1,2",
      "it is UTF-16; expected UTF-8 or ASCII" },
    { "1,2\n3,NA\n", "line 2, column 2: \"NA\"; expected a number" },
    { "1,2\nx,y\n3,4\n", "line 2, column 1: \"x\"; expected a number" },
    { "1,2\n\n3,4\n", "line 2 is empty, with more after it; expected a row" },
    { "\n1,2\n", "line 1 is empty, with more after it; expected a row" },
    { "a,b\n\n1,2\n", "line 2 is empty, with more after it; expected a row" },
    { "1\n2\n1234567890123456789012345678901234567890x\n",
      "line 3, column 1: \"123456789012345678901234...\"; expected a number" },
};

enum { BAD = sizeof bad / sizeof bad[0] };

START_TEST(what_is_wrong_is_said_and_where)
{
    rill_csv csv = { .rows = 7 };
    rill_message message = { "" };
    size_t size = strlen(bad[_i].text);
    char *exact = malloc(size + 1); /* of exactly its size, for the sanitizer */
    memcpy(exact, bad[_i].text, size);
    ck_assert_int_eq(rill_csv_parse(exact, size, &csv, &message), RILL_BAD_FORMAT);
    ck_assert_str_eq(message.text, bad[_i].message);
    ck_assert_ptr_null(csv.values);
    ck_assert_int_eq(csv.rows, 0);
    free(exact);
}
END_TEST

/* Texts whose column of labels has b, a, b and c, and where that column is. */
static const struct {
    const char *text;
    int64_t label;
} labelled[] = {
    { "1,b\n2,a\n3,b\n4,c\n", 2 },
    { "b;1;2\r\n\"a\";3;4\r\n b ;5;6\r\n\" c \";7;8\r\n", 1 },
    { "x,y,z\n1,b,7\n2,a,7\n3,b,7\n4,c,7\n", 2 },
    { "b 1\na 2\nb 3\nc 4\n", 1 },
};

START_TEST(labels_may_be_words)
{
    rill_csv csv;
    rill_message message = { "" };
    const char *text = labelled[_i].text;
    int64_t label = labelled[_i].label;
    const int places[] = { 1, 0, 1, 2 };
    rill_status status = rill_csv_parse_labelled(text, strlen(text), label, &csv, &message);
    ck_assert_msg(status == RILL_OK, "%s: %s", text, message.text);
    ck_assert_int_eq(csv.word_count, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(csv.words[i], i == 0 ? "a" : i == 1 ? "b" : "c");
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq(csv.values[i * csv.columns + label - 1], places[i]);
    rill_csv_free(&csv);
    ck_assert_int_eq(rill_csv_parse_labelled("1,2\n", 4, 2, &csv, &message), RILL_OK);
    ck_assert_int_eq(csv.word_count, 0);
    ck_assert_double_eq(csv.values[1], 2);
    rill_csv_free(&csv);
}
END_TEST

/* Of which column 2 has labels. */
static const struct {
    const char *text, *message;
} bad_labels[] = {
    { "1,a\n2,3\n", "line 2, column 2: \"3\"; expected a word, as before" },
    { "1,a\n2,nan\n", "line 2, column 2: \"nan\"; expected a word, as before" },
    { "1,a\n2,\n", "line 2, column 2: empty; expected a word, as before" },
    { "1,a\n2,\"\"\n", "line 2, column 2: \"\"\"\"; expected a word, as before" },
    { "1,2\n2,a\n", "line 2, column 2: \"a\"; expected a number" },
    { "1,a\nb,a\n", "line 2, column 1: \"b\"; expected a number" },
    { "1,a\n2,\xff\n", "line 2, column 2: a word that is not UTF-8" },
    { "1,a\n2,\"a\tb\"\n", "line 2, column 2: a word that is not UTF-8" },
};

enum { BAD_LABELS = sizeof bad_labels / sizeof bad_labels[0] };

START_TEST(labels_are_words_or_numbers)
{
    rill_csv csv;
    rill_message message = { "" };
    const char *text = bad_labels[_i].text;
    ck_assert_int_eq(rill_csv_parse_labelled(text, strlen(text), 2, &csv, &message),
                     RILL_BAD_FORMAT);
    ck_assert_str_eq(message.text, bad_labels[_i].message);
    ck_assert_ptr_null(csv.values);
    ck_assert_ptr_null(csv.words);
}
END_TEST

START_TEST(a_thousand_words_are_labels_and_more_are_not)
{
    enum { MOST = RILL_CSV_MOST_WORDS };
    static char text[(MOST + 1) * 16];
    rill_csv csv;
    rill_message message = { "" };
    size_t size = 0;
    for (int i = 0; i <= MOST; i++) {
        if (i == MOST)
            ck_assert_int_eq(rill_csv_parse_labelled(text, size, 2, &csv, &message), RILL_OK);
        size += (size_t)sprintf(text + size, "%d,w%04d\n", i, (7 * i) % MOST + (i == MOST) * MOST);
    }
    for (int i = 0; i < MOST; i++)
        ck_assert_double_eq(csv.values[2 * i + 1], (7 * i) % MOST);
    rill_csv_free(&csv);
    ck_assert_int_eq(rill_csv_parse_labelled(text, size, 2, &csv, &message), RILL_BAD_FORMAT);
    ck_assert_str_eq(message.text, "line 1001, column 2: more than 1000 different words, which are "
                                   "no labels");
}
END_TEST

/* A text, and the lines on which its two rows stand. */
static const struct {
    const char *text;
    int64_t line[2];
} placed[] = {
    { "1,2\n3,4", { 1, 2 } },
    { "a,b\r\n1,2\r\n3,4\r\n\r\n", { 2, 3 } },
    { "\xef\xbb\xbf# a\n\"x\" \"y\"\n#\n1 2\n#\n#\n3 4\n#\n", { 4, 7 } },
};

START_TEST(rows_have_lines)
{
    for (size_t i = 0; i < sizeof placed / sizeof *placed; i++) {
        size_t size = strlen(placed[i].text);
        for (int row = 0; row < 2; row++)
            ck_assert_int_eq(rill_csv_line(placed[i].text, size, row), placed[i].line[row]);
        ck_assert_int_eq(rill_csv_line(placed[i].text, size, 2), 0);
        ck_assert_int_eq(rill_csv_line(placed[i].text, size, -1), 0);
    }
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused)
{
    static const char nul[] = "1,2\n3,4\0005\n", wide[] = "1\0,\0002\0\n\0003\0,\0004\0\n\0";
    rill_csv csv;
    rill_message message;
    ck_assert_int_eq(rill_csv_parse(nul, sizeof nul - 1, &csv, &message), RILL_BAD_FORMAT);
    ck_assert_str_eq(message.text, "line 2, column 2: \"4?5\"; expected a number");
    ck_assert_int_eq(rill_csv_parse(wide, sizeof wide - 1, &csv, &message), RILL_BAD_FORMAT);
}
END_TEST

START_TEST(a_number_of_a_thousand_digits_is_refused_by_its_start)
{
    char text[1002];
    rill_csv csv;
    rill_message message;
    memset(text, '1', sizeof text);
    memcpy(text, "2\n", 2);
    ck_assert_int_eq(rill_csv_parse(text, sizeof text, &csv, &message), RILL_BAD_FORMAT);
    ck_assert_str_eq(message.text,
                     "line 2, column 1: \"111111111111111111111111...\"; expected a number");
}
END_TEST

START_TEST(infinities_and_nan_are_numbers_here)
{
    static const char text[] = "nan,inf\n-Infinity,NaN\n";
    rill_csv csv;
    ck_assert_int_eq(rill_csv_parse(text, strlen(text), &csv, NULL), RILL_OK);
    ck_assert_int_eq(csv.has_header, 0);
    ck_assert(isnan(csv.values[0]) && isnan(csv.values[3]));
    ck_assert(csv.values[1] == HUGE_VAL && csv.values[2] == -HUGE_VAL);
    rill_csv_free(&csv);
}
END_TEST

/* A row more and a column more than any of the steps by which memory grows. */
START_TEST(long_and_wide_tables)
{
    enum { ROWS = 1025, COLUMNS = 33 };
    double *values = malloc(sizeof(double) * ROWS * COLUMNS);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        values[i] =
            ldexp(i * 0.7 - 900.0, i % 2000 - 1000); /* all exponents, the smallest denormal */
    char *text;
    size_t size;
    rill_csv csv;
    ck_assert_int_eq(rill_csv_format(values, ROWS, COLUMNS, NULL, &text, &size, NULL), RILL_OK);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_int_eq(rill_csv_parse(text, size, &csv, NULL), RILL_OK);
    ck_assert_int_eq(csv.rows, ROWS);
    ck_assert_int_eq(csv.columns, COLUMNS);
    ck_assert_mem_eq(csv.values, values, sizeof(double) * ROWS * COLUMNS);
    rill_csv_free(&csv);
    free(text);
    free(values);
}
END_TEST

START_TEST(numbers_are_written_short)
{
    const double values[] = { 0.1, -0.0, 1e300, 1.0 / 3.0, nan(""), -HUGE_VAL, 5e-324, 100 };
    static const char *const header[] = { "step", "loss" };
    char *text;
    size_t size;
    ck_assert_int_eq(rill_csv_format(values, 4, 2, header, &text, &size, NULL), RILL_OK);
    ck_assert_str_eq(text, "step,loss\n0.1,-0\n1e+300,0.3333333333333333\nnan,-inf\n"
                           "4.94065645841247e-324,100\n");
    free(text);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    static const char *const quoted[] = { "a\"", "b" }, *const comma[] = { "a", "b,c" };
    static const char *const missing[] = { "a", NULL };
    double values[2] = { 1, 2 };
    char *text;
    size_t size;
    rill_csv csv;
    ck_assert_int_eq(rill_csv_parse(NULL, 3, &csv, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_parse("1", 1, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(NULL, 1, 2, NULL, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, -1, 2, NULL, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 0, NULL, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 2, NULL, NULL, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 2, NULL, &text, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 2, quoted, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 2, comma, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, 1, 2, missing, &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_csv_format(values, INT64_MAX, 2, NULL, &text, &size, NULL),
                     RILL_NO_MEMORY);
    ck_assert_int_eq(rill_csv_format(values, INT64_MAX / 8, 1, NULL, &text, &size, NULL),
                     RILL_NO_MEMORY);
    rill_csv_free(NULL);
}
END_TEST

static Suite *csv_suite(void)
{
    Suite *suite = suite_create("csv");
    TCase *reading = tcase_create("reading"), *writing = tcase_create("writing");
    tcase_add_loop_test(reading, the_same_table_in_many_spellings, 0, SAME);
    tcase_add_loop_test(reading, what_is_wrong_is_said_and_where, 0, BAD);
    tcase_add_loop_test(reading, labels_may_be_words, 0, sizeof labelled / sizeof labelled[0]);
    tcase_add_loop_test(reading, labels_are_words_or_numbers, 0, BAD_LABELS);
    tcase_add_test(reading, a_thousand_words_are_labels_and_more_are_not);
    tcase_add_test(reading, rows_have_lines);
    tcase_add_test(reading, bytes_that_are_no_text_are_refused);
    tcase_add_test(reading, a_number_of_a_thousand_digits_is_refused_by_its_start);
    tcase_add_test(reading, infinities_and_nan_are_numbers_here);
    tcase_add_test(writing, long_and_wide_tables);
    tcase_add_test(writing, numbers_are_written_short);
    tcase_add_test(writing, wrong_arguments_are_refused);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, writing);
    return suite;
}

int main(void)
{
    return run_suite(csv_suite());
}
