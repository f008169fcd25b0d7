/* model_format.h (private) - the metadata of a model's file: what writing and reading have in
 * common.
 */
#ifndef RILL_TOOLS_CLI_MODEL_FORMAT_H
#define RILL_TOOLS_CLI_MODEL_FORMAT_H

#include "model.h"

#define CLI_MODEL_FORMAT "1"

/* Facts beside the settings: whole numbers, one key each. */
typedef struct cli_fact {
    const char *key;
    size_t offset; /* in a model */
    int64_t most;  /* from 0 */
} cli_fact;

enum { CLI_FACTS = 4 };
extern const cli_fact cli_facts[CLI_FACTS];

int64_t *cli_fact_in(const cli_fact *fact, const cli_model *model);
/* "rill." and the option's name. */
const char *cli_setting_key(int option, char key[64]);
/* "rill.label.003": the word that label 3 is. */
const char *cli_label_key(int64_t label, char key[64]);

#endif
