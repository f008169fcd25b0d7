/* words.h - the labels of a column, while they are read. */
#ifndef RILL_TOOLS_CSV_WORDS_H
#define RILL_TOOLS_CSV_WORDS_H

#include "csv.h"

/* The number of a word among those of the table so far, to which it is added: *number.
 * RILL_BAD_FORMAT: it is no text, or one too many; the message has no place. */
rill_status csv_add_word(rill_csv *csv, const char *at, size_t length, double *number,
                         rill_message *message);
/* Puts the words in order, and makes the numbers of column `label`, from 1, those places. */
void csv_sort_words(rill_csv *csv, int64_t label);
void csv_free_words(rill_csv *csv);

#endif
