#include "file.h"

#include "links.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_READ = 1 << 16, /* bytes asked of a pipe, whose size nobody knows */
    BUFFER = 1 << 16,     /* of a writer, so that short lines make no system call each */
    MAX_NAMES = 100,      /* temporary names tried */
};

/* The path is cut, so that the reason always fits. */
static rill_status fail_path(rill_message *message, const char *doing, const char *path, int error)
{
    rill_status status = error == ENOENT   ? RILL_NOT_FOUND
                         : error == EINTR  ? RILL_INTERRUPTED
                         : error == ENOMEM ? RILL_NO_MEMORY
                                           : RILL_IO;
    return rill_fail(message, status, "cannot %s '%.350s': %s", doing, path, strerror(error));
}

typedef struct contents {
    void *bytes;
    size_t size, capacity;
} contents;

/* Reads until the end or until `limit` is passed; 0 or an errno. */
static int read_all(int fd, contents *all, size_t limit)
{
    while (all->size <= limit) {
        if (all->size == all->capacity && !rill_grow(&all->bytes, &all->capacity, all->size + 1, 1))
            return ENOMEM;
        ssize_t got = read(fd, (char *)all->bytes + all->size, all->capacity - all->size);
        if (got < 0)
            return errno;
        if (got == 0)
            return 0;
        all->size += (size_t)got;
    }
    return EFBIG;
}

/* Checks what kind of thing `fd` is; *first is the number of bytes to make room for at once. */
static rill_status check_readable(int fd, const char *path, size_t *first, rill_message *message)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fail_path(message, "read", path, errno);
    if (S_ISDIR(info.st_mode))
        return rill_fail(message, RILL_UNSUPPORTED, "cannot read '%.350s': it is a directory",
                         path);
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        return rill_fail(message, RILL_UNSUPPORTED,
                         "cannot read '%.350s': neither a regular file nor a pipe", path);
    if ((uint64_t)info.st_size > RILL_FILE_MAX)
        return rill_fail(message, RILL_UNSUPPORTED,
                         "cannot read '%.350s': it has %lld bytes, at most %zu are read", path,
                         (long long)info.st_size, RILL_FILE_MAX);
    /* One more than the size, so that a read tells the end without growing. */
    *first = info.st_size > 0 ? (size_t)info.st_size + 1 : FIRST_READ;
    return RILL_OK;
}

static rill_status read_open(int fd, const char *path, contents *all, rill_message *message)
{
    size_t first = 0;
    rill_status status = check_readable(fd, path, &first, message);
    if (status != RILL_OK)
        return status;
    if (!rill_grow(&all->bytes, &all->capacity, first, 1))
        return fail_path(message, "read", path, ENOMEM);
    int error = read_all(fd, all, RILL_FILE_MAX);
    return error ? fail_path(message, "read", path, error) : RILL_OK;
}

rill_status rill_file_read(const char *path, void **bytes, size_t *size, rill_message *message)
{
    if (bytes)
        *bytes = NULL;
    if (size)
        *size = 0;
    if (!path || !bytes || !size)
        return rill_fail(message, RILL_BAD_ARGUMENT, "cannot read a file: %s is NULL",
                         !path ? "the path" : "the place for the result");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_path(message, "read", path, errno);
    contents all = { 0 };
    rill_status status = read_open(fd, path, &all, message);
    close(fd);
    if (status != RILL_OK) {
        rill_free(all.bytes);
        return status;
    }
    *bytes = all.bytes;
    *size = all.size;
    return RILL_OK;
}

void rill_file_free(void *bytes)
{
    rill_free(bytes);
}

struct rill_file_writer {
    int fd;
    int error; /* errno of the first failure, 0 while all is well */
    size_t used;
    char target[PATH_MAX];    /* with symbolic links followed */
    char temporary[PATH_MAX]; /* "" when the target is written directly */
    char buffer[BUFFER];
};

