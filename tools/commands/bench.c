/* rill bench - how fast, beside what the machine can do. */
#include "commands.h"

#include "tools/bench/bars.h"
#include "tools/bench/bench.h"
#include "tools/bench/peers.h"
#include "tools/bench/picture.h"
#include "tools/bench/process.h"
#include "tools/bench/readme.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/writable.h"
#include "tools/plot/canvas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ONLY, THREADS, SECONDS, PEERS, PYTHON, JSON, PICTURE, README, BARS, FROM, OPTION_COUNT };

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
               .file = CLI_WRITTEN,
               .metavar = "FILE",
               .doc = "writes machine, versions, date and every figure, in plain units" },
    [PICTURE] = { .name = "picture",
                  .kind = CLI_TEXT,
                  .file = CLI_WRITTEN,
                  .metavar = "P.png|P.svg|P.pdf",
                  .doc = "draws steps against batch, width and depth, and shares of the peak" },
    [README] = { .name = "readme",
                 .kind = CLI_TEXT,
                 .file = CLI_WRITTEN,
                 .metavar = "FILE",
                 .doc = "writes the section on performance of that page" },
    [BARS] = { .name = "bars",
               .kind = CLI_FLAG,
               .doc = "tells of each thing that rill has to reach whether it does; exit status 1 "
                      "when one is missed" },
    [FROM] = { .name = "from",
               .kind = CLI_TEXT,
               .file = CLI_READ,
               .metavar = "FILE",
               .doc = "takes the figures of an earlier --json instead of measuring" },
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

/* One that fails is named, and the others go on: what they measured took minutes. */
static int run_sections(bench *b)
{
    int status = CLI_DONE;
    for (int i = 0; bench_section_at(i); i++) {
        const bench_section *section = bench_section_at(i);
        if (is_asked_for(b->args, section->name) && section->run(b) != RILL_OK)
            status = cli_fail(b->args, "%s: %s", section->name, b->message.text);
        bench_show(b);
    }
    return status;
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

static int measure(bench *b)
{
    bench_set_facts(&b->report);
    int status = run_sections(b);
    if (b->report.figures.count == 0 && status == CLI_DONE)
        return cli_fail(b->args, "nothing has '%.60s' in its name", b->only);
    bench_put(b, &(bench_key){ "process", "peak" }, BENCH_PROCESS, bench_process_memory());
    return status;
}

static int read_earlier(bench *b, const char *path)
{
    if (b->args->operand_count || b->args->value[PEERS].given || b->args->value[ONLY].given)
        return cli_usage(b->args, "--from measures nothing: it goes with --picture, --readme, "
                                  "--bars and --json");
    FILE *in = fopen(path, "r");
    if (!in)
        return cli_fail(b->args, "cannot read '%.200s': %s", path, strerror(errno));
    bench_read_json(&b->report, in);
    fclose(in);
    if (b->report.figures.count == 0)
        return cli_fail(b->args, "'%.200s' has no figures of rill bench", path);
    bench_show(b);
    return CLI_DONE;
}

/* What becomes of the report: files, in the order of the options, then the bars. */
static int deliver(bench *b)
{
    static const struct {
        int option;
        rill_status (*write)(const bench_report *r, const char *path, rill_message *message);
    } files[] = { { JSON, bench_write_json },
                  { PICTURE, bench_draw },
                  { README, bench_write_readme } };
    const cli_value *value = b->args->value;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = value[files[i].option].text;
        cli_interrupt_watch(); /* no temporary file is left behind */
        rill_status status = path ? files[i].write(&b->report, path, &b->message) : RILL_OK;
        cli_interrupt_pass_on();
        if (status != RILL_OK)
            return cli_fail(b->args, "%s", b->message.text);
    }
    if (!value[BARS].given || bench_check_bars(&b->report.figures, stdout) == 0)
        return CLI_DONE;
    return CLI_FAILED;
}

/* A FIFO is not tried: its reader would take that for all. */
static rill_status check_writable(const char *path, rill_message *message)
{
    struct stat kind;
    if (stat(path, &kind) == 0 && S_ISFIFO(kind.st_mode))
        return RILL_OK;
    return cli_check_writable(path, message);
}

/* What would be found out only after minutes of measuring. */
static int check_outputs(bench *b)
{
    static const struct {
        int option;
        rill_status (*check)(const char *path, rill_message *message);
    } checks[] = { { JSON, check_writable },
                   { PICTURE, canvas_check },
                   { PICTURE, check_writable },
                   { README, bench_check_readme },
                   { README, check_writable } };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        const char *path = b->args->value[checks[i].option].text;
        if (path && checks[i].check(path, &b->message) != RILL_OK)
            return cli_fail(b->args, "%s", b->message.text);
    }
    return CLI_DONE;
}

static int run_checked(bench *b)
{
    char python[4096];
    const char *earlier = b->args->value[FROM].text;
    int status = check_outputs(b);
    if (status == CLI_DONE)
        status = find_peers(b, python, sizeof python);
    if (status != CLI_DONE)
        return status;
    status = earlier ? read_earlier(b, earlier) : measure(b);
    if (b->report.figures.count == 0)
        return status;
    int delivered = deliver(b);
    return status == CLI_DONE ? delivered : status;
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
    status = run_checked(b);
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
