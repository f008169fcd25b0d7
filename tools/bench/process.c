#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The ends that stay here are closed in the child, so that it sees the end of its input. */
static int spawn(bench_process *p, const char *const *argv, int stream, int quiet, const int in[2],
                 const int out[2])
{
    posix_spawn_file_actions_t actions;
    int other = stream == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], stream);
    if (quiet)
        posix_spawn_file_actions_addopen(&actions, other, "/dev/null", O_WRONLY, 0);
    /* posix_spawn promises not to write to the arguments. */
    union {
        const char *const *given;
        char *const *taken;
    } arguments = { argv };
    error = posix_spawnp(&p->pid, argv[0], &actions, NULL, arguments.taken, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int make_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
}

int bench_process_start(bench_process *p, const char *const *argv, int stream, int quiet)
{
    int in[2], out[2], error = make_pipe(in);
    *p = (bench_process){ 0 };
    if (error)
        return error;
    error = make_pipe(out);
    if (error) {
        close(in[0]);
        close(in[1]);
        return error;
    }
    error = spawn(p, argv, stream, quiet, in, out);
    close(in[0]);
    close(out[1]);
    p->to = fdopen(in[1], "w");
    p->from = fdopen(out[0], "r");
    if (error)
        p->pid = 0;
    else if (!p->to || !p->from)
        error = ENOMEM;
    if (error)
        bench_process_end(p, 1);
    return error;
}

int bench_process_end(bench_process *p, int kill_it)
{
    int status = 0;
    if (p->to)
        fclose(p->to);
    if (p->from)
        fclose(p->from);
    if (p->pid > 0 && kill_it)
        kill(p->pid, SIGTERM);
    pid_t ended = p->pid > 0 ? waitpid(p->pid, &status, 0) : -1;
    *p = (bench_process){ 0 };
    return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *bench_own_path(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    path[length > 0 ? length : 0] = '\0';
    return path;
}
