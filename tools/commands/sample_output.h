/* sample_output.h - the files of rill sample: samples, written as they are drawn, and --trajectory,
 * which stays in memory until it is complete. */
#ifndef RILL_TOOLS_COMMANDS_SAMPLE_OUTPUT_H
#define RILL_TOOLS_COMMANDS_SAMPLE_OUTPUT_H

#include "tools/cli/model.h"
#include "tools/cli/rows_file.h"

typedef struct sample_output {
    const cli_args *args;
    const cli_model *model;
    rill_npy_type type; /* f4 or i4: numbers of four bytes */
    int64_t n, times;
    cli_rows_file samples;
    void *part;       /* [times, chunk, width], of the chunk that is drawn; NULL: not kept */
    void *trajectory; /* [times, n, width], or NULL */
} sample_output;

/* A trajectory with an axis more than files have is refused.  Complains and returns the exit
 * status. */
int sample_output_check(const cli_args *args, const cli_model *model);
/* Begins the file, and has room for a trajectory where there is one.  Complains and returns the
 * exit status; free it in any case. */
int sample_output_open(sample_output *o, rill_message *message);
/* Calls `some` for rows first..first+n-1 of o->n, SAMPLE_CHUNK at a time, until one fails.
 * RILL_INTERRUPTED after a Ctrl-C, which it tells of. */
rill_status sample_output_each(const sample_output *o,
                               rill_status (*some)(void *self, int64_t first, int64_t n),
                               void *self);
/* What a failed write has to tell is told by the commit. */
rill_status sample_output_write(sample_output *o, const void *rows, int64_t n);
/* Puts the part of samples first..first+n-1 where it belongs in the trajectory. */
void sample_output_keep(sample_output *o, int64_t first, int64_t n);
rill_status sample_output_commit(sample_output *o, rill_message *message);
/* Does nothing where no trajectory was asked for. */
rill_status sample_output_save_trajectory(sample_output *o, rill_message *message);
void sample_output_free(sample_output *o);

#endif
