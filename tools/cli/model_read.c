/* A model out of a .safetensors file. */
#include "model_format.h"

#include "looks_like.h"
#include "tokens.h"

#include "formats/file.h"
#include "formats/safetensors.h"
#include "tools/csv/csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Choices that not every model makes. */
static int may_lack(int option)
{
    return option == TRAIN_COND || option == TRAIN_X0 || option == TRAIN_VOCAB ||
           option == TRAIN_MANIFOLD || cli_train_options[option].kind == CLI_FLAG;
}

static rill_status check_manifold(const char *text, rill_message *message)
{
    rill_message why;
    rill_manifold *manifold = rill_manifold_parse(text, &why);
    rill_manifold_free(manifold);
    return manifold ? RILL_OK : rill_fail(message, RILL_BAD_FORMAT, "its manifold: %s", why.text);
}

static rill_status read_setting(const rill_safetensors *file, int i, cli_model *model,
                                rill_message *message)
{
    char key[64];
    mistake wrong;
    cli_value value = { 0 };
    const cli_option *option = &cli_train_options[i];
    const char *text = rill_safetensors_metadata(file, cli_setting_key(i, key));
    if (!text && may_lack(i))
        return RILL_OK;
    if (!text) /* of a model from before there was that choice */
        text = option->standard;
    if (!text)
        return missing(key, message);
    if (!cli_parse_value(option, model->extensions, text, &value, &wrong))
        return rill_fail(message, RILL_BAD_FORMAT, "its configuration: %s%s", wrong.reason.text,
                         i == TRAIN_PATH || i == TRAIN_NET
                             ? "; a command with more of them may have written it"
                             : "");
    if (i == TRAIN_MANIFOLD && check_manifold(text, message) != RILL_OK)
        return RILL_BAD_FORMAT;
    return cli_model_set(model, i, text) ? RILL_OK
                                         : rill_fail(message, RILL_NO_MEMORY, "out of memory");
}

static rill_status read_settings(const rill_safetensors *file, cli_model *model,
                                 rill_message *message)
{
    cli_space kind = space_of(file);
    rill_status status = RILL_OK;
    for (int i = 0; i < TRAIN_OPTION_COUNT && status == RILL_OK; i++)
        if (cli_train_options[i].recorded && cli_option_applies(i, kind))
            status = read_setting(file, i, model, message);
    return status;
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
    for (int i = 0; i < CLI_FACTS; i++) {
        const char *text = rill_safetensors_metadata(file, cli_facts[i].key);
        if (!text)
            return missing(cli_facts[i].key, message);
        char *end;
        errno = 0;
        long long value = strtoll(text, &end, 10);
        if (end == text || *end || errno || value < 0 || value > cli_facts[i].most)
            return rill_fail(message, RILL_BAD_FORMAT, "its %s is '%.40s'; expected 0 to %lld",
                             cli_facts[i].key, text, (long long)cli_facts[i].most);
        *cli_fact_in(&cli_facts[i], model) = value;
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

/* The words that labels are, in their order; a model whose labels are numbers has none. */
static rill_status read_words(const rill_safetensors *file, cli_model *model, rill_message *message)
{
    char key[64];
    const char *text = rill_safetensors_metadata(file, cli_label_key(0, key)), *before = "";
    if (!text || model->classes > RILL_CSV_MOST_WORDS)
        return RILL_OK;
    model->words.word = malloc((size_t)(model->classes + 1) * sizeof *model->words.word);
    for (int64_t i = 0; i < model->classes; i++, before = text) {
        text = rill_safetensors_metadata(file, cli_label_key(i, key));
        if (!text || strcmp(before, text) >= 0)
            return rill_fail(message, RILL_BAD_FORMAT,
                             "its %s is '%.40s'; expected a word after '%.40s'", key,
                             text ? text : "", before);
        char *copy = model->words.word ? strdup(text) : NULL;
        if (!copy)
            return rill_fail(message, RILL_NO_MEMORY, "out of memory");
        model->words.word[model->words.count++] = copy;
    }
    return RILL_OK;
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
    if (strcmp(format, CLI_MODEL_FORMAT) != 0)
        return rill_fail(message, RILL_UNSUPPORTED,
                         "its format is %.20s; this rill reads " CLI_MODEL_FORMAT, format);
    rill_status status = read_settings(file, model, message);
    if (status == RILL_OK)
        status = check_source(model, message);
    if (status == RILL_OK)
        status = read_facts(file, model, message);
    if (status == RILL_OK)
        status = read_words(file, model, message);
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
