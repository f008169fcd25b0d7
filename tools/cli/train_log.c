#include "train_log.h"

#include "formats/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "step,loss\n"

/* 1 for "STEP,..." of a whole interval that ends by step `done`: what a run writes beyond, or for
 * an interval cut short by its end, it writes again. */
static int is_kept(const char *line, size_t length, int64_t done)
{
    char text[32] = "", *end;
    memcpy(text, line, length < sizeof text ? length : sizeof text - 1);
    long long step = strtoll(text, &end, 10);
    return end != text && *end == ',' && step <= done && step % CLI_LOG_INTERVAL == 0;
}

static void write_kept(rill_file_writer *writer, const char *at, size_t size, int64_t done)
{
    const char *end = at + size;
    for (const char *line_end; at < end; at = line_end + 1) {
        line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            break;
        if (is_kept(at, (size_t)(line_end - at), done))
            rill_file_write(writer, at, (size_t)(line_end - at) + 1);
    }
}

/* Rewrites the log without the lines after `done`; an unfinished last line goes too. */
static rill_status cut_back(const char *path, int64_t done, rill_message *message)
{
    void *bytes = NULL;
    size_t size = 0;
    if (done > 0) {
        rill_status status = rill_file_read(path, &bytes, &size, message);
        if (status != RILL_OK && status != RILL_NOT_FOUND)
            return status;
    }
    rill_file_writer *writer = rill_file_create(path, message);
    if (!writer) {
        rill_file_free(bytes);
        return RILL_IO;
    }
    rill_file_write(writer, HEADING, strlen(HEADING));
    if (bytes)
        write_kept(writer, bytes, size, done);
    rill_file_free(bytes);
    return rill_file_commit(writer, message);
}

FILE *cli_log_open(const char *path, int64_t done, rill_message *message)
{
    if (cut_back(path, done, message) != RILL_OK)
        return NULL;
    FILE *log = fopen(path, "a");
    if (!log)
        rill_fail(message, RILL_IO, "cannot write '%.350s': %s", path, strerror(errno));
    return log;
}

rill_status cli_log_check(const char *path, rill_message *message)
{
    char line[64] = "";
    FILE *log = fopen(path, "r");
    if (!log)
        return rill_fail(message, RILL_IO, "cannot read '%.350s': %s", path, strerror(errno));
    int read = fgets(line, sizeof line, log) != NULL;
    fclose(log);
    line[strcspn(line, "\r\n")] = '\0';
    if (read && strncmp(line, HEADING, strlen(HEADING) - 1) == 0 && !line[strlen(HEADING) - 1])
        return RILL_OK;
    return rill_fail(message, RILL_BAD_FORMAT,
                     "'%.200s' begins with '%s'; expected a log of rill train, which begins with "
                     "'step,loss'",
                     path, line);
}

void cli_log_line(FILE *log, int64_t step, double loss)
{
    fprintf(log, "%lld,%.9g\n", (long long)step, loss);
}

rill_status cli_log_flush(FILE *log, const char *path, rill_message *message)
{
    if (fflush(log) == 0 && !ferror(log))
        return RILL_OK;
    return rill_fail(message, RILL_IO, "cannot write '%.350s': %s", path, strerror(errno));
}
