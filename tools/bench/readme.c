#include "readme.h"

#include "formats/file.h"
#include "peers.h"
#include "workloads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "<!-- rill bench: begin -->\n"
#define END   "<!-- rill bench: end -->"

typedef struct page {
    const bench_report *report;
    FILE *out;
    int threads; /* the most that steps were measured with */
} page;

/* ---- Cells. */

static double value_of(const page *p, const bench_key *key, bench_quantity quantity)
{
    return bench_value(&p->report->figures, key, quantity);
}

static void value_cell(const page *p, const bench_key *key, bench_quantity quantity)
{
    char text[BENCH_VALUE_TEXT];
    double value = value_of(p, key, quantity);
    fprintf(p->out, " %s |", isnan(value) ? "-" : bench_print_number(quantity, value, text));
}

static void peer_heads(const page *p, const char *then)
{
    for (int i = 0; i < BENCH_PEERS; i++)
        fprintf(p->out, " %s |", bench_peer_label(i));
    fputs(then, p->out);
}

/* What peers have of a quantity, a cell each. */
static void peer_cells(const page *p, bench_key key, bench_quantity quantity)
{
    for (int i = 0; i < BENCH_PEERS; i++) {
        key.by = bench_peer_name(i);
        value_cell(p, &key, quantity);
    }
}

/* ---- Where and with what. */

static void write_machine(const page *p)
{
    const bench_report *r = p->report;
    char core[BENCH_VALUE_TEXT], copy[BENCH_VALUE_TEXT];
    fprintf(p->out,
            "Measured on %s on %s (%s processors, %s; %s), rill %s built by %s, instruction set "
            "%s",
            bench_fact_of(r, "date"), bench_fact_of(r, "processor"), bench_fact_of(r, "processors"),
            bench_fact_of(r, "memory"), bench_fact_of(r, "system"), bench_fact_of(r, "rill"),
            bench_fact_of(r, "compiler"), bench_fact_of(r, "instruction set"));
    if (*bench_fact_of(r, "jax"))
        fprintf(p->out, "; JAX %s and PyTorch %s on Python %s", bench_fact_of(r, "jax"),
                bench_fact_of(r, "torch"), bench_fact_of(r, "python"));
    double flops = value_of(p, &(bench_key){ "limits", "FMA f32" }, BENCH_FLOPS);
    double bytes = value_of(p, &(bench_key){ "limits", "memcpy" }, BENCH_BANDWIDTH);
    if (!isnan(flops) && !isnan(bytes))
        fprintf(p->out, ". One core does %s of fused multiply-adds in f32, and copies %s",
                bench_print_number(BENCH_FLOPS, flops, core),
                bench_print_number(BENCH_BANDWIDTH, bytes, copy));
    fprintf(p->out,
            ". Times are medians of at least five rounds; rill and the others took turns in one "
            "run, and the load of the machine was %s before it.\n\n",
            bench_fact_of(r, "load before"));
}

/* ---- Against others. */

static int most_threads(const bench_figures *f)
{
    int most = 1;
    for (int i = 0; i < f->count; i++)
        if (f->figure[i].threads > most)
            most = f->figure[i].threads;
    return most;
}

static int next_threads(const page *p, int threads)
{
    return threads < p->threads ? p->threads : 0;
}

/* Returns whether the fastest peer is faster. */
static int contest_row(const page *p, const bench_key *key, const char *what)
{
    fprintf(p->out, "| %s | %d |", what, key->threads);
    value_cell(p, key, BENCH_TIME);
    value_cell(p, key, BENCH_PEAK_SHARE);
    peer_cells(p, *key, BENCH_TIME);
    value_cell(p, key, BENCH_RATIO);
    putc('\n', p->out);
    return value_of(p, key, BENCH_RATIO) < 1;
}

static int workload_rows(const page *p, const bench_workload *w)
{
    char what[96];
    int behind = 0;
    snprintf(what, sizeof what, "%s: batch %lld x %lld, %lld layers of %lld", w->name,
             (long long)w->batch, (long long)w->dim, (long long)w->layers, (long long)w->hidden);
    for (int threads = 1; threads; threads = next_threads(p, threads))
        behind += contest_row(p, &(bench_key){ "step", w->name, .threads = threads }, what);
    return behind;
}

static void write_contests(const page *p)
{
    int behind = 0;
    fputs("One training step (noise, times, path, loss, gradients, Adam) of an MLP, and 65,536 "
          "samples of the first one in 100 Euler steps. *Of peak*: what matrix products alone "
          "make of the machine's multiply-adds. The last column is the time of the fastest other "
          "over rill's.\n\n"
          "| | threads | rill | of peak |",
          p->out);
    peer_heads(p, " times as fast |\n|---|---|---|---|---|---|---|---|\n");
    for (const bench_workload *w = bench_workloads; w->name; w++)
        behind += workload_rows(p, w);
    for (int threads = 1; threads; threads = next_threads(p, threads))
        behind += contest_row(p, &(bench_key){ "sample", "65536 in 100 steps", .threads = threads },
                              "sampling");
    if (behind)
        fprintf(p->out, "\nrill is not ahead in %d of these rows.\n", behind);
    putc('\n', p->out);
}

