#include "safetensors.h"

#include "core/alloc.h"
#include "json.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
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

/* The header as it grows.  After a failure nothing more is added. */
typedef struct text {
    char *bytes;
    size_t size, capacity;
    int no_memory;
} text;

/* Room for `more` bytes at the end; NULL when there is no memory. */
static char *reserve(text *t, size_t more)
{
    void *bytes = t->bytes;
    if (t->no_memory || !rill_grow(&bytes, &t->capacity, t->size + more, 1)) {
        t->no_memory = 1;
        return NULL;
    }
    t->bytes = bytes;
    return t->bytes + t->size;
}

static void append(text *t, const char *piece)
{
    size_t length = strlen(piece);
    char *at = reserve(t, length);
    if (!at)
        return;
    memcpy(at, piece, length);
    t->size += length;
}

static void append_int(text *t, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    append(t, digits);
}

/* Strings were checked before: they can be quoted. */
static void append_quoted(text *t, const char *string)
{
    char *at = reserve(t, rill_json_quote(string, NULL));
    if (at)
        t->size += rill_json_quote(string, at);
}

static size_t size_of(const rill_safetensors_entry *entry)
{
    return (size_t)rill_shape_count(&entry->shape) * rill_dtype_size(entry->dtype);
}

static void append_metadata(text *t, const rill_safetensors_pair *const *pairs, size_t count)
{
    append(t, "\"__metadata__\":{");
    for (size_t i = 0; i < count; i++) {
        append(t, i ? "," : "");
        append_quoted(t, pairs[i]->key);
        append(t, ":");
        append_quoted(t, pairs[i]->value);
    }
    append(t, "}");
}

static void append_tensor(text *t, const rill_safetensors_entry *entry, int64_t begin, int64_t end)
{
    append_quoted(t, entry->name);
    append(t, ":{\"dtype\":\"");
    append(t, types[entry->dtype].name);
    append(t, "\",\"shape\":[");
    for (int i = 0; i < entry->shape.rank; i++) {
        append(t, i ? "," : "");
        append_int(t, entry->shape.dim[i]);
    }
    append(t, "],\"data_offsets\":[");
    append_int(t, begin);
    append(t, ",");
    append_int(t, end);
    append(t, "]}");
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
static rill_status make_header(const plan *p, text *t, rill_message *message)
{
    int64_t begin = 0, end = 0;
    append(t, "********{");
    if (p->pair_count > 0)
        append_metadata(t, p->pairs, p->pair_count);
    for (size_t i = 0; i < p->count; i++, begin = end) {
        if (__builtin_add_overflow(begin, (int64_t)size_of(p->entries[i]), &end))
            return rill_fail(message, RILL_BAD_ARGUMENT, "safetensors: more than 2^63 bytes");
        append(t, i > 0 || p->pair_count > 0 ? "," : "");
        append_tensor(t, p->entries[i], begin, end);
    }
    append(t, "}");
    while (!t->no_memory && t->size % 8 != 0)
        append(t, " ");
    if (t->no_memory)
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
    text header = { 0 };
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
