#include "npy_file.h"

#include "file.h"

static rill_status parse_named(const char *path, const void *bytes, size_t size, rill_npy *npy,
                               rill_message *message)
{
    rill_message reason;
    rill_status status = rill_npy_parse(bytes, size, npy, &reason);
    if (status == RILL_OK)
        return RILL_OK;
    return rill_fail(message, status, "'%.200s': %.300s", path, reason.text);
}

rill_status rill_npy_load(const char *path, rill_npy *npy, void **bytes, rill_message *message)
{
    size_t size = 0;
    if (!npy)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "cannot load a .npy file: the place for the result is NULL");
    rill_status status = rill_file_read(path, bytes, &size, message);
    if (status != RILL_OK)
        return status;
    status = parse_named(path, *bytes, size, npy, message);
    if (status != RILL_OK) {
        rill_file_free(*bytes);
        *bytes = NULL;
    }
    return status;
}

rill_status rill_npy_save(const char *path, rill_npy_type type, const rill_shape *shape,
                          const void *data, rill_message *message)
{
    char header[RILL_NPY_HEADER_MAX];
    size_t length = 0;
    rill_status status = rill_npy_header(type, shape, header, sizeof header, &length);
    if (status != RILL_OK)
        return rill_fail(message, status, "cannot save a .npy file: type or shape is invalid");
    int64_t count = rill_shape_count(shape);
    if (count > 0 && !data)
        return rill_fail(message, RILL_BAD_ARGUMENT, "cannot save a .npy file: the data is NULL");
    rill_file_writer *writer = rill_file_create(path, message);
    if (!writer)
        return path ? RILL_IO : RILL_BAD_ARGUMENT;
    rill_file_write(writer, header, length);
    rill_file_write(writer, data, (size_t)count * rill_npy_type_size(type));
    return rill_file_commit(writer, message);
}
