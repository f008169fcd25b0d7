/* figures.h - what was measured, as one flat list: tables, JSON, bars, the README's section and the
 * picture are all made from it. */
#ifndef RILL_TOOLS_BENCH_FIGURES_H
#define RILL_TOOLS_BENCH_FIGURES_H

#include <stdio.h>

typedef enum bench_quantity {
    BENCH_TIME,          /* of a call: seconds */
    BENCH_FIRST_TIME,    /* until the first result: seconds */
    BENCH_ELEMENT_TIME,  /* seconds */
    BENCH_SAMPLE_TIME,   /* seconds */
    BENCH_FLOPS,         /* a second */
    BENCH_BANDWIDTH,     /* bytes a second, read and written */
    BENCH_PEAK_SHARE,    /* of the FMA peak of as many cores */
    BENCH_COPY_SHARE,    /* of the bandwidth of memcpy on as many cores */
    BENCH_ROOF_SHARE,    /* the time that memory or arithmetic would take alone, over the time */
    BENCH_ELEMENT_FLOPS, /* what the core could have done in the time of an element: flops */
    BENCH_SPEEDUP,       /* the time of one thread over that of this many */
    BENCH_RATIO,         /* the time of the fastest peer over rill's, in one run */
    BENCH_GROWTH,        /* the time of a sample in the largest batch over that in a small one */
    BENCH_STEPS,         /* the time of a step over that of the plain step */
    BENCH_FORWARDS,      /* the time of a JVP, primal included, over that of a forward pass */
    BENCH_BUFFERS,       /* of a program's plan: bytes */
    BENCH_LIVE,          /* the largest sum of buffers in use at once: bytes */
    BENCH_OVERHEAD,      /* buffers over live */
    BENCH_PROCESS,       /* the most memory that the process ever had: bytes */
    BENCH_QUANTITY_COUNT
} bench_quantity;

typedef struct bench_key {
    const char *section, *name; /* "step", "toy" */
    const char *by;             /* NULL: "rill" */
    int threads;                /* 0: 1 */
} bench_key;

enum { BENCH_NAME = 48, BENCH_MOST_FIGURES = 1024 };

typedef struct bench_figure {
    char section[16], name[BENCH_NAME], by[16];
    int threads;
    bench_quantity quantity;
    double value;
} bench_figure;

typedef struct bench_figures {
    int count, printed;
    bench_figure figure[BENCH_MOST_FIGURES];
} bench_figures;

/* Appends; nothing beyond the most there can be, nor what is not finite. */
void bench_add(bench_figures *f, const bench_key *key, bench_quantity quantity, double value);
/* NULL when it was not measured. */
const bench_figure *bench_find(const bench_figures *f, const bench_key *key,
                               bench_quantity quantity);
/* The same as a number; NaN when it was not measured. */
double bench_value(const bench_figures *f, const bench_key *key, bench_quantity quantity);

/* "62.1 us", "79%"; and with words, "79% of FMA peak".  `text`, which is returned, holds
 * BENCH_VALUE_TEXT. */
enum { BENCH_VALUE_TEXT = 48 };
char *bench_print_number(bench_quantity quantity, double value, char *text);
char *bench_print_value(bench_quantity quantity, double value, char *text);
/* Key and unit in JSON: "share_of_peak", "s". */
const char *bench_quantity_name(bench_quantity quantity);
const char *bench_quantity_unit(bench_quantity quantity);

/* One line for each name, maker and number of threads among the figures not yet printed. */
void bench_print_new(bench_figures *f, FILE *out);

#endif
