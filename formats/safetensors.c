#include "safetensors.h"

#include "base/alloc.h"
#include "json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A tensor and where its data lies. */
typedef struct record {
    rill_safetensors_entry entry;
    int64_t bits; /* of one element */
    int64_t begin, end;
} record;

struct rill_safetensors {
    record *records; /* by offset */
    size_t count, capacity;
    const record **by_name;
    rill_safetensors_pair *metadata; /* by key */
    size_t metadata_count, metadata_capacity;
    char *names; /* every name, key and value, one after another */
};

/* What is being parsed.  A string takes fewer bytes unescaped than in the header, so that `names`
 * has room for all of them. */
typedef struct parser {
    rill_safetensors *file;
    rill_json json;
    char *names;
    int metadata_seen;
    rill_message *message;
    rill_status status; /* the first failure that is not the JSON's own */
} parser;

static const struct {
    const char *name;
    int bits;
    rill_dtype dtype;
} types[] = {
    { "F32", 32, RILL_F32 },
    { "F64", 64, RILL_F64 },
    { "I32", 32, RILL_I32 },
    { "BOOL", 8, RILL_DTYPE_COUNT },
    { "F4", 4, RILL_DTYPE_COUNT },
    { "F6_E2M3", 6, RILL_DTYPE_COUNT },
    { "F6_E3M2", 6, RILL_DTYPE_COUNT },
    { "U8", 8, RILL_DTYPE_COUNT },
    { "I8", 8, RILL_DTYPE_COUNT },
    { "F8_E5M2", 8, RILL_DTYPE_COUNT },
    { "F8_E4M3", 8, RILL_DTYPE_COUNT },
    { "F8_E8M0", 8, RILL_DTYPE_COUNT },
    { "I16", 16, RILL_DTYPE_COUNT },
    { "U16", 16, RILL_DTYPE_COUNT },
    { "F16", 16, RILL_DTYPE_COUNT },
    { "BF16", 16, RILL_DTYPE_COUNT },
    { "U32", 32, RILL_DTYPE_COUNT },
    { "C64", 64, RILL_DTYPE_COUNT },
    { "I64", 64, RILL_DTYPE_COUNT },
    { "U64", 64, RILL_DTYPE_COUNT },
};

/* Records a failure, once: `return STOP(p, RILL_..., "...")` gives 0. */
#define STOP(p, code, ...) ((p)->status = rill_fail((p)->message, code, __VA_ARGS__), 0)

static int take_name(parser *p, const char **name, int (*take)(rill_json *, char *))
{
    if (!take(&p->json, p->names))
        return 0;
    *name = p->names;
    p->names += strlen(p->names) + 1;
    return 1;
}

static int take_type(parser *p, record *r)
{
    const char *name;
    if (!take_name(p, &name, rill_json_string))
        return 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(name, types[i].name) == 0) {
            r->entry.type = types[i].name;
            r->entry.dtype = types[i].dtype;
            r->bits = types[i].bits;
            return 1;
        }
    }
    return STOP(p, RILL_BAD_FORMAT, "safetensors: tensor '%.100s': unknown dtype '%.40s'",
                r->entry.name, name);
}

static int take_shape(parser *p, record *r)
{
    rill_shape shape = { 0 };
    if (!rill_json_open(&p->json, '['))
        return 0;
    while (rill_json_more(&p->json, ']')) {
        int64_t dim;
        if (!rill_json_int(&p->json, &dim))
            return 0;
        if (shape.rank == RILL_MAX_RANK)
            return STOP(p, RILL_UNSUPPORTED, "safetensors: tensor '%.100s': rank above %d",
                        r->entry.name, RILL_MAX_RANK);
        shape.dim[shape.rank++] = dim;
    }
    char text[RILL_SHAPE_TEXT];
    if (!p->json.fault && !rill_shape_valid(&shape))
        return STOP(
            p, RILL_BAD_FORMAT,
            "safetensors: tensor '%.100s': shape %s: an extent is negative, or there are more "
            "than 2^48 elements",
            r->entry.name, rill_shape_print(&shape, text, sizeof text));
    r->entry.shape = shape;
    return !p->json.fault;
}

