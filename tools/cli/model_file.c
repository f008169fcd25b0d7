/* A model as a .safetensors file. */
#include "model.h"

#include "looks_like.h"
#include "tokens.h"

#include "formats/file.h"
#include "formats/safetensors.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "1"

/* Facts beside the settings: whole numbers, one key each. */
typedef struct fact {
    const char *key;
    size_t offset;
    int64_t most; /* from 0 */
} fact;

static const fact facts[] = {
    { "rill.classes", offsetof(cli_model, classes), 1000000 },
    { "rill.vector", offsetof(cli_model, vector), INT64_C(1) << 31 },
    { "rill.rows", offsetof(cli_model, rows), RILL_MAX_COUNT },
    { "rill.done", offsetof(cli_model, done), INT32_MAX },
};

enum {
    FACT_COUNT = sizeof facts / sizeof *facts,
    PAIR_COUNT = TRAIN_OPTION_COUNT + FACT_COUNT + 5,
    VALUE_SIZE = 256
};

static int64_t *fact_in(const fact *f, const cli_model *model)
{
    return (int64_t *)(uintptr_t)((const char *)model + f->offset);
}

/* "rill." and the option's name. */
static const char *setting_key(int option, char key[64])
{
    snprintf(key, 64, "rill.%s", cli_train_options[option].name);
    return key;
}

/* ---- Writing. */

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
    add_pair(m, "rill.format", FORMAT);
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++)
        if (model->setting[i].text)
            add_pair(m, setting_key(i, key), model->setting[i].text);
    for (int i = 0; i < FACT_COUNT; i++) {
        snprintf(m->value[m->count], VALUE_SIZE, "%" PRId64, *fact_in(&facts[i], model));
        add_pair(m, facts[i].key, NULL);
    }
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

/* ---- Reading. */

/* What an entry is for shows in its name (see models/train/optimizer.h). */
rill_role cli_entry_role(const char *name)
{
    static const struct {
        const char *prefix;
        rill_role role;
    } roles[] = { { "adam.", RILL_MOMENT },
                  { "sgd.", RILL_MOMENT },
                  { "ema.", RILL_AVERAGE },
                  { "normalize.", RILL_COUNTER } };
    if (strcmp(name, "step") == 0)
        return RILL_COUNTER;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strncmp(name, roles[i].prefix, strlen(roles[i].prefix)) == 0)
            return roles[i].role;
    return RILL_PARAMETER;
}

static int all_finite(rill_dtype dtype, const void *data, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (dtype == RILL_F32 ? !isfinite(((const float *)data)[i])
                              : dtype == RILL_F64 && !isfinite(((const double *)data)[i]))
            return 0;
    return 1;
}

static rill_status read_entry(const rill_safetensors_entry *entry, rill_store *store,
                              rill_message *message)
{
    if (entry->dtype == RILL_DTYPE_COUNT)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "the tensor %.80s is %.20s; expected F32, F64 or I32", entry->name,
                         entry->type);
    void *data = malloc(entry->size + 1); /* in the file it is aligned for nothing */
    if (!data)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for %.80s", entry->name);
    memcpy(data, entry->data, entry->size);
    rill_status status = RILL_OK;
    if (!all_finite(entry->dtype, data, rill_shape_count(&entry->shape)))
        status = rill_fail(message, RILL_NOT_FINITE, "the tensor %.80s holds NaN or infinity",
                           entry->name);
    if (status == RILL_OK)
        status = rill_store_put(store, entry->name, cli_entry_role(entry->name), entry->dtype,
                                entry->shape, data, message);
    free(data);
    return status;
}

static rill_status missing(const char *key, rill_message *message)
{
    return rill_fail(message, RILL_BAD_FORMAT, "no model of rill: its metadata has no %s", key);
}

static cli_space space_of(const rill_safetensors *file)
{
    if (rill_safetensors_metadata(file, "rill.vocab"))
        return CLI_TOKENS;
    return rill_safetensors_metadata(file, "rill.manifold") ? CLI_ON_MANIFOLD : CLI_POINTS;
}

cli_space cli_model_file_space(const char *path)
{
    void *bytes;
    size_t size;
    if (rill_file_read(path, &bytes, &size, NULL) != RILL_OK)
        return CLI_POINTS;
    rill_safetensors *file = rill_safetensors_parse(bytes, size, NULL);
    cli_space space = file ? space_of(file) : CLI_POINTS;
    rill_safetensors_free(file);
    rill_file_free(bytes);
    return space;
}

