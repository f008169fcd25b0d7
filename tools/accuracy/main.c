/* main.c - rill-accuracy: the worst errors of the elementwise functions of one argument.
 *
 *     rill-accuracy [--threads T] [--every K] [--doubles N] [FUNCTION...]
 *
 * One line a function: its name, then for f32 (every K-th bit pattern; 1, which is all 2^32 of
 * them) and for f64 (N random arguments; 10^8) the worst error and its argument.  The status is 1
 * when one is greater than promised.  RILL_ISA chooses the instruction set. */
#include "sweep.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 256 };

typedef struct settings {
    long threads;
    unsigned long long every, doubles;
    char **names; /* [count]; none: all */
    int count;
} settings;

/* ---- One function, shared out among threads. */

typedef struct share {
    sweep sweep;
    worst worst;
    int done;
    pthread_t thread;
} share;

static void *run_share(void *self)
{
    share *s = self;
    s->done = sweep_run(&s->sweep, &s->worst);
    return NULL;
}

/* Whole chunks, so that every argument is tried by one thread. */
static int find_worst(const sweep *all, long threads, worst *found)
{
    share shares[MOST_THREADS];
    uint64_t part = (all->end / (uint64_t)threads + (1 << 24)) >> 24 << 24;
    long started = 0;
    for (; started < threads; started++) {
        share *s = &shares[started];
        *s = (share){ .sweep = *all };
        s->sweep.begin = (uint64_t)started * part < all->end ? (uint64_t)started * part : all->end;
        s->sweep.end = s->sweep.begin + part < all->end ? s->sweep.begin + part : all->end;
        if (pthread_create(&s->thread, NULL, run_share, s) != 0)
            break;
    }
    int done = started == threads;
    for (long i = 0; i < started; i++) {
        pthread_join(shares[i].thread, NULL);
        done = done && shares[i].done;
        if (shares[i].worst.error > found->error)
            *found = shares[i].worst;
    }
    return done;
}

/* 1 when both types keep the promise. */
static int report(const exact_function *function, const settings *set)
{
    worst narrow = { 0 }, wide = { 0 };
    const promise p = promise_of(function->name);
    const sweep f32 = { function, RILL_F32, 0, UINT64_C(1) << 32, set->every, p };
    const sweep f64 = { function, RILL_F64, 0, set->doubles, 1, p };
    if (!find_worst(&f32, set->threads, &narrow) || !find_worst(&f64, set->threads, &wide)) {
        fprintf(stderr, "rill-accuracy: %s cannot be run\n", function->name);
        return 0;
    }
    int kept = narrow.error <= p.bound && wide.error <= p.bound;
    printf("%s %.3f %.9g %.3f %.17g%s\n", function->name, narrow.error, narrow.at, wide.error,
           wide.at, kept ? "" : " BROKEN");
    fflush(stdout);
    return kept;
}

/* ---- The command line. */

static int usage(void)
{
    fputs("usage: rill-accuracy [--threads T] [--every K] [--doubles N] [FUNCTION...]\n", stderr);
    return 2;
}

/* The number after an option; 0 when there is none above 0. */
static unsigned long long number_after(char **argument)
{
    char *end = NULL;
    unsigned long long number = argument[1] ? strtoull(argument[1], &end, 10) : 0;
    return end && *end == '\0' ? number : 0;
}

static int read_settings(char **argument, settings *set)
{
    for (; *argument && !strncmp(*argument, "--", 2); argument += 2) {
        unsigned long long number = number_after(argument);
        if (!strcmp(*argument, "--threads") && number <= MOST_THREADS)
            set->threads = (long)number;
        else if (!strcmp(*argument, "--every") && number <= 1 << 20)
            set->every = number;
        else if (!strcmp(*argument, "--doubles"))
            set->doubles = number;
        else
            return 0;
        if (!number)
            return 0;
    }
    for (set->names = argument; *argument; argument++)
        set->count++;
    return 1;
}

static int wanted(const settings *set, const char *name)
{
    for (int i = 0; i < set->count; i++)
        if (!strcmp(set->names[i], name))
            return 1;
    return set->count == 0;
}

int main(int argc, char **argv)
{
    settings set = { .threads = 1, .every = 1, .doubles = 100000000 };
    if (argc < 1 || !read_settings(argv + 1, &set))
        return usage();
    int kept = 1, found = 0;
    for (const exact_function *function = exact_functions; function->name; function++)
        if (wanted(&set, function->name)) {
            found++;
            kept &= report(function, &set);
        }
    if (!found)
        return usage();
    return kept ? 0 : 1;
}
