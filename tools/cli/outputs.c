#include "outputs.h"

#include "formats/file.h"

#include <unistd.h>

/* Option i names what the output must not be: a file that is there to be read (names of built-in
 * sets are none), or an output before it. */
static int is_taken(const cli_args *args, int i, int output)
{
    const cli_option *option = cli_option_at(args->command, i);
    const char *text = args->value[i].text;
    if (option->file == CLI_WRITTEN)
        return i < output;
    return option->file == CLI_READ && text && access(text, F_OK) == 0;
}

static int check_output(const cli_args *args, int output)
{
    for (int i = 0; i < cli_option_count(args->command); i++)
        if (is_taken(args, i, output) &&
            rill_file_same(args->value[i].text, args->value[output].text))
            return cli_usage(args, "--%s and --%s are the same file",
                             cli_option_at(args->command, output)->name,
                             cli_option_at(args->command, i)->name);
    return CLI_DONE;
}

int cli_check_outputs(const cli_args *args)
{
    int status = CLI_DONE;
    for (int i = 0; i < cli_option_count(args->command) && status == CLI_DONE; i++)
        if (cli_option_at(args->command, i)->file == CLI_WRITTEN)
            status = check_output(args, i);
    return status;
}
