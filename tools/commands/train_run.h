/* train_run.h - a run of rill train from the command line to its end, and the stages it goes
 * through.  A stage complains and returns the exit status; CLI_DONE: the next one may follow. */
#ifndef RILL_TOOLS_COMMANDS_TRAIN_RUN_H
#define RILL_TOOLS_COMMANDS_TRAIN_RUN_H

#include "tools/cli/progress.h"
#include "tools/cli/trainer.h"

#include <stdio.h>

typedef struct train_run {
    const cli_args *args;
    const cli_value *flag; /* args->value */
    const char *out;
    const char *teacher; /* of rill reflow, whose model stays as well; NULL: none */
    cli_model model;
    cli_source data, start;
    int has_start; /* x0 comes from data or a file of pairs */
    cli_trainer trainer;
    FILE *log;
    cli_progress progress;
} train_run;

/* The model's settings: those that were given, or those of the model that goes on. */
int train_settle(train_run *r);
/* What can be told of the choices before there is data. */
int train_check_choices(train_run *r);
/* Opens what is learned from, and where samples start. */
int train_open_data(train_run *r);
/* A path of one's own, formula or extension, has to begin at x0, end at x1 and be a number between.
 * (Those that come with rill are held to that by tests.) */
int train_check_formula(train_run *r);
/* Files that cannot be written, or that are read. */
int train_check_outputs(train_run *r);
int train_open_log(train_run *r);

/* All that can be told of a command line of rill train before there is data, whose samples will
 * have that shape, and which the model at `teacher` makes: rill reflow asks before it does. */
int train_check_alone(const cli_args *args, const char *teacher, const rill_shape *sample);

/* A note where columns of a file are far from 0 and 1, and nothing brings them there. */
int train_say_units(const train_run *r);
/* A setting of the model's own choice. */
int train_set(train_run *r, int option, const char *text);
/* Prints the profile and writes its files, where one was asked for. */
int train_tell_profile(train_run *r);
/* Complains over the line of progress, and returns CLI_FAILED. */
int train_failed(const train_run *r, const rill_message *message);

#endif
