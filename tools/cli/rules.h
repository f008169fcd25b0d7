/* rules.h - which options of a command go together, as a table. */
#ifndef RILL_TOOLS_CLI_RULES_H
#define RILL_TOOLS_CLI_RULES_H

#include "cli.h"

typedef enum cli_relation {
    CLI_NEEDS,   /* the other has to be given as well */
    CLI_EXCLUDES /* the other must not be given */
} cli_relation;

/* It is about what is given: defaults break no rule. */
typedef struct cli_rule {
    int option;
    cli_relation relation;
    int other;
    const char *message; /* of one that is broken; NULL: the usual one, which names both */
} cli_rule;

/* CLI_DONE, or a complaint about the first that is broken. */
int cli_check_rules(const cli_args *args, const cli_rule *rules, int count);

#endif