static rill_status read_settings(const rill_safetensors *file, cli_model *model,
                                 rill_message *message)
{
    char key[64];
    cli_space kind = space_of(file);
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++) {
        const cli_option *option = &cli_train_options[i];
        const char *text = rill_safetensors_metadata(file, setting_key(i, key));
        int may_lack = i == TRAIN_COND || i == TRAIN_X0 || i == TRAIN_VOCAB ||
                       i == TRAIN_MANIFOLD || option->kind == CLI_FLAG;
        if (!option->recorded || (!text && may_lack) || !cli_option_applies(i, kind))
            continue;
        if (!text) /* of a model from before there was that choice */
            text = option->standard;
        if (!text)
            return missing(key, message);
        mistake wrong;
        cli_value value = { 0 };
        if (!cli_parse_value(option, model->extensions, text, &value, &wrong))
            return rill_fail(message, RILL_BAD_FORMAT, "its configuration: %s%s", wrong.reason.text,
                             i == TRAIN_PATH || i == TRAIN_NET
                                 ? "; a command with more of them may have written it"
                                 : "");
        rill_manifold *manifold =
            i == TRAIN_MANIFOLD ? rill_manifold_parse(text, &wrong.reason) : NULL;
        rill_manifold_free(manifold);
        if (i == TRAIN_MANIFOLD && !manifold)
            return rill_fail(message, RILL_BAD_FORMAT, "its manifold: %s", wrong.reason.text);
        if (!cli_model_set(model, i, text))
            return rill_fail(message, RILL_NO_MEMORY, "out of memory");
    }
    return RILL_OK;
}

/* Where tokens start is a text in the options, since points may start from anything but the noise
 * of another space. */
static rill_status check_source(const cli_model *model, rill_message *message)
{
    const char *source = model->setting[TRAIN_SOURCE].text;
    const char *foreign = model->manifold ? "gaussian" : "base";
    if (cli_model_has_tokens(model) && !rill_token_source_find(source))
        return rill_fail(message, RILL_BAD_FORMAT,
                         "its rill.source is '%.60s'; of tokens it is %s or %s", source,
                         rill_token_source_at(0)->name, rill_token_source_at(1)->name);
    if (strcmp(source, foreign) != 0)
        return RILL_OK;
    return rill_fail(message, RILL_BAD_FORMAT, "its rill.source is %s, and it is %s manifold",
                     source, model->manifold ? "on a" : "on no");
}

/* The sum of losses that the next line of a log is the mean of. */
static rill_status read_loss_sum(const char *text, cli_model *model, rill_message *message)
{
    char *end;
    model->loss_sum = strtod(text, &end);
    if (end != text && !*end && isfinite(model->loss_sum))
        return RILL_OK;
    return rill_fail(message, RILL_BAD_FORMAT, "its rill.loss-sum is '%.40s'; expected a number",
                     text);
}

static rill_status read_facts(const rill_safetensors *file, cli_model *model, rill_message *message)
{
    for (int i = 0; i < FACT_COUNT; i++) {
        const char *text = rill_safetensors_metadata(file, facts[i].key);
        if (!text)
            return missing(facts[i].key, message);
        char *end;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (end == text || *end || errno || value < 0 || value > facts[i].most)
            return rill_fail(message, RILL_BAD_FORMAT, "its %s is '%.40s'; expected 0 to %lld",
                             facts[i].key, text, (long long)facts[i].most);
        *fact_in(&facts[i], model) = value;
    }
    const char *hash = rill_safetensors_metadata(file, "rill.checksum");
    const char *sum = rill_safetensors_metadata(file, "rill.loss-sum");
    if (!hash || !sum)
        return missing(hash ? "rill.loss-sum" : "rill.checksum", message);
    model->checksum = strtoull(hash, NULL, 16);
    const char *start = rill_safetensors_metadata(file, "rill.start-checksum");
    model->start_checksum = start ? strtoull(start, NULL, 16) : 0;
    return read_loss_sum(sum, model, message);
}

/* "8,8" as [8,8]. */
static rill_status read_shape(const rill_safetensors *file, cli_model *model, rill_message *message)
{
    const char *text = rill_safetensors_metadata(file, "rill.sample");
    if (!text)
        return missing("rill.sample", message);
    int64_t dim[RILL_MAX_RANK];
    int rank = 0;
    char *end = NULL;
    for (const char *at = text; rank < RILL_MAX_RANK; at = end + 1) {
        dim[rank++] = strtoll(at, &end, 10);
        if (end == at || *end != ',')
            break;
    }
    model->sample = rill_shape_make(rank, dim);
    model->width = rill_shape_count(&model->sample);
    if (*end || rank >= RILL_MAX_RANK || model->width < 1 || model->width > (INT64_C(1) << 31))
        return rill_fail(message, RILL_BAD_FORMAT, "its rill.sample is '%.60s'; expected a shape",
                         text);
    return RILL_OK;
}

