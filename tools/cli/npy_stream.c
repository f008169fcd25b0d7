#include "npy_stream.h"

#include "interrupt.h"
#include "place.h"
#include "writable.h"

#include "formats/npy_file.h"

static rill_status check_name(const char *path, rill_message *message)
{
    if (!cli_is_csv(path))
        return RILL_OK;
    return rill_fail(message, RILL_BAD_ARGUMENT, "'%.200s': what is written is .npy, not .csv",
                     path);
}

rill_status cli_npy_path(const char *path, rill_message *message)
{
    if (!path)
        return RILL_OK;
    rill_status status = check_name(path, message);
    if (status != RILL_OK)
        return status;
    return cli_check_writable(path, message);
}

rill_file_writer *cli_npy_begin(const char *path, rill_npy_type type, const rill_shape *shape,
                                rill_message *message)
{
    char header[RILL_NPY_HEADER_MAX];
    size_t length;
    if (check_name(path, message) != RILL_OK)
        return NULL;
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

rill_status cli_npy_save(const char *path, rill_npy_type type, const rill_shape *shape,
                         const void *values, rill_message *message)
{
    cli_interrupt_watch();
    rill_status status = rill_npy_save(path, type, shape, values, message);
    cli_interrupt_pass_on();
    return status;
}
