/* command.h - the `rill` command as a function, for programs that add to it.
 *
 * A user's own networks, paths and ops get train, sample, dot, gradcheck and the rest:
 *
 *     int main(int argc, char **argv)
 *     {
 *         return rill_main(argc, argv, &(rill_extensions){ .paths = &arc, .path_count = 1 });
 *     }
 *
 * Link with rill_command as well as rill. */
#ifndef RILL_TOOLS_COMMAND_H
#define RILL_TOOLS_COMMAND_H

#include "../core/op.h"
#include "../models/flow/path.h"
#include "../models/nets/built_in.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is added to the built-in names; a name that is taken already is refused.  Everything has to
 * live as long as rill_main runs, ops as long as the process.  The `self` of an added network is a
 * rill_net_size, made from --hidden, --layers and --cond, which it may ignore. */
typedef struct rill_extensions {
    const rill_net_kind *nets; /* [net_count] */
    int net_count;
    const rill_path *paths; /* [path_count] */
    int path_count;
    const rill_op *const *ops; /* [op_count] */
    int op_count;
} rill_extensions;

/* Runs one command: argv[1] names it, `rill --help` lists them.  `extensions` may be NULL.  Returns
 * the exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by a signal; all but 0 with a
 * message on stderr.  Results go to stdout and to files. */
int rill_main(int argc, char **argv, const rill_extensions *extensions);

#ifdef __cplusplus
}
#endif
#endif
