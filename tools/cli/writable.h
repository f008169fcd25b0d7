/* writable.h - what cannot be written is known before hours are spent. */
#ifndef RILL_TOOLS_CLI_WRITABLE_H
#define RILL_TOOLS_CLI_WRITABLE_H

#include "base/status.h"

/* RILL_IO, with the reason, when there can be no file at `path`; what is there stays. */
rill_status cli_check_writable(const char *path, rill_message *message);

#endif
