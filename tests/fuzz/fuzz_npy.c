/* fuzz_npy.c - any bytes at all as a .npy file: refused, or every element read as every type. */
#include "formats/npy.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_all(const rill_npy *npy)
{
    rill_message message;
    int64_t count = rill_npy_count(npy);
    for (int64_t i = 0; i < count; i++) {
        double f64;
        float f32;
        int32_t i32;
        if (rill_npy_read_f64(npy, &f64, i, 1, &message) != RILL_OK)
            abort();
        rill_npy_read_f32(npy, &f32, i, 1, &message);
        rill_npy_read_i32(npy, &i32, i, 1, &message);
    }
}

/* What was accepted can be described again, and is accepted again with the same meaning. */
static void write_again(const rill_npy *npy)
{
    char header[RILL_NPY_HEADER_MAX];
    size_t length;
    rill_npy back;
    if (rill_npy_header(npy->type, &npy->shape, header, sizeof header, &length) != RILL_OK)
        abort();
    if (rill_npy_count(npy) == 0 && rill_npy_parse(header, length, &back, NULL) != RILL_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rill_npy npy;
    rill_message message;
    if (rill_npy_parse(bytes, size, &npy, &message) != RILL_OK)
        return 0;
    read_all(&npy);
    write_again(&npy);
    return 0;
}
