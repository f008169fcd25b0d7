/* text_file.h - a text as a file that appears whole or not at all. */
#ifndef RILL_TOOLS_CLI_TEXT_FILE_H
#define RILL_TOOLS_CLI_TEXT_FILE_H

#include "cli.h"

/* Complains and returns the exit status. */
int cli_text_write(const cli_args *args, const char *path, const char *text, size_t size);

#endif
