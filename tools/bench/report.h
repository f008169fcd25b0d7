/* report.h - all that a run tells: where it ran, with what, and every figure; as JSON, and back. */
#ifndef RILL_TOOLS_BENCH_REPORT_H
#define RILL_TOOLS_BENCH_REPORT_H

#include "base/status.h"
#include "figures.h"

/* Short texts by name: "processor", "compiler", "jax". */
enum { BENCH_MOST_FACTS = 24, BENCH_FACT_TEXT = 96 };

typedef struct bench_fact {
    char name[24], text[BENCH_FACT_TEXT];
} bench_fact;

typedef struct bench_report {
    int fact_count;
    bench_fact fact[BENCH_MOST_FACTS];
    bench_figures figures;
} bench_report;

/* Sets a fact, unless it is there already. */
void bench_set_fact(bench_report *r, const char *name, const char *format, ...) RILL_PRINTF(3, 4);
/* "" when it is not known. */
const char *bench_fact_of(const bench_report *r, const char *name);
/* Writes a file, whole or not at all. */
rill_status bench_write_file(const char *path, const char *text, size_t size,
                             rill_message *message);

/* The facts of this process: machine, date, compiler, instruction set. */
void bench_set_facts(bench_report *r);

/* One fact and one figure a line, so that it can be read back line by line, and compared by diff.
 */
rill_status bench_write_json(const bench_report *r, const char *path, rill_message *message);
/* Adds what is in such lines; others are passed over. */
void bench_read_json(bench_report *r, FILE *in);

#endif
