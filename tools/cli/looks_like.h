/* looks_like.h - what a file that is no model could be, in words for a message. */
#ifndef RILL_TOOLS_CLI_LOOKS_LIKE_H
#define RILL_TOOLS_CLI_LOOKS_LIKE_H

#include <stddef.h>

/* "a .npy array", "text", ...; NULL: nothing that is known. */
const char *cli_looks_like(const void *bytes, size_t size);

#endif
