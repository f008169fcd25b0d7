/* A model into a .safetensors file. */
#include "model_format.h"

#include "formats/file.h"
#include "formats/safetensors.h"
#include "tools/csv/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAIR_COUNT = TRAIN_OPTION_COUNT + CLI_FACTS + 5 + RILL_CSV_MOST_WORDS, VALUE_SIZE = 256 };

typedef struct metadata {
    rill_safetensors_pair pair[PAIR_COUNT];
    char key[PAIR_COUNT][64], value[PAIR_COUNT][VALUE_SIZE];
    size_t count;
} metadata;

/* `value` NULL: what is printed into m->value. */
static void add_pair(metadata *m, const char *key, const char *value)
{
    snprintf(m->key[m->count], sizeof m->key[0], "%s", key);
    m->pair[m->count] =
        (rill_safetensors_pair){ m->key[m->count], value ? value : m->value[m->count] };
    m->count++;
}

static void add_shape(metadata *m, const rill_shape *shape)
{
    char *text = m->value[m->count];
    size_t used = 0;
    for (int i = 0; i < shape->rank; i++)
        used += (size_t)snprintf(text + used, VALUE_SIZE - used, "%s%lld", i ? "," : "",
                                 (long long)shape->dim[i]);
    add_pair(m, "rill.sample", NULL);
}

static void describe(const cli_model *model, metadata *m)
{
    char key[64];
    m->count = 0;
    add_pair(m, "rill.format", CLI_MODEL_FORMAT);
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++)
        if (model->setting[i].text)
            add_pair(m, cli_setting_key(i, key), model->setting[i].text);
    for (int i = 0; i < CLI_FACTS; i++) {
        snprintf(m->value[m->count], VALUE_SIZE, "%" PRId64, *cli_fact_in(&cli_facts[i], model));
        add_pair(m, cli_facts[i].key, NULL);
    }
    for (int64_t i = 0; i < model->words.count; i++)
        add_pair(m, cli_label_key(i, key), model->words.word[i]);
    add_shape(m, &model->sample);
    snprintf(m->value[m->count], VALUE_SIZE, "%016" PRIx64, model->checksum);
    add_pair(m, "rill.checksum", NULL);
    if (model->start_checksum) {
        snprintf(m->value[m->count], VALUE_SIZE, "%016" PRIx64, model->start_checksum);
        add_pair(m, "rill.start-checksum", NULL);
    }
    cli_print_number(model->loss_sum, m->value[m->count]);
    add_pair(m, "rill.loss-sum", NULL);
}

/* Every entry with a copy of its value. */
static rill_status copy_entries(const rill_store *store, rill_safetensors_entry *entries,
                                int64_t count, rill_message *message)
{
    for (int64_t i = 0; i < count; i++) {
        rill_entry_info info;
        rill_store_at(store, i, &info);
        void *data = malloc((size_t)info.count * rill_dtype_size(info.dtype) + 1);
        if (!data)
            return rill_fail(message, RILL_NO_MEMORY, "out of memory for %s", info.name);
        entries[i] = (rill_safetensors_entry){
            .name = info.name, .dtype = info.dtype, .shape = info.shape, .data = data
        };
        rill_status status = rill_store_get(store, info.name, data, info.count, message);
        if (status != RILL_OK)
            return status;
    }
    return RILL_OK;
}

static rill_status write_file(const cli_model *model, const rill_safetensors_entry *entries,
                              size_t count, const char *path, rill_message *message)
{
    metadata *m = malloc(sizeof *m);
    rill_file_writer *writer = m ? rill_file_create(path, message) : NULL;
    if (!writer) {
        free(m);
        return m ? RILL_IO : rill_fail(message, RILL_NO_MEMORY, "out of memory for the model");
    }
    describe(model, m);
    rill_status status =
        rill_safetensors_write(entries, count, m->pair, m->count, rill_file_sink(writer), message);
    free(m);
    if (status == RILL_OK || status == RILL_IO)
        return rill_file_commit(writer, message);
    rill_file_abandon(writer);
    return status;
}

rill_status cli_model_save(const cli_model *model, const char *path, rill_message *message)
{
    int64_t count = rill_store_count(model->store);
    rill_safetensors_entry *entries = calloc((size_t)count + 1, sizeof *entries);
    if (!entries)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for the model");
    rill_status status = copy_entries(model->store, entries, count, message);
    if (status == RILL_OK)
        status = write_file(model, entries, (size_t)count, path, message);
    for (int64_t i = 0; i < count; i++)
        free((void *)(uintptr_t)entries[i].data);
    free(entries);
    return status;
}
