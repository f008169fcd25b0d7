#include "writable.h"

#include "formats/file.h"

rill_status cli_check_writable(const char *path, rill_message *message)
{
    rill_file_writer *writer = rill_file_create(path, message);
    rill_file_abandon(writer);
    return writer ? RILL_OK : RILL_IO;
}
