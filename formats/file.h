/* file.h - whole files into memory, and files that appear whole or not at all.
 *
 * The only part of rill that knows files; parsers take memory, so a build may leave this out.
 * Every message names the path and the system's reason. */
#ifndef RILL_FORMATS_FILE_H
#define RILL_FORMATS_FILE_H

#include "sink.h"
#include "../base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Files larger than this are refused, and pipes that have not ended by then: 64 GiB. */
#define RILL_FILE_MAX ((size_t)1 << 36)

/* Reads all of a regular file or a pipe.  *bytes is aligned for any type, is never NULL on success
 * (also for an empty file) and is released with rill_file_free.  On failure *bytes is NULL, *size
 * 0. RILL_NOT_FOUND: no such file.  RILL_INTERRUPTED: a signal came while waiting for a pipe.
 * RILL_UNSUPPORTED: a directory, a device, a socket, or too large.  RILL_IO: anything else. */
rill_status rill_file_read(const char *path, void **bytes, size_t *size, rill_message *message);
void rill_file_free(void *bytes);

/* A file being written.  The bytes go to a temporary name in the target's directory; commit syncs
 * them and renames, so that no reader ever sees half a file and a crash leaves the old one.
 *
 * A symbolic link stays, and the file it names is replaced.  An existing target keeps its
 * permissions; a new one has 0666 less the umask.  What is no regular file (/dev/stdout, a FIFO) is
 * written directly.  A reader that closes a FIFO early raises SIGPIPE, which is the caller's to
 * ignore. */
typedef struct rill_file_writer rill_file_writer;

/* NULL, with a message, when the file cannot be written; nothing has been created then. */
rill_file_writer *rill_file_create(const char *path, rill_message *message);

/* Appends.  The first failure is kept: later writes do nothing and return it, and so does commit,
 * so that checking there is enough. */
rill_status rill_file_write(rill_file_writer *writer, const void *bytes, size_t size);

/* Makes the file appear under its name, and frees the writer whatever happens.  On failure the
 * temporary file is gone and the target is as it was. */
rill_status rill_file_commit(rill_file_writer *writer, rill_message *message);

/* Drops what was written, and frees the writer.  NULL is allowed. */
void rill_file_abandon(rill_file_writer *writer);

/* 1 when what is written to one path replaces what is at the other, by links or another way to the
 * folder; the files need not be there yet.  0 where either is NULL, and for what is no regular file
 * (a terminal, /dev/null) under two names. */
int rill_file_same(const char *a, const char *b);

/* The writer as a sink. */
rill_sink rill_file_sink(rill_file_writer *writer);

#ifdef __cplusplus
}
#endif
#endif
