/* fuzz_csv.c - any bytes at all as a .csv file: refused, or a table that survives being written. */
#include "tools/csv/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int same(double a, double b)
{
    return a == b || (a != a && b != b);
}

static void write_again(const rill_csv *csv)
{
    char *text;
    size_t size;
    rill_csv back;
    if (rill_csv_format(csv->values, csv->rows, csv->columns, NULL, &text, &size, NULL) != RILL_OK)
        abort();
    if (rill_csv_parse(text, size, &back, NULL) != RILL_OK)
        abort();
    if (back.rows != csv->rows || back.columns != csv->columns)
        abort();
    for (int64_t i = 0; i < csv->rows * csv->columns; i++)
        if (!same(back.values[i], csv->values[i]))
            abort();
    rill_csv_free(&back);
    free(text);
}

/* Words differ, are in order, and every label is the place of one. */
static void read_labels(const char *text, size_t size, int64_t label)
{
    rill_csv csv;
    if (rill_csv_parse_labelled(text, size, label, &csv, NULL) != RILL_OK)
        return;
    for (int64_t i = 1; i < csv.word_count; i++)
        if (strcmp(csv.words[i - 1], csv.words[i]) >= 0)
            abort();
    for (int64_t i = 0; csv.word_count > 0 && i < csv.rows; i++)
        if (!(csv.values[i * csv.columns + label - 1] < (double)csv.word_count))
            abort();
    rill_csv_free(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rill_csv csv;
    rill_message message;
    for (int64_t label = 1; label <= 3; label++)
        read_labels((const char *)bytes, size, label);
    if (rill_csv_parse((const char *)bytes, size, &csv, &message) != RILL_OK)
        return 0;
    if (csv.rows < 1 || csv.columns < 1)
        abort();
    write_again(&csv);
    rill_csv_free(&csv);
    return 0;
}
