/* path.h - a path as it is given on the command line: by its name, with the numbers that it takes,
 * or as a formula. */
#ifndef RILL_TOOLS_CLI_PATH_H
#define RILL_TOOLS_CLI_PATH_H

#include "cli.h"
#include "models/flow/scheduler.h"
#include "tools/formula/formula.h"

/* Stays where it was opened: some of it points to the rest. */
typedef struct cli_path {
    const rill_path *path;
    formula *formula; /* what the path is made from; NULL: it has a name */
    rill_path own;    /* of a path with numbers of its own */
    rill_scheduler scheduler;
    double parameter[RILL_MAX_PARAMETERS];
    rill_parameters parameters;
} cli_path;

/* 0, with what is wrong, when `text` is neither.  A word that is no name is not taken for a
 * formula: the reason is then empty. */
int cli_path_open(const rill_extensions *extensions, const char *text, cli_path *path,
                  mistake *wrong);
void cli_path_close(cli_path *path);

#endif
