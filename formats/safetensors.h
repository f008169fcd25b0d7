/* safetensors.h - named tensors and string metadata in the safetensors format, from and to memory.
 *
 * A file is: the length of the header (8 bytes, little-endian), the header (JSON), the data.
 * Reading checks all that the reference implementation checks: lengths, names, shapes, and that the
 * tensors cover the data without overlap or hole.  https://github.com/huggingface/safetensors */
#ifndef RILL_FORMATS_SAFETENSORS_H
#define RILL_FORMATS_SAFETENSORS_H

#include "../core/dtype.h"
#include "../core/shape.h"
#include "sink.h"
#include "../base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A longer header is refused: the reference implementation's limit. */
#define RILL_SAFETENSORS_HEADER_MAX 100000000

typedef struct rill_safetensors_entry {
    const char *name;
    const char *type; /* as in the file: "F32", "BF16"; not used in writing */
    rill_dtype dtype; /* RILL_DTYPE_COUNT for a type that rill has not, such as BF16 */
    rill_shape shape;
    const void *data; /* row-major, aligned for nothing */
    size_t size;      /* of the data in bytes; not used in writing */
} rill_safetensors_entry;

typedef struct rill_safetensors_pair {
    const char *key, *value;
} rill_safetensors_pair;

/* A parsed file: an index over bytes that must outlive it. */
typedef struct rill_safetensors rill_safetensors;

/* NULL, with a message, for malformed data (or no memory). */
rill_safetensors *rill_safetensors_parse(const void *bytes, size_t size, rill_message *message);
/* Accepts NULL. */
void rill_safetensors_free(rill_safetensors *file);

/* The tensors in the order of their data.  NULL for an index or a name that is not there. */
size_t rill_safetensors_count(const rill_safetensors *file);
const rill_safetensors_entry *rill_safetensors_at(const rill_safetensors *file, size_t index);
const rill_safetensors_entry *rill_safetensors_find(const rill_safetensors *file, const char *name);

/* The metadata, sorted by key.  NULL for what is not there. */
size_t rill_safetensors_metadata_count(const rill_safetensors *file);
const rill_safetensors_pair *rill_safetensors_metadata_at(const rill_safetensors *file,
                                                          size_t index);
const char *rill_safetensors_metadata(const rill_safetensors *file, const char *key);

/* Writes a file.  The same tensors and metadata give the same bytes whatever their order: tensors
 * go by falling alignment, then name, as the reference implementation has it, metadata by key, and
 * the data begins at a multiple of 8. RILL_BAD_ARGUMENT: a name or key is NULL, twice there, or not
 * UTF-8; a dtype, shape or pointer is not valid. A failure of the sink is returned as it is. */
rill_status rill_safetensors_write(const rill_safetensors_entry *entries, size_t count,
                                   const rill_safetensors_pair *metadata, size_t metadata_count,
                                   rill_sink sink, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
