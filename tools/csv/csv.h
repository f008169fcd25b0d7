/* csv.h - tables of numbers as text: the .csv that a user brings, and those that rill writes.
 *
 * Cells are separated by semicolons, else by commas, else by blanks and tabs: by the first of these
 * that the first row has.  Lines end in LF, CR LF or CR.  A first line that holds no number is a
 * header, and one that begins with # a comment, wherever it stands.  A cell may stand in double
 * quotes.  `nan` and `inf` are numbers here; whoever cannot use them refuses them.  Empty lines may
 * follow the last row, and a byte-order mark of UTF-8 may come first. The decimal point is a point,
 * in the C locale. */
#ifndef RILL_TOOLS_CSV_CSV_H
#define RILL_TOOLS_CSV_CSV_H

#include <base/status.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_csv {
    double *values; /* [rows,columns], row-major */
    int64_t rows, columns;
    int has_header;
    char **words; /* [word_count], of a column of labels: distinct, in the order of their bytes */
    int64_t word_count; /* 0: it has numbers */
} rill_csv;

/* Words that a column may have; more are no labels. */
#define RILL_CSV_MOST_WORDS 1000

/* Parses `size` bytes.  RILL_BAD_FORMAT with the line and the column, what stands there and what
 * should; RILL_NO_MEMORY; RILL_BAD_ARGUMENT.  On failure *out is empty. */
rill_status rill_csv_parse(const char *text, size_t size, rill_csv *out, rill_message *message);
/* The same, where column `label`, from 1, may have words: if it does in the first row it has them
 * in all, each a text in UTF-8, and values has the place of each among `words`.  0: none may. */
rill_status rill_csv_parse_labelled(const char *text, size_t size, int64_t label, rill_csv *out,
                                    rill_message *message);
void rill_csv_free(rill_csv *csv);
/* The line, from 1, on which row `row`, from 0, of a text that parses stands; 0: there is none. */
int64_t rill_csv_line(const char *text, size_t size, int64_t row);

/* Writes values [rows,columns] as text that parses to the same bits, each number as short as that
 * allows; `header` [columns] or NULL.  *text is the caller's to free(), *size without the '\0' that
 * ends it. RILL_BAD_ARGUMENT also for a header that holds a quote or a line's end. */
rill_status rill_csv_format(const double *values, int64_t rows, int64_t columns,
                            const char *const *header, char **text, size_t *size,
                            rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
