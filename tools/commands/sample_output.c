#include "sample_output.h"

#include "formats/npy_file.h"
#include "sample_options.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/npy_stream.h"
#include "tools/cli/rows.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER = 4 }; /* bytes of one, f4 or i4 */

int sample_output_check(const cli_args *args, const cli_model *model)
{
    int rank = model->sample.rank + 2;
    if (!args->value[SAMPLE_TRAJECTORY].text || rank <= RILL_MAX_RANK)
        return CLI_DONE;
    return cli_usage(args, "--trajectory would have %d dimensions, at most %d are kept", rank,
                     RILL_MAX_RANK);
}

int sample_output_open(sample_output *o, rill_message *message)
{
    const cli_value *value = o->args->value;
    const char *trajectory = value[SAMPLE_TRAJECTORY].text;
    size_t time = (size_t)(o->times * o->model->width) * NUMBER; /* all times of one sample */
    if (trajectory) {
        o->part = malloc(time * (size_t)(o->n < SAMPLE_CHUNK ? o->n : SAMPLE_CHUNK));
        o->trajectory = malloc(time * (size_t)o->n);
    }
    if (trajectory && (!o->part || !o->trajectory))
        return cli_fail(o->args, "out of memory");
    rill_shape shape = cli_rows_shape(o->model, 0, o->n);
    rill_status status = cli_npy_path(trajectory, message);
    if (status == RILL_OK)
        status = cli_rows_file_begin(&o->samples, value[SAMPLE_OUT].text, o->type, &shape, message);
    return status == RILL_OK ? CLI_DONE : cli_fail(o->args, "%s", message->text);
}

rill_status sample_output_each(const sample_output *o,
                               rill_status (*some)(void *self, int64_t first, int64_t n),
                               void *self)
{
    rill_status status = RILL_OK;
    for (int64_t first = 0; first < o->n && status == RILL_OK && !cli_interrupted();
         first += SAMPLE_CHUNK)
        status = some(self, first, o->n - first < SAMPLE_CHUNK ? o->n - first : SAMPLE_CHUNK);
    if (!cli_interrupted())
        return status;
    cli_note(o->args, "stopped; nothing was written");
    return RILL_INTERRUPTED;
}

rill_status sample_output_write(sample_output *o, const void *rows, int64_t n)
{
    return cli_rows_file_write(&o->samples, rows, n);
}

void sample_output_keep(sample_output *o, int64_t first, int64_t n)
{
    size_t row = (size_t)o->model->width * NUMBER;
    for (int64_t k = 0; k < o->times && o->part; k++)
        memcpy((char *)o->trajectory + (size_t)(k * o->n + first) * row,
               (const char *)o->part + (size_t)(k * n) * row, (size_t)n * row);
}

rill_status sample_output_commit(sample_output *o, rill_message *message)
{
    return cli_rows_file_commit(&o->samples, message);
}

rill_status sample_output_save_trajectory(sample_output *o, rill_message *message)
{
    rill_shape shape = cli_rows_shape(o->model, o->times, o->n);
    if (!o->trajectory)
        return RILL_OK;
    return rill_npy_save(o->args->value[SAMPLE_TRAJECTORY].text, o->type, &shape, o->trajectory,
                         message);
}

void sample_output_free(sample_output *o)
{
    cli_rows_file_abandon(&o->samples);
    free(o->part);
    free(o->trajectory);
}
