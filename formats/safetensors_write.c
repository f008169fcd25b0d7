#include "safetensors.h"

#include "base/alloc.h"
#include "json.h"
#include "text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The format's names, in the order of rill_dtype; `rank` sorts as the reference does: wide types
 * first, and floats before integers of the same width. */
static const struct {
    const char *name;
    int rank;
} types[RILL_DTYPE_COUNT] = {
    [RILL_F32] = { "F32", 1 },
    [RILL_F64] = { "F64", 0 },
    [RILL_I32] = { "I32", 2 },
};

/* Strings were checked before: they can be quoted. */
static void add_quoted(rill_text *t, const char *string)
{
    char *at = rill_text_reserve(t, rill_json_quote(string, NULL));
    if (at)
        t->size += rill_json_quote(string, at);
}

static size_t size_of(const rill_safetensors_entry *entry)
{
    return (size_t)rill_shape_count(&entry->shape) * rill_dtype_size(entry->dtype);
}

static void add_metadata(rill_text *t, const rill_safetensors_pair *const *pairs, size_t count)
{
    rill_text_add(t, "\"__metadata__\":{");
    for (size_t i = 0; i < count; i++) {
        rill_text_add(t, "%s", i ? "," : "");
        add_quoted(t, pairs[i]->key);
        rill_text_add(t, ":");
        add_quoted(t, pairs[i]->value);
    }
    rill_text_add(t, "}");
}

static void add_tensor(rill_text *t, const rill_safetensors_entry *entry, int64_t begin,
                       int64_t end)
{
    add_quoted(t, entry->name);
    rill_text_add(t, ":{\"dtype\":\"%s\",\"shape\":[", types[entry->dtype].name);
    for (int i = 0; i < entry->shape.rank; i++)
        rill_text_add(t, "%s%" PRId64, i ? "," : "", entry->shape.dim[i]);
    rill_text_add(t, "],\"data_offsets\":[%" PRId64 ",%" PRId64 "]}", begin, end);
}

/* What is written, in the order in which it is written. */
typedef struct plan {
    const rill_safetensors_entry **entries;
    size_t count;
    const rill_safetensors_pair **pairs;
    size_t pair_count;
} plan;

static int by_type_and_name(const void *a, const void *b)
{
    const rill_safetensors_entry *const *x = a, *const *y = b;
    int ranks = types[(*x)->dtype].rank - types[(*y)->dtype].rank;
    return ranks ? ranks : strcmp((*x)->name, (*y)->name);
}

static int by_name(const void *a, const void *b)
{
    const rill_safetensors_entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static int by_key(const void *a, const void *b)
{
    const rill_safetensors_pair *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static void sort(void *pointers, size_t count, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(pointers, count, sizeof(const void *), compare);
}

static int quotable(const char *string)
{
    return string && rill_json_quote(string, NULL) > 0;
}

static rill_status check_entry(const rill_safetensors_entry *entry, rill_message *message)
{
    const char *fault = NULL;
    if (!quotable(entry->name))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "safetensors: the name of a tensor is NULL or not UTF-8");
    if (strcmp(entry->name, "__metadata__") == 0)
        fault = "the name is reserved";
    else if (rill_dtype_size(entry->dtype) == 0)
        fault = "no such dtype";
    else if (!rill_shape_valid(&entry->shape))
        fault = "the shape is not valid";
    else if (!entry->data && rill_shape_count(&entry->shape) > 0)
        fault = "the data is NULL";
    if (!fault)
        return RILL_OK;
    return rill_fail(message, RILL_BAD_ARGUMENT, "safetensors: tensor '%.100s': %s", entry->name,
                     fault);
}

static rill_status check_entries(plan *p, rill_message *message)
{
    for (size_t i = 0; i < p->count; i++) {
        rill_status status = check_entry(p->entries[i], message);
        if (status != RILL_OK)
            return status;
    }
    sort(p->entries, p->count, by_name);
    for (size_t i = 1; i < p->count; i++)
        if (by_name(&p->entries[i - 1], &p->entries[i]) == 0)
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "safetensors: tensor '%.100s' is there twice", p->entries[i]->name);
    sort(p->entries, p->count, by_type_and_name);
    return RILL_OK;
}

