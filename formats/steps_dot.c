/* Steps and what flows between them, as DOT. */
#include "steps.h"

#include "base/alloc.h"
#include "base/table.h"
#include "core/graph.h"
#include "text.h"

#include <string.h>

typedef struct picture {
    const rill_program *program;
    const rill_step_look *looks;
    int64_t count;
    rill_text out;
    rill_table edges; /* (from, to) that are drawn */
} picture;

/* Lines end after a comma where they have got long. */
static void add_name(rill_text *out, const char *name)
{
    enum { LINE = 24 };
    int length = 0;
    for (; *name; name++, length++) {
        if (*name == '"' || *name == '\\')
            rill_text_add(out, "\\");
        rill_text_add(out, "%c", (unsigned char)*name < ' ' ? '?' : *name);
        if (length > LINE && name[0] == ',' && name[1] == ' ') {
            rill_text_add(out, "\\n");
            name++;
            length = -1;
        }
    }
}

/* From white to the red of Okabe and Ito's palette, by the square root: what takes a tenth of the
 * time is to be seen too. */
static void add_colour(rill_text *out, double heat)
{
    const int cold[3] = { 255, 255, 255 }, hot[3] = { 213, 94, 0 };
    heat = heat > 0 ? heat < 1 ? __builtin_sqrt(heat) : 1 : 0;
    rill_text_add(out, "#");
    for (int i = 0; i < 3; i++)
        rill_text_add(out, "%02x", (unsigned)(cold[i] + heat * (hot[i] - cold[i])));
}

static void add_step(picture *p, int64_t step, const rill_step_info *info)
{
    const rill_step_look *look = &p->looks[step];
    rill_text_add(&p->out, "s%lld [label=\"%lld  ", (long long)step, (long long)step);
    add_name(&p->out, info->name);
    rill_text_add(&p->out, "%s", *look->note ? "\\n" : "");
    add_name(&p->out, look->note);
    rill_text_add(&p->out, "\", fillcolor=\"");
    add_colour(&p->out, look->heat);
    rill_text_add(&p->out, "\"];\n");
}

/* Is the step drawn as a box?  One of slices is the cluster around its own. */
static int is_box(const picture *p, int64_t step, rill_step_info *info)
{
    return p->looks[step].shown && rill_step_describe(p->program, step, info) == RILL_OK &&
           info->slices == 0;
}

/* Boxes of steps that stand inside step `inside`, -1: in none. */
static void add_steps(picture *p, int64_t inside)
{
    rill_step_info info;
    for (int64_t step = 0; step < p->count; step++)
        if (is_box(p, step, &info) && info.inside == inside)
            add_step(p, step, &info);
}

static void add_slices(picture *p)
{
    rill_step_info info;
    for (int64_t step = 0; step < p->count; step++) {
        if (rill_step_describe(p->program, step, &info) != RILL_OK || info.slices == 0)
            continue;
        rill_text_add(&p->out, "subgraph cluster_%lld {\nstyle=\"rounded,filled\"; label=\"%lld  ",
                      (long long)step, (long long)step);
        add_name(&p->out, info.name);
        rill_text_add(&p->out, "%s", *p->looks[step].note ? "\\n" : "");
        add_name(&p->out, p->looks[step].note);
        rill_text_add(&p->out, "\"; fillcolor=\"#f4f4f4\";\n");
        add_steps(p, step);
        rill_text_add(&p->out, "}\n");
    }
}

static void add_flow(void *self, int64_t from, int64_t to, const rill_tensor *array)
{
    picture *p = self;
    char shape[RILL_SHAPE_TEXT];
    rill_shape of = rill_shape_of(array);
    uint64_t key = (uint64_t)from * (uint64_t)p->count + (uint64_t)to;
    if (!p->looks[from].shown || !p->looks[to].shown || rill_table_get(&p->edges, key))
        return;
    if (!rill_table_set(&p->edges, key, p))
        p->out.failed = 1;
    rill_text_add(&p->out, "s%lld -> s%lld [label=\"%s\"];\n", (long long)from, (long long)to,
                  of.rank > 0 ? rill_shape_print(&of, shape, sizeof shape) : "");
}

static void add_picture(picture *p, const char *title)
{
    rill_text_add(&p->out,
                  "digraph steps {\n"
                  "graph [fontname=\"Helvetica\", fontsize=13, ranksep=0.3, nodesep=0.2, "
                  "color=\"#999999\", labeljust=l, charset=\"UTF-8\"];\n"
                  "node [fontname=\"Helvetica\", fontsize=12, height=0.3, margin=\"0.1,0.04\", "
                  "shape=box, style=\"rounded,filled\", color=\"#333333\"];\n"
                  "edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#555555\", "
                  "color=\"#333333\", arrowsize=0.6];\nlabelloc=t; label=\"");
    add_name(&p->out, title ? title : "");
    rill_text_add(&p->out, "\";\n");
    add_slices(p);
    add_steps(p, -1);
    if (!rill_step_flows(p->program, add_flow, p))
        p->out.failed = 1;
    rill_text_add(&p->out, "}\n");
}

rill_status rill_steps_dot(const rill_program *program, const rill_step_look *looks,
                           const char *title, char **text, size_t *size, rill_message *message)
{
    picture p = { .program = program, .looks = looks, .count = rill_step_count(program) };
    if (size)
        *size = 0;
    if (text)
        *text = NULL;
    if (!program || !looks || !text)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "dot: needs a program, how its steps look, and where to put the text");
    add_picture(&p, title);
    rill_table_free(&p.edges);
    if (p.out.failed) {
        rill_free(p.out.bytes);
        return rill_fail(message, RILL_NO_MEMORY, "dot: no memory for the drawing");
    }
    *text = p.out.bytes;
    if (size)
        *size = p.out.size;
    return RILL_OK;
}
