#include "looks_like.h"

#include <ctype.h>
#include <string.h>

/* What files of a kind begin with. */
static const struct {
    const char *start, *kind;
    size_t length;
} kinds[] = {
    { "\x93NUMPY", "a .npy array", 6 },      { "PK\3\4", "a zip archive, as .npz and .pt are", 4 },
    { "\x89HDF", "an HDF5 file", 4 },        { "GGUF", "a GGUF file", 4 },
    { "\x89PNG", "a PNG picture", 4 },       { "%PDF", "a PDF page", 4 },
    { "\x1f\x8b", "compressed by gzip", 2 }, { "digraph", "a drawing in DOT", 7 },
};

static int is_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size && i < 512; i++)
        if (bytes[i] >= 128 || (!isprint(bytes[i]) && !isspace(bytes[i])))
            return 0;
    return 1;
}

const char *cli_looks_like(const void *bytes, size_t size)
{
    if (size == 0)
        return "empty";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (size >= kinds[i].length && memcmp(bytes, kinds[i].start, kinds[i].length) == 0)
            return kinds[i].kind;
    return is_text(bytes, size) ? "text" : NULL;
}
