#include "writable.h"

#include "interrupt.h"

#include "formats/file.h"

rill_status cli_check_writable(const char *path, rill_message *message)
{
    cli_interrupt_watch();
    rill_file_writer *writer = rill_file_create(path, message);
    rill_file_abandon(writer);
    cli_interrupt_pass_on();
    return writer ? RILL_OK : RILL_IO;
}
