/* Tables of numbers, read. */
#include "words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 400 }; /* of characters: a denormal written out in full */

/* A stretch of the text, not terminated. */
struct span {
    const char *at;
    size_t length;
};

struct reader {
    const char *at, *end;
    char separator; /* ' ' stands for blanks and tabs, any number of them */
    int64_t line;   /* of the line last read, from 1 */
    int64_t label;  /* the column, from 1, that may have words; 0: none */
    size_t capacity;
    rill_csv *csv;
    rill_message *message;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trimmed(struct span s)
{
    while (s.length > 0 && is_blank(s.at[0]))
        s.at++, s.length--;
    while (s.length > 0 && is_blank(s.at[s.length - 1]))
        s.length--;
    return s;
}

/* Takes a line off the text, without its end; 0 when there is none. */
static int next_line(const char **at, const char *end, struct span *line)
{
    if (*at == end)
        return 0;
    const char *stop = *at;
    while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
    *line = (struct span){ *at, (size_t)(stop - *at) };
    if (stop < end)
        stop += stop[0] == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1;
    *at = stop;
    return 1;
}

/* The next line that is no comment, trimmed; 0 when there is none. */
static int next_content(struct reader *r, struct span *line)
{
    while (next_line(&r->at, r->end, line)) {
        r->line++;
        *line = trimmed(*line);
        if (line->length == 0 || line->at[0] != '#')
            return 1;
    }
    return 0;
}

static int separates(char separator, char c)
{
    return separator == ' ' ? is_blank(c) : c == separator;
}

/* Takes a cell off a line, up to a separator that is not in quotes.  *more tells whether one
 * followed. */
static struct span next_cell(struct span *line, char separator, int *more)
{
    size_t i = 0;
    int quoted = 0;
    for (; i < line->length && (quoted || !separates(separator, line->at[i])); i++)
        quoted ^= line->at[i] == '"';
    struct span cell = { line->at, i };
    *more = i < line->length;
    line->at += i + (size_t)*more;
    line->length -= i + (size_t)*more;
    if (separator == ' ')
        *line = trimmed(*line);
    return trimmed(cell);
}

static int64_t count_cells(struct span line, char separator)
{
    int64_t count = 0;
    int more = 1;
    for (line = trimmed(line); more; count++)
        next_cell(&line, separator, &more);
    return count;
}

static char separator_of(struct span line)
{
    if (memchr(line.at, ';', line.length))
        return ';';
    return memchr(line.at, ',', line.length) ? ',' : ' ';
}

static struct span unquoted(struct span cell)
{
    if (cell.length >= 2 && cell.at[0] == '"' && cell.at[cell.length - 1] == '"')
        return trimmed((struct span){ cell.at + 1, cell.length - 2 });
    return cell;
}

/* Reads a decimal number, nan or inf.  What strtod takes besides (hexadecimal, nan(...), leading
 * white space) is refused, and so is a number too large for a double. */
static int read_number(struct span cell, double *value)
{
    char copy[LONGEST_NUMBER + 1], *stop;
    cell = unquoted(cell);
    if (cell.length == 0 || cell.length > LONGEST_NUMBER)
        return 0;
    memcpy(copy, cell.at, cell.length);
    copy[cell.length] = '\0';
    if (strlen(copy) != cell.length || strpbrk(copy, "xX( \t\v\f"))
        return 0;
    errno = 0;
    *value = strtod(copy, &stop);
    return *stop == '\0' && !(errno == ERANGE && isinf(*value));
}

/* A first line without a single number in it.  One that mixes numbers and words is a row with a
 * mistake, which must not be dropped in silence. */
static int is_header(struct span line, char separator)
{
    int more = 1;
    double value;
    line = trimmed(line);
    while (more)
        if (read_number(next_cell(&line, separator, &more), &value))
            return 0;
    return 1;
}

/* A cell as a message shows it: cut, and with what is not printable as '?'. */
static const char *shown(struct span cell, char text[32])
{
    size_t length = cell.length < 24 ? cell.length : 24;
    for (size_t i = 0; i < length; i++)
        text[i] = cell.at[i] >= ' ' && cell.at[i] <= '~' ? cell.at[i] : '?';
    strcpy(text + length, cell.length > length ? "..." : "");
    return text;
}

/* A number as most of Europe writes it. */
static int has_decimal_comma(struct span cell)
{
    char copy[LONGEST_NUMBER];
    double value;
    cell = unquoted(cell);
    if (cell.length > sizeof copy || !memchr(cell.at, ',', cell.length))
        return 0;
    memcpy(copy, cell.at, cell.length);
    *(char *)memchr(copy, ',', cell.length) = '.';
    return read_number((struct span){ copy, cell.length }, &value);
}

static rill_status bad_cell(const struct reader *r, int64_t column, struct span cell)
{
    char text[32];
    int word = column == r->label && r->csv->word_count > 0;
    const char *expected = word                      ? "a word, as before"
                           : has_decimal_comma(cell) ? "a number with a decimal point"
                                                     : "a number";
    if (cell.length == 0)
        return rill_fail(r->message, RILL_BAD_FORMAT, "line %lld, column %lld: empty; expected %s",
                         (long long)r->line, (long long)column, expected);
    return rill_fail(r->message, RILL_BAD_FORMAT, "line %lld, column %lld: \"%s\"; expected %s",
                     (long long)r->line, (long long)column, shown(cell, text), expected);
}

/* The first row decides whether labels are words. */
static rill_status read_cell(const struct reader *r, int64_t column, struct span cell,
                             double *value)
{
    rill_message reason;
    int number = read_number(cell, value), first = r->csv->rows == 0;
    struct span word = unquoted(cell);
    int in_words = column == r->label && (first ? !number : r->csv->word_count > 0);
    if (number && !in_words)
        return RILL_OK;
    if (number || !in_words || word.length == 0)
        return bad_cell(r, column, cell);
    rill_status status = csv_add_word(r->csv, word.at, word.length, value, &reason);
    return status == RILL_OK ? status
                             : rill_fail(r->message, status, "line %lld, column %lld: %s",
                                         (long long)r->line, (long long)column, reason.text);
}

static rill_status append(struct reader *r, double value, size_t count)
{
    if (count == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 64;
        double *grown = capacity > PTRDIFF_MAX / sizeof *grown
                            ? NULL
                            : realloc(r->csv->values, capacity * sizeof *grown);
        if (!grown)
            return rill_fail(r->message, RILL_NO_MEMORY, "no memory for line %lld",
                             (long long)r->line);
        r->csv->values = grown;
        r->capacity = capacity;
    }
    r->csv->values[count] = value;
    return RILL_OK;
}

static rill_status read_row(struct reader *r, struct span line)
{
    rill_csv *csv = r->csv;
    int64_t columns = count_cells(line, r->separator);
    if (csv->columns == 0)
        csv->columns = columns;
    if (columns != csv->columns)
        return rill_fail(r->message, RILL_BAD_FORMAT,
                         "line %lld: %lld columns; expected %lld, as before", (long long)r->line,
                         (long long)columns, (long long)csv->columns);
    for (int64_t column = 0; column < columns; column++) {
        double value;
        int more;
        struct span cell = next_cell(&line, r->separator, &more);
        rill_status status = read_cell(r, column + 1, cell, &value);
        if (status == RILL_OK)
            status = append(r, value, (size_t)(csv->rows * columns + column));
        if (status != RILL_OK)
            return status;
    }
    csv->rows++;
    return RILL_OK;
}

/* A header of blank-separated words need not have as many as there are columns. */
static void read_header(struct reader *r, struct span line)
{
    r->csv->has_header = 1;
    if (r->separator != ' ')
        r->csv->columns = count_cells(line, r->separator);
}

static rill_status read_lines(struct reader *r)
{
    struct span line;
    int64_t empty = 0;
    while (next_content(r, &line)) {
        if (line.length == 0 && empty == 0)
            empty = r->line;
        if (line.length == 0)
            continue;
        if (empty)
            return rill_fail(r->message, RILL_BAD_FORMAT,
                             "line %lld is empty, with more after it; expected a row",
                             (long long)empty);
        rill_status status = RILL_OK;
        if (!r->csv->has_header && r->csv->rows == 0 && is_header(line, r->separator))
            read_header(r, line);
        else
            status = read_row(r, line);
        if (status != RILL_OK)
            return status;
    }
    if (r->csv->rows == 0)
        return rill_fail(r->message, RILL_BAD_FORMAT, "%s; expected rows of numbers",
                         r->csv->has_header ? "a header and no rows" : "no rows");
    return RILL_OK;
}

/* The separator that the first row shows: the first line, or the second where that is a header. */
static char find_separator(struct reader r)
{
    struct span first = { r.at, 0 }, second;
    next_content(&r, &first);
    char separator = separator_of(first);
    if (is_header(first, separator) && next_content(&r, &second) && second.length > 0)
        separator = separator_of(second);
    return separator;
}

static struct reader reader_of(const char *text, size_t size)
{
    struct reader r = { .at = text, .end = text + size };
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        r.at += 3;
    r.separator = find_separator(r);
    return r;
}

rill_status rill_csv_parse(const char *text, size_t size, rill_csv *out, rill_message *message)
{
    return rill_csv_parse_labelled(text, size, 0, out, message);
}

rill_status rill_csv_parse_labelled(const char *text, size_t size, int64_t label, rill_csv *out,
                                    rill_message *message)
{
    if (!out)
        return rill_fail(message, RILL_BAD_ARGUMENT, "no place to put the table");
    *out = (rill_csv){ .values = NULL };
    if (!text)
        return rill_fail(message, RILL_BAD_ARGUMENT, "no text to read a table from");
    if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return rill_fail(message, RILL_BAD_FORMAT, "it is UTF-16; expected UTF-8 or ASCII");
    struct reader reader = reader_of(text, size);
    reader.label = label;
    reader.csv = out;
    reader.message = message;
    rill_status status = read_lines(&reader);
    if (status == RILL_OK)
        csv_sort_words(out, label);
    else
        rill_csv_free(out);
    return status;
}

void rill_csv_free(rill_csv *csv)
{
    if (!csv)
        return;
    free(csv->values);
    csv_free_words(csv);
    *csv = (rill_csv){ .values = NULL };
}

int64_t rill_csv_line(const char *text, size_t size, int64_t row)
{
    struct reader r = reader_of(text, size);
    struct span line;
    int64_t before = 0, lines = 0;
    while (next_content(&r, &line)) {
        if (line.length == 0 || (lines++ == 0 && is_header(line, r.separator)))
            continue;
        if (before++ == row)
            return r.line;
    }
    return 0;
}
