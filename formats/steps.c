#include "steps.h"

#include "core/region.h"

#include <stdio.h>
#include <string.h>

/* ---- Steps: of the program, then of its slices, then of its last slice. */

typedef struct place {
    const rill_program *program;
    const rill_step *step;
    int64_t inside; /* the step that runs the slices, or -1 */
} place;

static const rill_step *with_number(const rill_program *p, int64_t number)
{
    int64_t at = number < p->step_count ? number : p->step_count - 1;
    if (at < 0)
        return NULL;
    while (at > 0 && rill_step_number(p, &p->steps[at]) > number)
        at--;
    return rill_step_number(p, &p->steps[at]) == number ? &p->steps[at] : NULL;
}

static int64_t region_number(const rill_program *p)
{
    int64_t i = 0;
    while (i < p->step_count && !p->steps[i].region)
        i++;
    return i < p->step_count ? rill_step_number(p, &p->steps[i]) : -1;
}

static place find_step(const rill_program *p, int64_t number)
{
    const rill_region *region = p->region;
    const rill_program *parts[] = { p, region ? region->slice : NULL,
                                    region ? region->last : NULL };
    for (size_t i = 0; i < sizeof parts / sizeof *parts && number >= 0; i++) {
        if (number < rill_step_numbers(parts[i]))
            return (place){ parts[i], with_number(parts[i], number),
                            i > 0 ? region_number(p) : -1 };
        number -= rill_step_numbers(parts[i]);
    }
    return (place){ 0 };
}

int64_t rill_step_count(const rill_program *p)
{
    const rill_region *region = p ? p->region : NULL;
    return rill_step_numbers(p) +
           (region ? rill_step_numbers(region->slice) + rill_step_numbers(region->last) : 0);
}

static const rill_tensor *member_of(const place *at, int64_t i)
{
    return at->program->values[at->program->members[at->step->first + i]].node;
}

/* ---- What a step is called. */

static void add_text(char *name, size_t size, const char *text)
{
    size_t used = strlen(name);
    if (used + strlen(text) < size)
        strcpy(name + used, text);
    else if (size > 4)
        strcpy(name + (used < size - 4 ? used : size - 4), "...");
}

static void name_step(const place *at, char *name, size_t size)
{
    const rill_tensor *first = member_of(at, 0);
    if (at->step->region) {
        snprintf(name, size, "%lld slices of %lld rows", (long long)at->step->region->slices,
                 (long long)at->step->region->rows);
        return;
    }
    int cut = (int)(size / 2); /* not within a character */
    while (cut > 0 && (int)strlen(first->scope->path) > cut &&
           (first->scope->path[cut] & 0xC0) == 0x80)
        cut--;
    snprintf(name, size, "%.*s%s%s", cut, first->scope->path, first->backward ? " derivative" : "",
             *first->scope->path || first->backward ? ": " : "");
    for (int64_t i = 0; i < at->step->count; i++) {
        const char *op = member_of(at, i)->op->name;
        if (i > 0 && strcmp(op, member_of(at, i - 1)->op->name) == 0)
            continue;
        add_text(name, size, i > 0 ? ", " : "");
        add_text(name, size, op);
    }
}

/* ---- What a step does. */

static double flops_of(const rill_tensor *y)
{
    if (y->op->flops)
        return y->op->flops(y);
    double most = (double)rill_count(y);
    for (int i = 0; i < y->count && !rill_has(y, RILL_ELEMENTWISE); i++)
        most = (double)rill_count(y->in[i]) > most ? (double)rill_count(y->in[i]) : most;
    return most;
}

static double step_flops(const place *at);

static double flops_of_all(const rill_program *p)
{
    double flops = 0;
    for (int64_t i = 0; p && i < p->step_count; i++)
        flops += step_flops(&(place){ p, &p->steps[i], -1 });
    return flops;
}

static double step_flops(const place *at)
{
    const rill_region *region = at->step->region;
    double flops = 0;
    if (region)
        return flops_of_all(region->slice) * (double)(region->slices - (region->last != NULL)) +
               flops_of_all(region->last);
    for (int64_t i = 0; i < at->step->count; i++)
        flops += flops_of(member_of(at, i));
    return flops;
}

/* Adds the bytes of the memory behind a value that was not seen before; 0 without memory. */
static int add_bytes(const rill_program *p, rill_table *seen, const rill_tensor *x, double *bytes)
{
    const rill_value *root = rill_root(p, rill_walk_index(&p->walk, x));
    const rill_tensor *y = root->node;
    if (root->home == RILL_HOME_TILE || rill_table_get(seen, rill_key_of(root)))
        return 1;
    *bytes += (double)rill_count(y) * (double)rill_dtype_size(y->dtype);
    return rill_table_set(seen, rill_key_of(root), p->values);
}

static int count_bytes(const place *at, double *bytes)
{
    rill_table seen = { 0 };
    int done = 1;
    *bytes = 0;
    for (int64_t m = 0; m < at->step->count && done; m++) {
        const rill_tensor *y = member_of(at, m);
        done = add_bytes(at->program, &seen, y, bytes);
        for (int i = 0; i < y->count && done; i++)
            done = add_bytes(at->program, &seen, y->in[i], bytes);
    }
    rill_table_free(&seen);
    return done;
}

rill_status rill_step_describe(const rill_program *p, int64_t step, rill_step_info *info)
{
    place at = p ? find_step(p, step) : (place){ 0 };
    if (!at.step || !info)
        return p && info ? RILL_NOT_FOUND : RILL_BAD_ARGUMENT;
    *info = (rill_step_info){ .inside = at.inside,
                              .slices = at.step->region ? at.step->region->slices : 0,
                              .elements = rill_count(member_of(&at, at.step->count - 1)),
                              .flops = step_flops(&at) };
    name_step(&at, info->name, sizeof info->name);
    return count_bytes(&at, &info->bytes) ? RILL_OK : RILL_NO_MEMORY;
}