static rill_status check_pairs(plan *p, rill_message *message)
{
    for (size_t i = 0; i < p->pair_count; i++)
        if (!quotable(p->pairs[i]->key) || !quotable(p->pairs[i]->value))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "safetensors: a key or value of the metadata is NULL or not UTF-8");
    sort(p->pairs, p->pair_count, by_key);
    for (size_t i = 1; i < p->pair_count; i++)
        if (by_key(&p->pairs[i - 1], &p->pairs[i]) == 0)
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "safetensors: metadata '%.100s' is there twice", p->pairs[i]->key);
    return RILL_OK;
}

static rill_status make_plan(plan *p, const rill_safetensors_entry *entries,
                             const rill_safetensors_pair *pairs, rill_message *message)
{
    p->entries = rill_alloc(p->count, sizeof *p->entries);
    p->pairs = rill_alloc(p->pair_count, sizeof *p->pairs);
    if (!p->entries || !p->pairs)
        return rill_fail(message, RILL_NO_MEMORY, "safetensors: out of memory");
    for (size_t i = 0; i < p->count; i++)
        p->entries[i] = &entries[i];
    for (size_t i = 0; i < p->pair_count; i++)
        p->pairs[i] = &pairs[i];
    rill_status status = check_entries(p, message);
    return status == RILL_OK ? check_pairs(p, message) : status;
}

/* The header with its length in front, padded with spaces so that the data is aligned to 8. */
static rill_status make_header(const plan *p, rill_text *t, rill_message *message)
{
    int64_t begin = 0, end = 0;
    rill_text_add(t, "********{");
    if (p->pair_count > 0)
        add_metadata(t, p->pairs, p->pair_count);
    for (size_t i = 0; i < p->count; i++, begin = end) {
        if (__builtin_add_overflow(begin, (int64_t)size_of(p->entries[i]), &end))
            return rill_fail(message, RILL_BAD_ARGUMENT, "safetensors: more than 2^63 bytes");
        rill_text_add(t, "%s", i > 0 || p->pair_count > 0 ? "," : "");
        add_tensor(t, p->entries[i], begin, end);
    }
    rill_text_add(t, "}");
    rill_text_add(t, "%*s", (int)(-t->size % 8), "");
    if (t->failed)
        return rill_fail(message, RILL_NO_MEMORY, "safetensors: out of memory");
    uint64_t length = t->size - 8;
    if (length > RILL_SAFETENSORS_HEADER_MAX)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "safetensors: the header would have %" PRIu64
                         " bytes, at most %d are allowed",
                         length, RILL_SAFETENSORS_HEADER_MAX);
    for (int i = 0; i < 8; i++)
        t->bytes[i] = (char)(length >> 8 * i & 0xff);
    return RILL_OK;
}

static rill_status put(rill_sink sink, const void *bytes, size_t size, rill_message *message)
{
    rill_status status = size > 0 ? sink.write(sink.self, bytes, size) : RILL_OK;
    if (status != RILL_OK)
        rill_fail(message, status, "safetensors: writing failed: %s", rill_status_text(status));
    return status;
}

static rill_status write_plan(const plan *p, rill_sink sink, rill_message *message)
{
    rill_text header = { 0 };
    rill_status status = make_header(p, &header, message);
    if (status == RILL_OK)
        status = put(sink, header.bytes, header.size, message);
    rill_free(header.bytes);
    for (size_t i = 0; i < p->count && status == RILL_OK; i++)
        status = put(sink, p->entries[i]->data, size_of(p->entries[i]), message);
    return status;
}

rill_status rill_safetensors_write(const rill_safetensors_entry *entries, size_t count,
                                   const rill_safetensors_pair *metadata, size_t metadata_count,
                                   rill_sink sink, rill_message *message)
{
    if ((!entries && count > 0) || (!metadata && metadata_count > 0) || !sink.write)
        return rill_fail(message, RILL_BAD_ARGUMENT, "safetensors: %s is NULL",
                         sink.write ? "a list" : "the sink");
    plan p = { .count = count, .pair_count = metadata_count };
    rill_status status = make_plan(&p, entries, metadata, message);
    if (status == RILL_OK)
        status = write_plan(&p, sink, message);
    rill_free(p.entries);
    rill_free(p.pairs);
    return status;
}