/* Creates the temporary file beside the target, under a name that nobody has. */
static int open_temporary(rill_file_writer *writer)
{
    size_t directory = rill_directory_length(writer->target);
    for (int i = 0; i < MAX_NAMES; i++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        int length =
            snprintf(writer->temporary, sizeof writer->temporary, "%.*s.rill-%ld-%09ld-%d.tmp",
                     (int)directory, writer->target, (long)getpid(), (long)now.tv_nsec, i);
        if (length >= PATH_MAX)
            return ENAMETOOLONG;
        writer->fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (writer->fd >= 0)
            return 0;
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

static void drop_temporary(rill_file_writer *writer)
{
    if (writer->temporary[0])
        unlink(writer->temporary);
    writer->temporary[0] = '\0';
}

/* A file that its owner may not write is refused, although renaming over it would succeed. */
static int open_over(rill_file_writer *writer, mode_t mode)
{
    if (access(writer->target, W_OK) != 0)
        return errno;
    int error = open_temporary(writer);
    if (!error && fchmod(writer->fd, mode & 07777) != 0)
        error = errno;
    return error;
}

/* What is no regular file cannot be renamed over; and a link of /proc, as /dev/stdout is, names it
 * only through the path as given. */
static int open_direct(rill_file_writer *writer, const char *path)
{
    writer->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return writer->fd < 0 ? errno : 0;
}

static int open_target(rill_file_writer *writer, const char *path)
{
    struct stat info;
    size_t length = strlen(path);
    if (length >= PATH_MAX)
        return ENAMETOOLONG;
    int exists = stat(path, &info) == 0;
    if (!exists && errno != ENOENT)
        return errno;
    if ((exists && S_ISDIR(info.st_mode)) || (length > 0 && path[length - 1] == '/'))
        return EISDIR;
    memcpy(writer->target, path, length + 1);
    if (exists && !S_ISREG(info.st_mode))
        return open_direct(writer, path);
    int error = length == 0 ? ENOENT : rill_follow_links(writer->target);
    if (error)
        return error;
    return exists ? open_over(writer, info.st_mode) : open_temporary(writer);
}

rill_file_writer *rill_file_create(const char *path, rill_message *message)
{
    if (!path) {
        rill_fail(message, RILL_BAD_ARGUMENT, "cannot write a file: the path is NULL");
        return NULL;
    }
    rill_file_writer *writer = rill_alloc(1, sizeof *writer);
    if (!writer) {
        fail_path(message, "write", path, ENOMEM);
        return NULL;
    }
    writer->fd = -1;
    writer->error = 0;
    writer->used = 0;
    writer->temporary[0] = '\0';
    int error = open_target(writer, path);
    if (error) {
        if (writer->fd < 0)
            writer->temporary[0] = '\0'; /* the name was never ours */
        rill_file_abandon(writer);
        fail_path(message, "write", path, error);
        return NULL;
    }
    return writer;
}

/* Signals do not interrupt a write: a save on Ctrl-C must finish. */
static void put(rill_file_writer *writer, const char *bytes, size_t size)
{
    while (size > 0 && !writer->error) {
        ssize_t written = write(writer->fd, bytes, size < SSIZE_MAX ? size : SSIZE_MAX);
        if (written < 0) {
            writer->error = errno == EINTR ? 0 : errno;
            continue;
        }
        bytes += written;
        size -= (size_t)written;
    }
}

static void flush(rill_file_writer *writer)
{
    put(writer, writer->buffer, writer->used);
    writer->used = 0;
}

static rill_status status_of(const rill_file_writer *writer, rill_message *message)
{
    return writer->error ? fail_path(message, "write", writer->target, writer->error) : RILL_OK;
}

rill_status rill_file_write(rill_file_writer *writer, const void *bytes, size_t size)
{
    if (!writer || (!bytes && size > 0))
        return RILL_BAD_ARGUMENT;
    if (size == 0)
        return status_of(writer, NULL);
    if (size > BUFFER - writer->used)
        flush(writer);
    if (size >= BUFFER) {
        put(writer, bytes, size);
    } else if (!writer->error) {
        memcpy(writer->buffer + writer->used, bytes, size);
        writer->used += size;
    }
    return status_of(writer, NULL);
}

/* Terminals and pipes cannot be synced, which is no failure. */
static int sync_bytes(int fd)
{
    return fsync(fd) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP ? errno : 0;
}

/* Makes the new name survive a crash.  A directory that may be written but not opened cannot be
 * synced; the file is in place all the same. */
static int sync_directory(char path[PATH_MAX])
{
    size_t length = rill_directory_length(path);
    path[length] = '\0';
    int fd = open(length ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    int error = sync_bytes(fd);
    close(fd);
    return error;
}

static void close_file(rill_file_writer *writer)
{
    if (writer->fd >= 0 && close(writer->fd) != 0 && !writer->error)
        writer->error = errno;
    writer->fd = -1;
}

rill_status rill_file_commit(rill_file_writer *writer, rill_message *message)
{
    if (!writer)
        return rill_fail(message, RILL_BAD_ARGUMENT, "cannot commit a file: the writer is NULL");
    flush(writer);
    if (!writer->error)
        writer->error = sync_bytes(writer->fd);
    close_file(writer);
    if (!writer->error && writer->temporary[0] && rename(writer->temporary, writer->target) != 0)
        writer->error = errno;
    rill_status status = status_of(writer, message);
    if (status == RILL_OK && writer->temporary[0]) {
        writer->temporary[0] = '\0'; /* it has the target's name now */
        memcpy(writer->buffer, writer->target, PATH_MAX);
        writer->error = sync_directory(writer->buffer);
        status = status_of(writer, message);
    }
    rill_file_abandon(writer);
    return status;
}

void rill_file_abandon(rill_file_writer *writer)
{
    if (!writer)
        return;
    close_file(writer);
    drop_temporary(writer);
    rill_free(writer);
}

static rill_status write_to_file(void *self, const void *bytes, size_t size)
{
    return rill_file_write(self, bytes, size);
}

rill_sink rill_file_sink(rill_file_writer *writer)
{
    return (rill_sink){ write_to_file, writer };
}
