/* cli.h - what the commands share: options declared as data, and how a command fails.
 *
 * A command is one const table.  The parser and --help are made from it, so they cannot differ. */
#ifndef RILL_TOOLS_CLI_CLI_H
#define RILL_TOOLS_CLI_CLI_H

#include "base/status.h"
#include "models/parameter.h"
#include "tools/command.h"
#include "tools/mistake.h"

#include <stdint.h>
#include <stdio.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };

/* A name that an option takes, and the numbers that may follow it (parameters.h). */
typedef struct cli_choice {
    const char *name, *doc;
    rill_parameters parameters;
} cli_choice;

/* The choices in order; a NULL name ends them. */
typedef cli_choice cli_choices(const rill_extensions *extensions, int i);

typedef enum cli_kind {
    CLI_FLAG,    /* takes no value */
    CLI_TEXT,    /* any but the empty text; `choices` are then suggestions */
    CLI_WHOLE,   /* a whole number, low to high */
    CLI_NUMBER,  /* a number, low to high */
    CLI_CHOICE,  /* one of `choices` */
    CLI_PATH,    /* one of `choices`, which are paths, or a formula (tools/formula/formula.h) */
    CLI_NUMBERS, /* those that `numbers` describes, W,FROM,TO; the last may be missing */
    CLI_RANGE,   /* two finite numbers, LOW,HIGH, the first less than the second */
    CLI_KIND_COUNT
} cli_kind;

/* What a CLI_TEXT may name. */
typedef enum cli_file { CLI_NO_FILE, CLI_READ, CLI_WRITTEN } cli_file;

typedef struct cli_option {
    const char *name; /* without the dashes */
    cli_kind kind;
    cli_file file;
    const char *metavar;  /* what help calls the value: "FILE" */
    const char *standard; /* the default, read as if it had been given; NULL: none */
    double low, high;     /* of numbers; whole ones are at most 2^53 */
    cli_choices *choices;
    const rill_parameters *numbers;
    int required;
    int recorded; /* of train: part of a model's configuration */
    const char *doc;
} cli_option;

typedef struct cli_value {
    int given;        /* not only a default */
    const char *text; /* NULL: neither given nor a default */
    int64_t whole;
    double number;
    double high;      /* of a range, whose low end is `number` */
    const char *name; /* of a choice, without the numbers that follow; NULL: a formula */
    rill_parameters parameters;
    double parameter[RILL_MAX_PARAMETERS]; /* those numbers, or those of CLI_NUMBERS */
} cli_value;

enum { CLI_MAX_OPTIONS = 64, CLI_MAX_OPERANDS = 17 };

typedef struct cli_command cli_command;

typedef struct cli_args {
    const cli_command *command;
    const rill_extensions *extensions;     /* never NULL */
    cli_value value[CLI_MAX_OPTIONS];      /* in the order of cli_option_at() */
    const char *operand[CLI_MAX_OPERANDS]; /* what is no flag */
    int operand_count;
    int help; /* asked for: nothing else was checked */
} cli_args;

struct cli_command {
    const char *name, *operands, *doc; /* operands as help shows them: "A.npy B.npy" */
    int least_operands, most_operands;
    cli_choices *operand_choices; /* for help: names the first operand takes; NULL: none to list */
    int operands_are_files;       /* those that are there are read */
    const cli_option *options;
    int option_count;
    const cli_option *shared; /* options of another command that this one takes too; NULL: none */
    int shared_count;
    int (*run)(const cli_args *args); /* returns the exit status */
};

/* Its own options and then the shared ones, in which order their values are. */
int cli_option_count(const cli_command *command);
const cli_option *cli_option_at(const cli_command *command, int i);

/* In the order of help; NULL when i is out of range. */
const cli_command *cli_command_at(int i);
/* Runs argv[0], the name of a command, with the rest. */
int cli_run(int argc, const char *const *argv, const rill_extensions *extensions);

/* Fills *args, or complains and returns CLI_USAGE. */
int cli_parse(const cli_command *command, const rill_extensions *extensions, int argc,
              const char *const *argv, cli_args *args);
/* One value as the option takes it; 0 with what is wrong (NULL: dropped) otherwise.  `value->text`
 * is `text`. */
int cli_parse_value(const cli_option *option, const rill_extensions *extensions, const char *text,
                    cli_value *value, mistake *wrong);
/* "a whole number from 1 to 9", "one of linear, cosine". */
void cli_describe_value(const cli_option *option, const rill_extensions *extensions, char *text,
                        size_t size);

/* --help of everything and of one command, to stdout. */
void cli_help(void);
void cli_command_help(const cli_command *command, const rill_extensions *extensions);

/* Prints "rill NAME: ..." to stderr and returns the exit status.  `usage` adds where help is. */
int cli_fail(const cli_args *args, const char *format, ...) RILL_PRINTF(2, 3);
int cli_usage(const cli_args *args, const char *format, ...) RILL_PRINTF(2, 3);
/* A mistake as wrong usage: with a place, in three lines, the second of them the text. */
int cli_mistake(const cli_args *args, const mistake *wrong);
/* "there is no WHAT 'NAME'; did you mean ...?", the nearest of the choices, as wrong usage. */
int cli_unknown(const cli_args *args, const char *what, const char *name, cli_choices *choices);
/* Says something that is no failure. */
void cli_note(const cli_args *args, const char *format, ...) RILL_PRINTF(2, 3);

/* What a file or an argument says may hold anything: control characters stay off the terminal. */
void cli_print_clean(FILE *out, const char *text);
/* Results on stdout: an error for a full disk, none for a reader that has gone. */
int cli_finish_output(const cli_args *args);

#endif
