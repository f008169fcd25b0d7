/* path.h - a path as it is given on the command line: by its name, or as a formula. */
#ifndef RILL_TOOLS_CLI_PATH_H
#define RILL_TOOLS_CLI_PATH_H

#include "cli.h"
#include "tools/formula.h"

typedef struct cli_path {
    const rill_path *path;
    formula *formula; /* what the path is made from; NULL: it has a name */
} cli_path;

/* 0, with what is wrong, when `text` is neither.  A word that is no name is not taken for a
 * formula: the reason is then empty. */
int cli_path_open(const rill_extensions *extensions, const char *text, cli_path *path,
                  mistake *wrong);
void cli_path_close(cli_path *path);

#endif
