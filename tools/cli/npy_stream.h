/* npy_stream.h - a .npy file of known shape, written piece by piece or in one go. */
#ifndef RILL_TOOLS_CLI_NPY_STREAM_H
#define RILL_TOOLS_CLI_NPY_STREAM_H

#include "formats/file.h"
#include "formats/npy.h"

/* What is wrong with a path that is to be written later: RILL_BAD_ARGUMENT when it ends in .csv,
 * since it would be read as text; RILL_IO when there can be no file.  NULL is no path. */
rill_status cli_npy_path(const char *path, rill_message *message);
/* The header; NULL with the reason.  Pieces follow by rill_file_write, and rill_file_commit. */
rill_file_writer *cli_npy_begin(const char *path, rill_npy_type type, const rill_shape *shape,
                                rill_message *message);
/* All at once: a signal has to wait for it. */
rill_status cli_npy_save(const char *path, rill_npy_type type, const rill_shape *shape,
                         const void *values, rill_message *message);

#endif
