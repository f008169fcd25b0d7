#include "peers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The scripts, made into C when rill is built; a NUL ends each. */
extern const unsigned char bench_peer_py[], bench_peer_jax_py[], bench_peer_torch_py[];

static const struct kind {
    const char *name, *label;
    const unsigned char *script;
} kinds[BENCH_PEERS] = {
    { "jax", "JAX, jit", bench_peer_jax_py },
    { "torch", "PyTorch", bench_peer_torch_py },
    { "torch.compile", "torch.compile", bench_peer_torch_py },
};

const char *bench_peer_name(int i)
{
    return i >= 0 && i < BENCH_PEERS ? kinds[i].name : NULL;
}

const char *bench_peer_label(int i)
{
    return i >= 0 && i < BENCH_PEERS ? kinds[i].label : NULL;
}

const char *bench_peer_python(char *path, size_t size)
{
    const char *folder = getenv("RILL_PEERS"), *home = getenv("HOME");
    if (folder && *folder)
        snprintf(path, size, "%s/bin/python", folder);
    else
        snprintf(path, size, "%s/.cache/rill/peers/bin/python", home ? home : "");
    return path;
}

/* `python -c SCRIPTS arguments`: a peer's own part follows what all have in common. */
static rill_status start(bench *b, bench_process *process, const unsigned char *script,
                         const char *const arguments[8])
{
    static char text[16384];
    const char *argv[12] = { b->python, "-c", text };
    snprintf(text, sizeof text, "%s\n%s", (const char *)bench_peer_py, (const char *)script);
    for (int i = 0; i < 8; i++)
        argv[3 + i] = arguments[i];
    int error = bench_process_start(process, argv, STDOUT_FILENO, 0);
    if (error)
        return rill_fail(&b->message, RILL_IO, "cannot run '%.200s': %s", b->python,
                         strerror(error));
    return RILL_OK;
}

static void drop(bench *b, bench_peer *peer, const char *why)
{
    cli_note(b->args, "%s %s: it is left out", peer->name, why);
    bench_peer_end(peer);
}

void bench_peer_start(bench *b, bench_peer *peer, int i, const char *task, const bench_workload *w,
                      int threads)
{
    char number[5][24], line[64] = "";
    int64_t numbers[5] = { w->batch, w->dim, w->hidden, w->layers, threads };
    *peer = (bench_peer){ .name = kinds[i].name };
    for (int k = 0; k < 5; k++)
        snprintf(number[k], sizeof number[k], "%lld", (long long)numbers[k]);
    const char *arguments[8] = { kinds[i].name, task,      number[0], number[1],
                                 number[2],     number[3], number[4], NULL };
    if (start(b, &peer->process, kinds[i].script, arguments) != RILL_OK)
        drop(b, peer, b->message.text);
    else if (!fgets(line, sizeof line, peer->process.from) || strcmp(line, "ready\n") != 0)
        drop(b, peer, "did not get ready");
}

void bench_peer_time(bench *b, bench_peer *peer, double seconds)
{
    if (!peer->name)
        return;
    fprintf(peer->process.to, "%g\n", seconds);
    fflush(peer->process.to);
    if (fscanf(peer->process.from, "%lf %lf", &peer->seconds, &peer->memory) != 2 ||
        !(peer->seconds > 0))
        drop(b, peer, "gave no answer");
}

void bench_peer_end(bench_peer *peer)
{
    bench_process_end(&peer->process, 0);
    peer->name = NULL;
}

rill_status bench_peers_check(bench *b)
{
    static const unsigned char versions[] = "print_versions()";
    static const char *const none[8];
    bench_process process;
    char line[160], name[24], version[64];
    int found = 0;
    rill_status status = start(b, &process, versions, none);
    if (status)
        return status;
    while (fgets(line, sizeof line, process.from))
        if (sscanf(line, "%23s %63s", name, version) == 2) {
            bench_set_fact(&b->report, name, "%s", version);
            found++;
        }
    bench_process_end(&process, 0);
    if (found < 3)
        return rill_fail(&b->message, RILL_NOT_FOUND, "'%.200s' has not both jax and torch",
                         b->python);
    return RILL_OK;
}
