/* backend.c - chooses, once, among the instruction sets that the library was compiled for. */
#include "cpu.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every processor of the kind has. */
#if defined(__aarch64__)
#define COMMON rill_cpu_neon_isa
#else
#define COMMON rill_cpu_baseline_isa
#endif
extern const rill_cpu_isa COMMON;

#if defined(__x86_64__)
extern const rill_cpu_isa rill_cpu_avx2_isa, rill_cpu_avx512_isa;

static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma");
}

static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

static int always(void)
{
    return 1;
}

static const struct candidate {
    const rill_cpu_isa *isa;
    int (*supported)(void);
} candidates[] = { /* best first */
#if defined(__x86_64__)
                   { &rill_cpu_avx512_isa, has_avx512 },
                   { &rill_cpu_avx2_isa, has_avx2 },
#endif
                   { &COMMON, always }
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const rill_cpu_isa *supported[CANDIDATES + 1];
static const rill_cpu_isa *chosen;
static rill_backend backend;
static rill_message refusal;

rill_map *rill_cpu_find_map(const rill_cpu_isa *isa, const rill_op *op, rill_dtype dtype)
{
    for (const rill_cpu_map *m = isa->maps; m->op; m++)
        if (m->op == op && dtype < RILL_DTYPE_COUNT)
            return m->map[dtype];
    return NULL;
}

const rill_kernel *rill_cpu_find_kernel(const rill_cpu_isa *isa, const rill_op *op,
                                        rill_dtype dtype)
{
    for (const rill_cpu_kernel *k = isa->kernels; k->op; k++)
        if (k->op == op && k->dtype == dtype)
            return k->kernel;
    return NULL;
}

static rill_pair_map *chosen_pair(const rill_op *first, const rill_op *second, rill_dtype dtype)
{
    for (const rill_cpu_pair *pair = chosen->pairs; pair->first; pair++)
        if (pair->first == first && pair->second == second && dtype < RILL_DTYPE_COUNT)
            return pair->map[dtype];
    return NULL;
}

static rill_map *chosen_map(const rill_op *op, rill_dtype dtype)
{
    return rill_cpu_find_map(chosen, op, dtype);
}

static const rill_kernel *chosen_kernel(const rill_op *op, rill_dtype dtype)
{
    return rill_cpu_find_kernel(chosen, op, dtype);
}

static int is_candidate(const char *name)
{
    for (int i = 0; i < CANDIDATES; i++)
        if (!strcmp(candidates[i].isa->name, name))
            return 1;
    return 0;
}

static void refuse(const char *wanted)
{
    char names[64] = "";
    for (int i = 0; supported[i]; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", supported[i]->name);
    }
    rill_fail(&refusal, RILL_BAD_ARGUMENT, "RILL_ISA=%.40s: %s; it runs %s", wanted,
              is_candidate(wanted) ? "this processor lacks that instruction set"
                                   : "no instruction set of this processor is called so",
              names);
}

/* RILL_ISA in the environment asks for one of the supported sets by name. */
static void choose(void)
{
    int count = 0;
    for (int i = 0; i < CANDIDATES; i++)
        if (candidates[i].supported())
            supported[count++] = candidates[i].isa;
    const char *wanted = getenv("RILL_ISA");
    int asks = wanted && *wanted;
    chosen = asks ? NULL : supported[0];
    for (int i = 0; i < count && !chosen; i++)
        if (!strcmp(supported[i]->name, wanted))
            chosen = supported[i];
    if (!chosen) {
        chosen = supported[0];
        refuse(wanted);
    }
    backend = (rill_backend){ .name = chosen->name,
                              .refusal = *refusal.text ? refusal.text : NULL,
                              .map = chosen_map,
                              .pair = chosen_pair,
                              .kernel = chosen_kernel,
                              .normals = chosen->normals };
}

const rill_cpu_isa *const *rill_cpu_isas(void)
{
    pthread_once(&once, choose);
    return supported;
}

const rill_backend *rill_builtin_backend(void)
{
    pthread_once(&once, choose);
    return &backend;
}
