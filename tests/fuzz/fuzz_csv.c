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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rill_csv csv;
    rill_message message;
    if (rill_csv_parse((const char *)bytes, size, &csv, &message) != RILL_OK)
        return 0;
    if (csv.rows < 1 || csv.columns < 1)
        abort();
    write_again(&csv);
    rill_csv_free(&csv);
    return 0;
}
