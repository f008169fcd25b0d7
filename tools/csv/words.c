#include "words.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static int is_text(const char *at, const char *end)
{
    size_t length = 1;
    for (; at < end && length > 0; at += length)
        length = (unsigned char)*at < ' ' ? 0 : rill_utf8_length(at, end);
    return length > 0;
}

static rill_status append(rill_csv *csv, const char *at, size_t length, rill_message *message)
{
    if (csv->word_count == RILL_CSV_MOST_WORDS)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "more than %d different words, which are no labels", RILL_CSV_MOST_WORDS);
    if (!is_text(at, at + length))
        return rill_fail(message, RILL_BAD_FORMAT, "a word that is not UTF-8");
    if (!csv->words)
        csv->words = malloc(RILL_CSV_MOST_WORDS * sizeof *csv->words);
    char *word = csv->words ? malloc(length + 1) : NULL;
    if (!word)
        return rill_fail(message, RILL_NO_MEMORY, "no memory for a word");
    memcpy(word, at, length);
    word[length] = '\0';
    csv->words[csv->word_count++] = word;
    return RILL_OK;
}

rill_status csv_add_word(rill_csv *csv, const char *at, size_t length, double *number,
                         rill_message *message)
{
    int64_t i = 0;
    while (i < csv->word_count &&
           (strncmp(csv->words[i], at, length) != 0 || csv->words[i][length] != '\0'))
        i++;
    *number = (double)i;
    return i < csv->word_count ? RILL_OK : append(csv, at, length, message);
}

/* All differ, so that the place of each is how many come before it. */
void csv_sort_words(rill_csv *csv, int64_t label)
{
    int64_t place[RILL_CSV_MOST_WORDS] = { 0 };
    char *sorted[RILL_CSV_MOST_WORDS];
    for (int64_t i = 0; i < csv->word_count; i++)
        for (int64_t j = 0; j < csv->word_count; j++)
            place[i] += strcmp(csv->words[j], csv->words[i]) < 0;
    for (int64_t i = 0; i < csv->word_count; i++)
        sorted[place[i]] = csv->words[i];
    if (csv->word_count > 0)
        memcpy(csv->words, sorted, (size_t)csv->word_count * sizeof *sorted);
    for (int64_t row = 0; csv->word_count > 0 && row < csv->rows; row++) {
        double *value = &csv->values[row * csv->columns + label - 1];
        *value = (double)place[(int64_t)*value];
    }
}

void csv_free_words(rill_csv *csv)
{
    for (int64_t i = 0; i < csv->word_count; i++)
        free(csv->words[i]);
    free(csv->words);
}