static int take_offset(parser *p, int64_t *offset)
{
    if (rill_json_more(&p->json, ']'))
        return rill_json_int(&p->json, offset);
    if (!p->json.fault)
        p->json.fault = "expected two data_offsets";
    return 0;
}

static int take_offsets(parser *p, record *r)
{
    if (!rill_json_open(&p->json, '[') || !take_offset(p, &r->begin) || !take_offset(p, &r->end))
        return 0;
    if (rill_json_more(&p->json, ']'))
        p->json.fault = "expected two data_offsets";
    return !p->json.fault;
}

static const struct {
    const char *key;
    int (*take)(parser *p, record *r);
} fields[] = { { "dtype", take_type }, { "shape", take_shape }, { "data_offsets", take_offsets } };

enum { FIELDS = sizeof fields / sizeof *fields };

/* A field that is not known is skipped, as in the reference; its key and value must be well-formed.
 */
static int take_field(parser *p, record *r, unsigned *seen)
{
    const char *key;
    if (!take_name(p, &key, rill_json_key))
        return 0;
    for (unsigned i = 0; i < FIELDS; i++) {
        if (strcmp(key, fields[i].key) != 0)
            continue;
        if (*seen & 1u << i)
            return STOP(p, RILL_BAD_FORMAT, "safetensors: tensor '%.100s': %s is there twice",
                        r->entry.name, key);
        *seen |= 1u << i;
        return fields[i].take(p, r);
    }
    return rill_json_skip(&p->json);
}

/* The length of the data must be what dtype and shape say. */
static int check_size(parser *p, record *r)
{
    int64_t bits = rill_shape_count(&r->entry.shape) * r->bits; /* at most 2^48 * 64 */
    int64_t length = 0;
    if (r->begin < 0 || r->end < r->begin || __builtin_sub_overflow(r->end, r->begin, &length))
        return STOP(p, RILL_BAD_FORMAT,
                    "safetensors: tensor '%.100s': data_offsets [%lld,%lld] are out of order",
                    r->entry.name, (long long)r->begin, (long long)r->end);
    char text[RILL_SHAPE_TEXT];
    if (bits % 8 != 0 || bits / 8 != length)
        return STOP(
            p, RILL_BAD_FORMAT,
            "safetensors: tensor '%.100s': %s %s takes %lld bits, data_offsets give %lld bytes",
            r->entry.name, r->entry.type, rill_shape_print(&r->entry.shape, text, sizeof text),
            (long long)bits, (long long)length);
    r->entry.size = (size_t)length;
    return 1;
}

static int take_tensor(parser *p, const char *name)
{
    record r = { .entry = { .name = name } };
    unsigned seen = 0;
    if (!rill_json_open(&p->json, '{'))
        return 0;
    while (rill_json_more(&p->json, '}'))
        if (!take_field(p, &r, &seen))
            return 0;
    if (p->json.fault)
        return 0;
    for (unsigned i = 0; i < FIELDS; i++)
        if (!(seen & 1u << i))
            return STOP(p, RILL_BAD_FORMAT, "safetensors: tensor '%.100s': %s is missing", name,
                        fields[i].key);
    if (!check_size(p, &r))
        return 0;
    rill_safetensors *file = p->file;
    void *records = file->records;
    if (!rill_grow(&records, &file->capacity, file->count + 1, sizeof r))
        return STOP(p, RILL_NO_MEMORY, "safetensors: out of memory");
    file->records = records;
    file->records[file->count++] = r;
    return 1;
}

static int take_metadata(parser *p)
{
    if (p->metadata_seen++)
        return STOP(p, RILL_BAD_FORMAT, "safetensors: __metadata__ is there twice");
    if (!rill_json_open(&p->json, '{'))
        return 0;
    while (rill_json_more(&p->json, '}')) {
        rill_safetensors_pair pair;
        if (!take_name(p, &pair.key, rill_json_key) || !take_name(p, &pair.value, rill_json_string))
            return 0;
        rill_safetensors *file = p->file;
        void *pairs = file->metadata;
        if (!rill_grow(&pairs, &file->metadata_capacity, file->metadata_count + 1, sizeof pair))
            return STOP(p, RILL_NO_MEMORY, "safetensors: out of memory");
        file->metadata = pairs;
        file->metadata[file->metadata_count++] = pair;
    }
    return !p->json.fault;
}

