#include "text_file.h"

#include "formats/file.h"

int cli_text_write(const cli_args *args, const char *path, const char *text, size_t size)
{
    rill_message message;
    rill_file_writer *writer = rill_file_create(path, &message);
    if (!writer)
        return cli_fail(args, "%s", message.text);
    rill_file_write(writer, text, size); /* what fails shows in the commit */
    return rill_file_commit(writer, &message) == RILL_OK ? CLI_DONE
                                                         : cli_fail(args, "%s", message.text);
}
