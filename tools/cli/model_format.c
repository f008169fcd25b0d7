#include "model_format.h"

#include <stdio.h>

const cli_fact cli_facts[CLI_FACTS] = {
    { "rill.classes", offsetof(cli_model, classes), 1000000 },
    { "rill.vector", offsetof(cli_model, vector), INT64_C(1) << 31 },
    { "rill.rows", offsetof(cli_model, rows), RILL_MAX_COUNT },
    { "rill.done", offsetof(cli_model, done), INT32_MAX },
};

int64_t *cli_fact_in(const cli_fact *fact, const cli_model *model)
{
    return (int64_t *)(uintptr_t)((const char *)model + fact->offset);
}

const char *cli_setting_key(int option, char key[64])
{
    snprintf(key, 64, "rill.%s", cli_train_options[option].name);
    return key;
}

const char *cli_label_key(int64_t label, char key[64])
{
    snprintf(key, 64, "rill.label.%03lld", (long long)label);
    return key;
}
