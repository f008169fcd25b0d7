/* --help, made from the tables that the parser uses. */
#include "cli.h"
#include "parameters.h"

#include <stdio.h>
#include <string.h>

enum { COLUMN = 26, WIDTH = 96 };

/* Words from column COLUMN on, the cursor being at `at`. */
static void print_wrapped(const char *text, int at)
{
    if (at >= COLUMN) {
        putchar('\n');
        at = 0;
    }
    printf("%*s", COLUMN - at, "");
    for (at = COLUMN; *text; text += strspn(text, " ")) {
        int length = (int)strcspn(text, " ");
        if (at > COLUMN && at + 1 + length > WIDTH) {
            printf("\n%*s", COLUMN, "");
            at = COLUMN;
        }
        at += printf("%s%.*s", at > COLUMN ? " " : "", length, text);
        text += length;
    }
    putchar('\n');
}

static int print_flag(const cli_option *option)
{
    return printf("  --%s%s%s", option->name, option->metavar ? " " : "",
                  option->metavar ? option->metavar : "");
}

/* "power[:n]" */
static int print_choice(const cli_choice *choice)
{
    int at = printf("      %s", choice->name);
    for (int i = 0; i < choice->parameters.count; i++)
        at += printf("%s%s", i ? "," : "[:", choice->parameters.at[i].name);
    return at + (choice->parameters.count > 0 ? printf("]") : 0);
}

static void print_choices(cli_choices *choices, const rill_extensions *extensions)
{
    for (int i = 0; choices && choices(extensions, i).name; i++) {
        char text[700], numbers[400];
        cli_choice choice = choices(extensions, i);
        cli_describe_parameters(&choice.parameters, numbers, sizeof numbers);
        snprintf(text, sizeof text, "%s%s%s%s", choice.doc ? choice.doc : "", *numbers ? " (" : "",
                 numbers, *numbers ? ")" : "");
        print_wrapped(text, print_choice(&choice));
    }
}

/* What it is, what it takes, what it is when not given. */
static void print_option(const cli_option *option, const rill_extensions *extensions)
{
    char text[900], takes[400] = "";
    cli_describe_value(option, extensions, takes, sizeof takes);
    int bounded =
        option->kind == CLI_WHOLE || option->kind == CLI_NUMBER || option->kind == CLI_NUMBERS;
    size_t used = (size_t)snprintf(text, sizeof text, "%s%s%s%s", option->doc, bounded ? " (" : "",
                                   bounded ? takes : "", bounded ? ")" : "");
    if (option->standard)
        used += (size_t)snprintf(text + used, sizeof text - used, "; default %s", option->standard);
    if (option->required)
        snprintf(text + used, sizeof text - used, "; needed");
    print_wrapped(text, print_flag(option));
    print_choices(option->choices, extensions);
}

void cli_command_help(const cli_command *command, const rill_extensions *extensions)
{
    printf("rill %s%s%s - %s\n\n", command->name, *command->operands ? " " : "", command->operands,
           command->doc);
    print_choices(command->operand_choices, extensions);
    if (command->operand_choices)
        putchar('\n');
    for (int i = 0; i < cli_option_count(command); i++)
        print_option(cli_option_at(command, i), extensions);
    print_wrapped("this page", printf("  --help"));
}

void cli_help(void)
{
    printf("rill - flow matching on a small autodiff engine\n\n");
    for (int i = 0; cli_command_at(i); i++)
        print_wrapped(cli_command_at(i)->doc, printf("  rill %s", cli_command_at(i)->name));
    printf(
        "\n  rill COMMAND --help lists what a command takes; rill --version says which rill this "
        "is.\n"
        "  To begin with: rill demo\n");
}
