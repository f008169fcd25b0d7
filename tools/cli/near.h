/* near.h - the name that somebody may have meant. */
#ifndef RILL_TOOLS_CLI_NEAR_H
#define RILL_TOOLS_CLI_NEAR_H

#include "cli.h"

typedef struct cli_near {
    const char *word, *best; /* best: the nearest name offered, or NULL */
    int distance;
} cli_near;

cli_near cli_near_begin(const char *word);
/* Keeps the name when it is nearer than those before, and near at all. */
void cli_near_offer(cli_near *near, const char *name);

/* The nearest of the choices, or NULL. */
const char *cli_nearest(const char *word, cli_choices *choices, const rill_extensions *extensions);

#endif