/* The transform's own copy, at hand in doubles. */
static rill_status read_transform(cli_model *model, rill_message *message)
{
    if (!model->setting[TRAIN_NORMALIZE].whole)
        return RILL_OK;
    model->mean = malloc((size_t)model->width * sizeof(double));
    model->scale = malloc((size_t)model->width * sizeof(double));
    if (!model->mean || !model->scale)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory");
    rill_entry_info mean, scale;
    if (rill_store_find(model->store, "normalize.mean", &mean) ||
        rill_store_find(model->store, "normalize.scale", &scale) || mean.dtype != RILL_F64 ||
        scale.dtype != RILL_F64)
        return rill_fail(message, RILL_BAD_FORMAT, "normalize.mean or normalize.scale is missing");
    rill_status status =
        rill_store_get(model->store, "normalize.mean", model->mean, model->width, message);
    if (status == RILL_OK)
        status =
            rill_store_get(model->store, "normalize.scale", model->scale, model->width, message);
    for (int64_t i = 0; i < model->width && status == RILL_OK; i++)
        if (!(model->scale[i] > 0.0))
            status = rill_fail(message, RILL_BAD_FORMAT,
                               "normalize.scale of column %lld is %g; expected more than 0",
                               (long long)i, model->scale[i]);
    return status;
}

static rill_status read_model(const rill_safetensors *file, cli_model *model, rill_message *message)
{
    const char *format = rill_safetensors_metadata(file, "rill.format");
    if (!format)
        return missing("rill.format", message);
    if (strcmp(format, FORMAT) != 0)
        return rill_fail(message, RILL_UNSUPPORTED, "its format is %.20s; this rill reads " FORMAT,
                         format);
    rill_status status = read_settings(file, model, message);
    if (status == RILL_OK)
        status = check_source(model, message);
    if (status == RILL_OK)
        status = read_facts(file, model, message);
    if (status == RILL_OK)
        status = read_shape(file, model, message);
    model->store = rill_store_new((uint64_t)model->setting[TRAIN_SEED].whole);
    if (!model->store)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < rill_safetensors_count(file) && status == RILL_OK; i++)
        status = read_entry(rill_safetensors_at(file, i), model->store, message);
    return status == RILL_OK ? read_transform(model, message) : status;
}

rill_status cli_model_load_any(const char *path, const rill_extensions *extensions,
                               cli_model *model, rill_message *message)
{
    void *bytes;
    size_t size;
    rill_message reason = { "" };
    *model = (cli_model){ .extensions = extensions };
    rill_status status = rill_file_read(path, &bytes, &size, message);
    if (status != RILL_OK)
        return status;
    rill_safetensors *file = rill_safetensors_parse(bytes, size, &reason);
    status = file ? read_model(file, model, &reason) : RILL_BAD_FORMAT;
    const char *kind = file ? NULL : cli_looks_like(bytes, size);
    rill_safetensors_free(file);
    rill_file_free(bytes);
    if (status == RILL_OK)
        return RILL_OK;
    cli_model_free(model);
    if (kind)
        return rill_fail(
            message, status,
            "'%.200s' is %s; expected a model as rill train writes them, a .safetensors file", path,
            kind);
    return rill_fail(message, status, "'%.150s': %.330s", path, reason.text);
}

rill_status cli_model_load(const char *path, const rill_extensions *extensions, cli_model *model,
                           rill_message *message)
{
    return cli_model_load_of(path, extensions, 1 << CLI_POINTS, model, message);
}

rill_status cli_model_load_of(const char *path, const rill_extensions *extensions, int spaces,
                              cli_model *model, rill_message *message)
{
    rill_status status = cli_model_load_any(path, extensions, model, message);
    if (status != RILL_OK || (spaces >> cli_space_of(model->setting)) & 1)
        return status;
    const cli_space_info *kind = &cli_spaces[cli_space_of(model->setting)];
    cli_model_free(model);
    return rill_fail(message, RILL_UNSUPPORTED, "'%.200s' is a model over %s: %s", path, kind->name,
                     kind->refusal);
}
