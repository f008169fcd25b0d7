/* train_log.h - the log of a run: lines of step,loss, the loss being the mean over an interval. */
#ifndef RILL_TOOLS_CLI_TRAIN_LOG_H
#define RILL_TOOLS_CLI_TRAIN_LOG_H

#include "base/status.h"

#include <stdint.h>
#include <stdio.h>

enum { CLI_LOG_INTERVAL = 10 };

/* Opens the log for a run that has done `done` steps: a new file with a heading, or the lines of an
 * old one up to there.  NULL with the reason. */
FILE *cli_log_open(const char *path, int64_t done, rill_message *message);
/* RILL_BAD_FORMAT, with what it is instead, where the file's first line is not that heading. */
rill_status cli_log_check(const char *path, rill_message *message);
void cli_log_line(FILE *log, int64_t step, double loss);
/* Everything written so far is in the file; RILL_IO when it is not. */
rill_status cli_log_flush(FILE *log, const char *path, rill_message *message);

#endif
