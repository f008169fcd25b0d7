/* words.h - labels that are words: label i is word[i], and they are in the order of their bytes. */
#ifndef RILL_TOOLS_CLI_WORDS_H
#define RILL_TOOLS_CLI_WORDS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cli_words {
    char **word;
    int64_t count; /* 0: labels are numbers */
} cli_words;

void cli_words_free(cli_words *words);
/* The label that a word stands for; -1: none. */
int64_t cli_words_find(const cli_words *words, const char *word);
/* ": setosa, versicolor, virginica", the first of very many; "" where there are none. */
const char *cli_words_list(const cli_words *words, char *text, size_t size);
/* Labels by the words of a file, those of the model from now on; nothing where the file has
 * numbers. RILL_MISMATCH: the model does not know one. */
rill_status cli_words_translate(const char *path, const cli_words *file, const cli_words *model,
                                int32_t *labels, int64_t n, rill_message *message);

#endif
