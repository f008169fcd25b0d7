/* process.h - other programs beside this one, and what they print. */
#ifndef RILL_TOOLS_BENCH_PROCESS_H
#define RILL_TOOLS_BENCH_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

typedef struct bench_process {
    pid_t pid;       /* 0: none */
    FILE *to, *from; /* its standard input; its standard output or error */
} bench_process;

/* Starts argv[0], found by PATH.  `stream` is what `from` reads: STDOUT_FILENO or STDERR_FILENO;
 * the other one is dropped where `quiet`.  0, or an errno. */
int bench_process_start(bench_process *p, const char *const *argv, int stream, int quiet);
/* Closes its streams, ends it where it does not end by that, and waits for it.  Its exit status, or
 * -1 when it had none.  Fine for one that never started, and twice. */
int bench_process_end(bench_process *p, int kill_it);

/* The path of this program; "" where the system does not tell. */
const char *bench_own_path(char *path, size_t size);
/* The most memory that this process has had, in bytes; 0 where the system does not tell. */
double bench_process_memory(void);

#endif
