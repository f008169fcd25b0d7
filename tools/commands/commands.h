/* commands.h - one const table a command, one file each; rill_main.c lists them. */
#ifndef RILL_TOOLS_COMMANDS_COMMANDS_H
#define RILL_TOOLS_COMMANDS_COMMANDS_H

#include "tools/cli/cli.h"

extern const cli_command cli_bench_command, cli_check_path_command, cli_compare_command,
    cli_data_command, cli_demo_command, cli_dot_command, cli_eval_command, cli_gradcheck_command,
    cli_info_command, cli_ops_command, cli_plot_command, cli_reflow_command, cli_sample_command,
    cli_loglik_command, cli_train_command, cli_trajectory_command, cli_velocity_command;

#endif
