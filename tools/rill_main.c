/* The table of commands, and the way from argv to one of them. */
#include "command.h"

#include "cli/cli.h"
#include "commands/commands.h"
#include "core/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef RILL_VERSION
#define RILL_VERSION "of no version" /* built without meson, which knows it */
#endif

static const cli_command *const commands[] = {
    &cli_demo_command,     &cli_data_command,       &cli_train_command,     &cli_sample_command,
    &cli_reflow_command,   &cli_compare_command,    &cli_plot_command,      &cli_dot_command,
    &cli_velocity_command, &cli_ops_command,        &cli_gradcheck_command, &cli_check_path_command,
    &cli_info_command,     &cli_trajectory_command, &cli_eval_command,      &cli_bench_command,
    &cli_loglik_command,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

const cli_command *cli_command_at(int i)
{
    return i >= 0 && i < COMMAND_COUNT ? commands[i] : NULL;
}

static const cli_args no_command;

static cli_choice command_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const cli_command *command = cli_command_at(i);
    return command ? (cli_choice){ command->name, command->doc } : (cli_choice){ 0 };
}

static const cli_command *find_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

int cli_run(int argc, const char *const *argv, const rill_extensions *extensions)
{
    cli_args args;
    const cli_command *command = find_command(argv[0]);
    if (!command)
        return cli_unknown(&no_command, "command", argv[0], command_choices);
    int status = cli_parse(command, extensions, argc - 1, argv + 1, &args);
    if (status == CLI_DONE && args.help)
        cli_command_help(command, extensions);
    else if (status == CLI_DONE)
        status = command->run(&args);
    rill_set_threads(1); /* those that the command asked for */
    int output = cli_finish_output(&args);
    return status == CLI_DONE ? output : status;
}

/* ---- What a user's program adds. */

static int bad_extension(const char *what, const char *name, const char *why)
{
    return cli_fail(&no_command, "extension: the %s %s %s", what, name ? name : "without a name",
                    why);
}

static int check_nets(const rill_extensions *e)
{
    for (int i = 0; e->nets && i < e->net_count; i++) {
        if (!e->nets[i].name || !e->nets[i].velocity)
            return bad_extension("network", e->nets[i].name, "needs a name and a function");
        if (rill_net_find(e->nets[i].name))
            return bad_extension("network", e->nets[i].name, "has the name of a built-in one");
    }
    return CLI_DONE;
}

static int check_paths(const rill_extensions *e)
{
    for (int i = 0; e->paths && i < e->path_count; i++) {
        if (!e->paths[i].name || !e->paths[i].at)
            return bad_extension("path", e->paths[i].name, "needs a name and a function `at`");
        if (rill_path_find(e->paths[i].name))
            return bad_extension("path", e->paths[i].name, "has the name of a built-in one");
    }
    return CLI_DONE;
}

static int register_ops(const rill_extensions *e)
{
    rill_message message;
    for (int i = 0; e->ops && i < e->op_count; i++)
        if (rill_register(e->ops[i], &message) != RILL_OK)
            return cli_fail(&no_command, "extension: %s", message.text);
    return CLI_DONE;
}

static int add_extensions(const rill_extensions *e)
{
    int status = check_nets(e);
    if (status == CLI_DONE)
        status = check_paths(e);
    return status == CLI_DONE ? register_ops(e) : status;
}

/* ---- The whole. */

static int print_version(void)
{
    printf("rill %s\n", RILL_VERSION);
    return cli_finish_output(&no_command);
}

static int print_help(void)
{
    cli_help();
    return cli_finish_output(&no_command);
}

/* `rill help train` is `rill train --help`. */
static int help_on(int argc, char **argv, const rill_extensions *extensions)
{
    if (argc < 3)
        return print_help();
    return cli_run(2, (const char *const[]){ argv[2], "--help" }, extensions);
}

static int run_main(int argc, char **argv, const rill_extensions *extensions)
{
    int status = add_extensions(extensions);
    if (status != CLI_DONE)
        return status;
    if (rill_instruction_set_refused())
        return cli_usage(&no_command, "%s", rill_instruction_set_refused());
    if (argc < 2 || !argv || !argv[1])
        return cli_usage(&no_command, "expected a command");
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help();
    if (strcmp(argv[1], "help") == 0)
        return help_on(argc, argv, extensions);
    return cli_run(argc - 1, (const char *const *)argv + 1, extensions);
}

/* A standard stream that the caller closed stays without use, but takes up its number: no file
 * opened later is in its place, to be written to by messages. */
static void fill_closed_streams(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int rill_main(int argc, char **argv, const rill_extensions *extensions)
{
    static const rill_extensions none;
    struct sigaction ignore = { .sa_handler = SIG_IGN }, pipe_before, size_before;
    fill_closed_streams();
    /* A reader that goes away and a limit on the size of files are seen where writing fails. */
    sigaction(SIGPIPE, &ignore, &pipe_before);
    sigaction(SIGXFSZ, &ignore, &size_before);
    int status = run_main(argc, argv, extensions ? extensions : &none);
    sigaction(SIGPIPE, &pipe_before, NULL);
    sigaction(SIGXFSZ, &size_before, NULL);
    return status;
}
