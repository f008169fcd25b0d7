#include "npy_stream.h"

rill_file_writer *cli_npy_begin(const char *path, rill_npy_type type, const rill_shape *shape,
                                rill_message *message)
{
    char header[RILL_NPY_HEADER_MAX];
    size_t length;
    if (rill_npy_header(type, shape, header, sizeof header, &length) != RILL_OK) {
        rill_fail(message, RILL_BAD_ARGUMENT, "'%.200s' would be larger than an array can be",
                  path);
        return NULL;
    }
    rill_file_writer *writer = rill_file_create(path, message);
    if (writer)
        rill_file_write(writer, header, length);
    return writer;
}
