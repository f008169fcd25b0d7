/* text_file.h - a text as a file that appears whole or not at all. */
#ifndef RILL_TOOLS_CLI_TEXT_FILE_H
#define RILL_TOOLS_CLI_TEXT_FILE_H

#include "cli.h"

/* They complain and return the exit status.  The second writes what `print` prints, unless that
 * does not return CLI_DONE, which is then returned. */
int cli_text_write(const cli_args *args, const char *path, const char *text, size_t size);
int cli_text_print(const cli_args *args, const char *path, int (*print)(void *self, FILE *out),
                   void *self);

#endif