static void take_header(parser *p)
{
    const char *name;
    rill_json_open(&p->json, '{');
    while (rill_json_more(&p->json, '}')) {
        if (!take_name(p, &name, rill_json_key))
            return;
        if (!(strcmp(name, "__metadata__") == 0 ? take_metadata(p) : take_tensor(p, name)))
            return;
    }
    rill_json_end(&p->json);
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Empty tensors share an offset with their neighbour: the end, then the name, decide. */
static int by_offset(const void *a, const void *b)
{
    const record *x = a, *y = b;
    int begins = order(x->begin, y->begin), ends = order(x->end, y->end);
    return begins ? begins : ends ? ends : strcmp(x->entry.name, y->entry.name);
}

static int by_name(const void *a, const void *b)
{
    const record *const *x = a, *const *y = b;
    return strcmp((*x)->entry.name, (*y)->entry.name);
}

static int by_key(const void *a, const void *b)
{
    const rill_safetensors_pair *x = a, *y = b;
    return strcmp(x->key, y->key);
}

/* qsort wants no NULL, not even for nothing. */
static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

/* Checks that each tensor, in the order of their data, begins where the one before it ended. */
static int place_data(parser *p, const char *data, size_t size)
{
    rill_safetensors *file = p->file;
    int64_t end = 0;
    for (size_t i = 0; i < file->count; i++) {
        record *r = &file->records[i];
        if (r->begin != end)
            return STOP(p, RILL_BAD_FORMAT,
                        "safetensors: tensor '%.100s': data begins at %lld, expected %lld (%s)",
                        r->entry.name, (long long)r->begin, (long long)end,
                        r->begin < end ? "tensors overlap" : "a hole");
        end = r->end;
        if ((uint64_t)end > size)
            return STOP(p, RILL_BAD_FORMAT,
                        "safetensors: truncated: tensor '%.100s' ends at %lld, the file has %zu "
                        "bytes of data",
                        r->entry.name, (long long)end, size);
        r->entry.data = data + r->begin;
    }
    if ((uint64_t)end != size)
        return STOP(p, RILL_BAD_FORMAT,
                    "safetensors: the tensors take %lld bytes, the file has %zu bytes of data",
                    (long long)end, size);
    return 1;
}

/* By offset, and by name. */
static int index_tensors(parser *p)
{
    rill_safetensors *file = p->file;
    sort(file->records, file->count, sizeof *file->records, by_offset);
    file->by_name = rill_alloc(file->count, sizeof(const record *));
    if (!file->by_name)
        return STOP(p, RILL_NO_MEMORY, "safetensors: out of memory");
    for (size_t i = 0; i < file->count; i++)
        file->by_name[i] = &file->records[i];
    sort(file->by_name, file->count, sizeof(const record *), by_name);
    for (size_t i = 1; i < file->count; i++)
        if (by_name(&file->by_name[i - 1], &file->by_name[i]) == 0)
            return STOP(p, RILL_BAD_FORMAT, "safetensors: tensor '%.100s' is there twice",
                        file->by_name[i]->entry.name);
    return 1;
}

static int index_metadata(parser *p)
{
    rill_safetensors *file = p->file;
    sort(file->metadata, file->metadata_count, sizeof *file->metadata, by_key);
    for (size_t i = 1; i < file->metadata_count; i++)
        if (by_key(&file->metadata[i - 1], &file->metadata[i]) == 0)
            return STOP(p, RILL_BAD_FORMAT, "safetensors: metadata '%.100s' is there twice",
                        file->metadata[i].key);
    return 1;
}

/* The length of the header, which is in the first 8 bytes. */
static rill_status header_length(const unsigned char *bytes, size_t size, size_t *length,
                                 rill_message *message)
{
    uint64_t claimed = 0;
    if (size < 8)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "safetensors: truncated: expected at least 8 bytes, found %zu", size);
    for (int i = 0; i < 8; i++)
        claimed |= (uint64_t)bytes[i] << 8 * i;
    if (claimed > RILL_SAFETENSORS_HEADER_MAX)
        return rill_fail(
            message, RILL_BAD_FORMAT,
            "not a safetensors file: its header should have %llu bytes, at most %d are "
            "allowed",
            (unsigned long long)claimed, RILL_SAFETENSORS_HEADER_MAX);
    if (claimed > size - 8)
        return rill_fail(message, RILL_BAD_FORMAT,
                         "safetensors: truncated: the header should have %llu bytes, %zu are left",
                         (unsigned long long)claimed, size - 8);
    *length = (size_t)claimed;
    return RILL_OK;
}