static void write_memory(const page *p)
{
    fputs(
        "Memory of a training step on one thread: what rill plans for values, the most of it that "
        "is in use at once, and the whole process.\n\n"
        "| | buffers | in use | rill | JAX, jit | PyTorch | torch.compile |\n"
        "|---|---|---|---|---|---|---|\n",
        p->out);
    for (const bench_workload *w = bench_workloads; w->name; w++) {
        bench_key key = { "memory", w->name, .threads = 1 };
        fprintf(p->out, "| %s |", w->name);
        value_cell(p, &key, BENCH_BUFFERS);
        value_cell(p, &key, BENCH_LIVE);
        value_cell(p, &key, BENCH_PROCESS);
        key.section = "step";
        peer_cells(p, key, BENCH_PROCESS);
        putc('\n', p->out);
    }
    putc('\n', p->out);
}

/* ---- Kernels. */

static void write_products(const page *p)
{
    static const char *const shapes[] = { "1024x1024x1024", "4096x512x512", "1024x256x256",
                                          "256x64x64",      "128x256x256",  "64x64x64" };
    static const char *const forms[] = {
        "f32 NN", "f32 NT", "f32 TN", "f64 NN", "f64 NT", "f64 TN"
    };
    fputs("Matrix products of rows x depth x columns on one thread, as shares of the FMA peak; N "
          "and T say which operand is stored transposed.\n\n"
          "| | f32 NN | NT | TN | f64 NN | NT | TN |\n|---|---|---|---|---|---|---|\n",
          p->out);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        char name[BENCH_NAME];
        fprintf(p->out, "| %s |", shapes[i]);
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
            snprintf(name, sizeof name, "%s %s", forms[k], shapes[i]);
            value_cell(p, &(bench_key){ "matmul", name }, BENCH_PEAK_SHARE);
        }
        putc('\n', p->out);
    }
    putc('\n', p->out);
}

static void write_elementwise(const page *p)
{
    static const char *const names[] = { "add", "exp", "tanh", "silu", "sin", "normal" };
    fputs("Elementwise ops and normal deviates in f32 on one thread: in cache, and over 16 million "
          "numbers.\n\n"
          "| | in cache, an element | over memory | of memcpy |\n|---|---|---|---|\n",
          p->out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bench_key key = { "elementwise", names[i] };
        fprintf(p->out, "| %s |", names[i]);
        value_cell(p, &key, BENCH_ELEMENT_TIME);
        value_cell(p, &key, BENCH_BANDWIDTH);
        value_cell(p, &key, BENCH_COPY_SHARE);
        putc('\n', p->out);
    }
    putc('\n', p->out);
}

static void write_rest(const page *p)
{
    static const struct fact {
        const char *what, *section, *name;
        bench_quantity quantity;
    } facts[] = {
        { "compiling the step of toy", "compile", "toy", BENCH_TIME },
        { "compiling the step of mid", "compile", "mid", BENCH_TIME },
        { "`rill train`, from its start to the first loss", "start", "train, toy",
          BENCH_FIRST_TIME },
        { "a fused step that has nothing to do", "compile", "a fused step without work",
          BENCH_TIME },
        { "a sample of toy in a batch of 1,024", "scaling", "batch 1024", BENCH_SAMPLE_TIME },
        { "a sample of toy in a batch of 65,536", "scaling", "batch 65536", BENCH_SAMPLE_TIME },
    };
    fputs("| one thread | |\n|---|---|\n", p->out);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        fprintf(p->out, "| %s |", facts[i].what);
        value_cell(p, &(bench_key){ facts[i].section, facts[i].name }, facts[i].quantity);
        putc('\n', p->out);
    }
}

/* ---- The page. */

static void write_section(const bench_report *r, FILE *out)
{
    page p = { r, out, most_threads(&r->figures) };
    fputs(BEGIN, out);
    write_machine(&p);
    write_contests(&p);
    write_memory(&p);
    write_products(&p);
    write_elementwise(&p);
    write_rest(&p);
}

/* Where the section begins, and where its last line does. */
typedef struct place {
    const char *begin, *end;
} place;

static rill_status find_place(const char *text, size_t size, const char *path, place *found,
                              rill_message *message)
{
    found->begin = memmem(text, size, BEGIN, strlen(BEGIN));
    found->end = memmem(text, size, END, strlen(END));
    if (!found->begin || !found->end || found->end < found->begin)
        return rill_fail(message, RILL_BAD_FORMAT, "'%.200s' has no lines %.26s and %s", path,
                         BEGIN, END);
    return RILL_OK;
}

static rill_status rewrite(const bench_report *r, const char *text, size_t size, const char *path,
                           rill_message *message)
{
    char *written = NULL;
    size_t length = 0;
    place old;
    rill_status status = find_place(text, size, path, &old, message);
    if (status)
        return status;
    FILE *out = open_memstream(&written, &length);
    if (!out)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory");
    fwrite(text, 1, (size_t)(old.begin - text), out);
    write_section(r, out);
    fwrite(old.end, 1, size - (size_t)(old.end - text), out);
    status = RILL_NO_MEMORY;
    if (fclose(out) == 0)
        status = bench_write_file(path, written, length, message);
    free(written);
    return status;
}

rill_status bench_check_readme(const char *path, rill_message *message)
{
    void *bytes;
    size_t size;
    place section;
    rill_status status = rill_file_read(path, &bytes, &size, message);
    if (status)
        return status;
    status = find_place(bytes, size, path, &section, message);
    rill_file_free(bytes);
    return status;
}

rill_status bench_write_readme(const bench_report *r, const char *path, rill_message *message)
{
    void *bytes;
    size_t size;
    rill_status status = rill_file_read(path, &bytes, &size, message);
    if (status)
        return status;
    status = rewrite(r, bytes, size, path, message);
    rill_file_free(bytes);
    return status;
}
