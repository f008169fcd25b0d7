/* sample_points.h - a run of rill sample of a model over points. */
#ifndef RILL_TOOLS_COMMANDS_SAMPLE_POINTS_H
#define RILL_TOOLS_COMMANDS_SAMPLE_POINTS_H

#include "sample_options.h"
#include "sample_output.h"

#include "tools/cli/array.h"
#include "tools/cli/field.h"
#include "tools/cli/scorer.h"
#include "tools/cli/start.h"
#include "tools/cli/steering.h"
#include "tools/cli/times.h"

typedef struct point_run {
    const cli_args *args;
    cli_field *field;
    cli_array x0; /* empty: from noise or the model's source */
    cli_start start;
    cli_steering steering;
    int64_t n;
    cli_times times;
    rill_ode_counts counts;
    sample_output output;
    float *starts, *rows; /* [SAMPLE_CHUNK,width] */
    cli_scorer *scorer;   /* samples with their log p; NULL: without */
    double *log_p;        /* [n] */
    int32_t labels[SAMPLE_CHUNK];
    rill_message message;
} point_run;

/* What was asked for: the field, the times, where samples start and how many.  Complains and
 * returns the exit status. */
int sample_open_points(point_run *r);
/* Complains about r->message, and returns CLI_FAILED. */
int sample_failed(const point_run *r);

#endif
