#include "text_file.h"

#include "interrupt.h"

#include "formats/file.h"

#include <stdlib.h>

int cli_text_write(const cli_args *args, const char *path, const char *text, size_t size)
{
    rill_message message;
    rill_status status = RILL_IO;
    cli_interrupt_watch();
    rill_file_writer *writer = rill_file_create(path, &message);
    if (writer) {
        rill_file_write(writer, text, size); /* what fails shows in the commit */
        status = rill_file_commit(writer, &message);
    }
    cli_interrupt_pass_on();
    return status == RILL_OK ? CLI_DONE : cli_fail(args, "%s", message.text);
}

int cli_text_print(const cli_args *args, const char *path, int (*print)(void *self, FILE *out),
                   void *self)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int status = out ? print(self, out) : CLI_DONE;
    if (!out || fclose(out))
        status = cli_fail(args, "out of memory for '%.200s'", path);
    else if (status == CLI_DONE)
        status = cli_text_write(args, path, text, size);
    free(text);
    return status;
}
