/* A command line, by the table of its command. */
#include "cli.h"
#include "near.h"
#include "outputs.h"

#include <stdio.h>
#include <string.h>

typedef struct parse {
    cli_args *args;
    const char *const *argv;
    int argc, at;
    int operands_only; /* after "--" */
} parse;

int cli_option_count(const cli_command *command)
{
    return command->option_count + command->shared_count;
}

const cli_option *cli_option_at(const cli_command *command, int i)
{
    return i < command->option_count ? &command->options[i]
                                     : &command->shared[i - command->option_count];
}

/* The option named by the `length` letters at `name`, or -1. */
static int find_option(const cli_command *command, const char *name, size_t length)
{
    for (int i = 0; i < cli_option_count(command); i++) {
        const char *its = cli_option_at(command, i)->name;
        if (strlen(its) == length && strncmp(its, name, length) == 0)
            return i;
    }
    return -1;
}

static int unknown_flag(const cli_args *args, const char *flag)
{
    char word[40];
    const char *name = flag + strspn(flag, "-");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "="), name);
    cli_near near = cli_near_begin(word);
    for (int i = 0; i < cli_option_count(args->command); i++)
        cli_near_offer(&near, cli_option_at(args->command, i)->name);
    if (near.best)
        return cli_usage(args, "there is no flag %.60s; did you mean --%s?", flag, near.best);
    return cli_usage(args, "there is no flag %.60s", flag);
}

/* The value of a flag: after its '=', or the next argument.  NULL when there is none. */
static const char *value_of(parse *p, const cli_option *option, const char *equals)
{
    if (option->kind == CLI_FLAG)
        return equals ? equals + 1 : "yes";
    if (equals)
        return equals + 1;
    if (p->at + 1 >= p->argc || strncmp(p->argv[p->at + 1], "--", 2) == 0)
        return NULL;
    return p->argv[++p->at];
}

static int parse_option(parse *p)
{
    const cli_args *args = p->args;
    const char *flag = p->argv[p->at], *equals = strchr(flag, '=');
    size_t length = (equals ? (size_t)(equals - flag) : strlen(flag)) - 2;
    int index = strncmp(flag, "--", 2) == 0 ? find_option(args->command, flag + 2, length) : -1;
    if (index < 0)
        return unknown_flag(args, flag);
    const cli_option *option = cli_option_at(args->command, index);
    cli_value *value = &p->args->value[index];
    if (value->given)
        return cli_usage(args, "--%s is given twice", option->name);
    if (option->kind == CLI_FLAG && equals)
        return cli_usage(args, "--%s takes no value, not '%.60s'", option->name, equals + 1);
    const char *text = value_of(p, option, equals);
    char takes[400];
    cli_describe_value(option, args->extensions, takes, sizeof takes);
    if (!text)
        return cli_usage(args, "--%s needs a value: %s", option->name, takes);
    mistake wrong;
    value->given = 1;
    if (!cli_parse_value(option, args->extensions, text, value, &wrong))
        return cli_mistake(args, &wrong);
    return CLI_DONE;
}

static int parse_operand(parse *p)
{
    cli_args *args = p->args;
    const char *text = p->argv[p->at];
    if (args->operand_count >= args->command->most_operands)
        return cli_usage(args, "'%.60s' is one argument too many", text);
    if (text[0] == '\0')
        return cli_usage(args, "an argument is empty; expected %s", args->command->operands);
    args->operand[args->operand_count++] = text;
    return CLI_DONE;
}

static int parse_one(parse *p)
{
    const char *text = p->argv[p->at];
    if (!p->operands_only && strcmp(text, "--") == 0) {
        p->operands_only = 1;
        return CLI_DONE;
    }
    if (p->operands_only || text[0] != '-' || text[1] == '\0')
        return parse_operand(p);
    return parse_option(p);
}

/* Defaults come from the table, in the form in which they would be given. */
static void set_defaults(cli_args *args)
{
    for (int i = 0; i < cli_option_count(args->command); i++) {
        const cli_option *option = cli_option_at(args->command, i);
        if (option->standard)
            cli_parse_value(option, args->extensions, option->standard, &args->value[i], NULL);
    }
}

static int check_complete(const cli_args *args)
{
    const cli_command *command = args->command;
    if (args->operand_count < command->least_operands)
        return cli_usage(args, "expected %s", command->operands);
    for (int i = 0; i < cli_option_count(command); i++) {
        const cli_option *option = cli_option_at(command, i);
        if (option->required && !args->value[i].text)
            return cli_usage(args, "--%s %s is needed", option->name, option->metavar);
    }
    return cli_check_outputs(args);
}

static int asks_for_help(int argc, const char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return 1;
    return 0;
}

int cli_parse(const cli_command *command, const rill_extensions *extensions, int argc,
              const char *const *argv, cli_args *args)
{
    *args = (cli_args){ .command = command, .extensions = extensions };
    parse p = { .args = args, .argv = argv, .argc = argc };
    args->help = asks_for_help(argc, argv);
    if (args->help)
        return CLI_DONE;
    set_defaults(args);
    for (; p.at < argc; p.at++) {
        int status = parse_one(&p);
        if (status != CLI_DONE)
            return status;
    }
    return check_complete(args);
}