static rill_status parse(rill_safetensors *file, const char *bytes, size_t size, size_t length,
                         rill_message *message)
{
    parser p = { .file = file, .json = rill_json_begin(bytes + 8, length), .message = message };
    file->names = p.names = rill_alloc(length, 1);
    if (!file->names)
        return rill_fail(message, RILL_NO_MEMORY, "safetensors: out of memory");
    take_header(&p);
    if (p.json.fault)
        return rill_fail(message, RILL_BAD_FORMAT, "safetensors: header, byte %td: %s",
                         p.json.at - p.json.start, p.json.fault);
    if (p.status == RILL_OK && index_metadata(&p) && index_tensors(&p))
        place_data(&p, bytes + 8 + length, size - 8 - length);
    return p.status;
}

rill_safetensors *rill_safetensors_parse(const void *bytes, size_t size, rill_message *message)
{
    size_t length = 0;
    if (!bytes) {
        rill_fail(message, RILL_BAD_ARGUMENT, "safetensors: the data is NULL");
        return NULL;
    }
    if (header_length(bytes, size, &length, message) != RILL_OK)
        return NULL;
    rill_safetensors *file = rill_alloc_zeroed(1, sizeof *file);
    if (!file) {
        rill_fail(message, RILL_NO_MEMORY, "safetensors: out of memory");
        return NULL;
    }
    if (parse(file, bytes, size, length, message) != RILL_OK) {
        rill_safetensors_free(file);
        return NULL;
    }
    return file;
}

void rill_safetensors_free(rill_safetensors *file)
{
    if (!file)
        return;
    rill_free(file->records);
    rill_free(file->by_name);
    rill_free(file->metadata);
    rill_free(file->names);
    rill_free(file);
}

size_t rill_safetensors_count(const rill_safetensors *file)
{
    return file ? file->count : 0;
}

const rill_safetensors_entry *rill_safetensors_at(const rill_safetensors *file, size_t index)
{
    return file && index < file->count ? &file->records[index].entry : NULL;
}

const rill_safetensors_entry *rill_safetensors_find(const rill_safetensors *file, const char *name)
{
    if (!file || !name || file->count == 0)
        return NULL;
    const record wanted = { .entry = { .name = name } }, *key = &wanted;
    const record **found =
        bsearch(&key, file->by_name, file->count, sizeof(const record *), by_name);
    return found ? &(*found)->entry : NULL;
}

size_t rill_safetensors_metadata_count(const rill_safetensors *file)
{
    return file ? file->metadata_count : 0;
}

const rill_safetensors_pair *rill_safetensors_metadata_at(const rill_safetensors *file,
                                                          size_t index)
{
    return file && index < file->metadata_count ? &file->metadata[index] : NULL;
}

const char *rill_safetensors_metadata(const rill_safetensors *file, const char *key)
{
    if (!file || !key || file->metadata_count == 0)
        return NULL;
    const rill_safetensors_pair wanted = { .key = key };
    const rill_safetensors_pair *found =
        bsearch(&wanted, file->metadata, file->metadata_count, sizeof wanted, by_key);
    return found ? found->value : NULL;
}
