#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_words_free(cli_words *words)
{
    for (int64_t i = 0; i < words->count; i++)
        free(words->word[i]);
    free(words->word);
    *words = (cli_words){ NULL };
}

int64_t cli_words_find(const cli_words *words, const char *word)
{
    for (int64_t i = 0; i < words->count; i++)
        if (strcmp(words->word[i], word) == 0)
            return i;
    return -1;
}

const char *cli_words_list(const cli_words *words, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (int64_t i = 0; i < words->count; i++) {
        const char *before = i ? ", " : ": ";
        if (used + strlen(words->word[i]) + sizeof ", , ..." > size) {
            snprintf(text + used, size - used, "%s...", before);
            break;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", before, words->word[i]);
    }
    return text;
}

static rill_status unknown(const char *path, const char *word, const cli_words *model,
                           rill_message *message)
{
    char known[200];
    if (model->count == 0)
        return rill_fail(message, RILL_MISMATCH,
                         "'%.200s' has the label '%.40s'; those of the model are numbers", path,
                         word);
    return rill_fail(message, RILL_MISMATCH, "'%.150s' has the label '%.40s'; the model knows%s",
                     path, word, cli_words_list(model, known, sizeof known));
}

rill_status cli_words_translate(const char *path, const cli_words *file, const cli_words *model,
                                int32_t *labels, int64_t n, rill_message *message)
{
    int64_t *to = malloc((size_t)(file->count + 1) * sizeof *to);
    rill_status status = to ? RILL_OK : rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (int64_t i = 0; i < file->count && status == RILL_OK; i++) {
        to[i] = cli_words_find(model, file->word[i]);
        if (to[i] < 0)
            status = unknown(path, file->word[i], model, message);
    }
    for (int64_t i = 0; i < n && file->count > 0 && status == RILL_OK; i++)
        labels[i] = (int32_t)to[labels[i]];
    free(to);
    return status;
}
