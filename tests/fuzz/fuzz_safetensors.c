/* fuzz_safetensors.c - any bytes at all as a .safetensors file: refused, or an index that stays
 * within them and that can be written and read again. */
#include "formats/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct buffer {
    char *bytes;
    size_t size;
} buffer;

static rill_status keep(void *self, const void *bytes, size_t size)
{
    buffer *b = self;
    char *grown = realloc(b->bytes, b->size + size);
    if (!grown)
        return RILL_NO_MEMORY;
    memcpy(grown + b->size, bytes, size);
    b->bytes = grown;
    b->size += size;
    return RILL_OK;
}

static void check(int holds)
{
    if (!holds)
        abort();
}

/* Touches every byte that the index gives.  Returns whether rill has all of the types. */
static int look(const rill_safetensors *file, unsigned char *sum)
{
    int writable = 1;
    for (size_t i = 0; i < rill_safetensors_count(file); i++) {
        const rill_safetensors_entry *entry = rill_safetensors_at(file, i);
        check(rill_safetensors_find(file, entry->name) == entry);
        writable &= entry->dtype != RILL_DTYPE_COUNT;
        for (size_t k = 0; k < entry->size; k++)
            *sum ^= ((const unsigned char *)entry->data)[k];
    }
    for (size_t i = 0; i < rill_safetensors_metadata_count(file); i++) {
        const rill_safetensors_pair *pair = rill_safetensors_metadata_at(file, i);
        check(rill_safetensors_metadata(file, pair->key) == pair->value);
    }
    return writable;
}

static void write_again(const rill_safetensors *file)
{
    buffer out = { 0 };
    size_t count = rill_safetensors_count(file);
    rill_safetensors_entry *entries = calloc(count + 1, sizeof *entries);
    check(entries != NULL);
    for (size_t i = 0; i < count; i++)
        entries[i] = *rill_safetensors_at(file, i);
    check(rill_safetensors_write(entries, count, rill_safetensors_metadata_at(file, 0),
                                 rill_safetensors_metadata_count(file), (rill_sink){ keep, &out },
                                 NULL) == RILL_OK);
    rill_safetensors *back = rill_safetensors_parse(out.bytes, out.size, NULL);
    check(back && rill_safetensors_count(back) == count);
    rill_safetensors_free(back);
    free(entries);
    free(out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    unsigned char sum = 0;
    rill_message message;
    rill_safetensors *file = rill_safetensors_parse(bytes, size, &message);
    if (file && look(file, &sum))
        write_again(file);
    rill_safetensors_free(file);
    return 0;
}
