/* rill bench - how fast, beside what the machine can do. */
#include "commands.h"

#include "tools/bench/bench.h"
#include "tools/bench/peers.h"
#include "tools/bench/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ONLY, THREADS, SECONDS, PEERS, PYTHON, JSON, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [ONLY] = { .name = "only",
               .kind = CLI_TEXT,
               .metavar = "TEXT",
               .doc = "measures only what has TEXT in its name" },
    [THREADS] = { .name = "threads",
                  .kind = CLI_WHOLE,
                  .metavar = "T",
                  .low = 1,
                  .high = 256,
                  .doc = "measures with 1 and with T threads; otherwise T is 2, where there are "
                         "two processors" },
    [SECONDS] = { .name = "seconds",
                  .kind = CLI_NUMBER,
                  .metavar = "S",
                  .standard = "1",
                  .low = 0,
                  .high = 3600,
                  .doc = "time for each figure, of which the median of at least five rounds is "
                         "told" },
    [PEERS] = { .name = "peers",
                .kind = CLI_FLAG,
                .doc = "measures JAX and PyTorch beside rill, where tools/bench/peers.sh has "
                       "installed them" },
    [PYTHON] = { .name = "python",
                 .kind = CLI_TEXT,
                 .metavar = "FILE",
                 .doc = "the Python of the peers; otherwise $RILL_PEERS/bin/python, or that of "
                        "~/.cache/rill/peers" },
    [JSON] = { .name = "json",
               .kind = CLI_TEXT,
               .metavar = "FILE",
               .doc = "writes machine, versions, date and every figure, in plain units" },
};

static cli_choice section_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    const bench_section *section = bench_section_at(i);
    return section ? (cli_choice){ section->name, section->doc } : (cli_choice){ 0 };
}

static int is_asked_for(const cli_args *args, const char *name)
{
    for (int i = 0; i < args->operand_count; i++)
        if (strcmp(args->operand[i], name) == 0)
            return 1;
    return args->operand_count == 0;
}

static int check_names(const cli_args *args)
{
    for (int i = 0; i < args->operand_count; i++) {
        int found = 0;
        for (int k = 0; bench_section_at(k); k++)
            found |= strcmp(bench_section_at(k)->name, args->operand[i]) == 0;
        if (!found)
            return cli_unknown(args, "section", args->operand[i], section_choices);
    }
    return CLI_DONE;
}

static int standard_threads(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static int run_sections(bench *b)
{
    for (int i = 0; bench_section_at(i); i++) {
        const bench_section *section = bench_section_at(i);
        if (is_asked_for(b->args, section->name) && section->run(b) != RILL_OK)
            return cli_fail(b->args, "%s: %s", section->name, b->message.text);
    }
    return CLI_DONE;
}

/* The peers have to be there before anything is measured. */
static int find_peers(bench *b, char *path, size_t size)
{
    const cli_value *value = b->args->value;
    if (!value[PEERS].given)
        return value[PYTHON].given ? cli_usage(b->args, "--python goes with --peers") : CLI_DONE;
    b->python = value[PYTHON].given ? value[PYTHON].text : bench_peer_python(path, size);
    if (bench_peers_check(b) == RILL_OK)
        return CLI_DONE;
    return cli_fail(b->args, "%s; tools/bench/peers.sh installs the peers", b->message.text);
}

static int write_json(bench *b)
{
    const char *path = b->args->value[JSON].text;
    if (path && bench_write_json(&b->report, path, &b->message) != RILL_OK)
        return cli_fail(b->args, "%s", b->message.text);
    return CLI_DONE;
}

static int measure(bench *b)
{
    char python[4096];
    int status = find_peers(b, python, sizeof python);
    if (status != CLI_DONE)
        return status;
    bench_set_facts(&b->report);
    status = run_sections(b);
    bench_put(b, &(bench_key){ "process", "peak" }, BENCH_PROCESS, bench_process_memory());
    return status == CLI_DONE ? write_json(b) : status;
}

static int run_bench(const cli_args *args)
{
    const cli_value *value = args->value;
    int status = check_names(args);
    if (status != CLI_DONE)
        return status;
    bench *b = calloc(1, sizeof *b);
    if (!b)
        return cli_fail(args, "out of memory");
    b->args = args;
    b->only = value[ONLY].text;
    b->seconds = value[SECONDS].number;
    b->threads = value[THREADS].given ? (int)value[THREADS].whole : standard_threads();
    status = measure(b);
    free(b);
    return status;
}

const cli_command cli_bench_command = {
    .name = "bench",
    .operands = "[SECTION...]",
    .doc = "measures speed and memory, beside what this machine can do at most",
    .most_operands = CLI_MAX_OPERANDS,
    .operand_choices = section_choices,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_bench,
};
