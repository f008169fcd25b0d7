#include "outputs.h"

#include "formats/file.h"

#include <unistd.h>

/* Options may name built-in sets as well. */
static int is_read(const char *text, const char *output)
{
    return text && access(text, F_OK) == 0 && rill_file_same(text, output);
}

/* Option i names the same file: one to be read, or an output before it. */
static int is_taken(const cli_args *args, int i, int output, const char *path)
{
    const char *text = args->value[i].text;
    switch (cli_option_at(args->command, i)->file) {
    case CLI_READ:
        return is_read(text, path);
    case CLI_WRITTEN:
        return i < output && rill_file_same(text, path);
    default:
        return 0;
    }
}

int cli_check_output(const cli_args *args, int output, const char *path)
{
    const char *name = cli_option_at(args->command, output)->name;
    for (int i = 0; i < cli_option_count(args->command); i++)
        if (is_taken(args, i, output, path))
            return cli_usage(args, "--%s and --%s are the same file", name,
                             cli_option_at(args->command, i)->name);
    for (int i = 0; i < args->operand_count && args->command->operands_are_files; i++)
        if (is_read(args->operand[i], path))
            return cli_usage(args, "--%s and '%.200s' are the same file", name, args->operand[i]);
    return CLI_DONE;
}

int cli_check_outputs(const cli_args *args)
{
    int status = CLI_DONE;
    for (int i = 0; i < cli_option_count(args->command) && status == CLI_DONE; i++)
        if (cli_option_at(args->command, i)->file == CLI_WRITTEN)
            status = cli_check_output(args, i, args->value[i].text);
    return status;
}

int cli_check_model_outputs(const cli_args *args, const cli_model *model)
{
    static const int inputs[] = { TRAIN_DATA, TRAIN_COND, TRAIN_SOURCE, TRAIN_X0 };
    for (int i = 0; i < cli_option_count(args->command); i++)
        for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++)
            if (cli_option_at(args->command, i)->file == CLI_WRITTEN &&
                is_read(model->setting[inputs[k]].text, args->value[i].text))
                return cli_usage(args, "--%s and the --%s of the model are the same file",
                                 cli_option_at(args->command, i)->name,
                                 cli_train_options[inputs[k]].name);
    return CLI_DONE;
}
