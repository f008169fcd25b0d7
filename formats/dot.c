/* Writing a drawing as DOT text. */
#include "dot.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "core/region.h"
#include "drawing.h"
#include "text.h"

#include <string.h>

/* ---- How each kind of node looks. */

typedef enum kind {
    PARAMETER,
    STATE,
    INPUT,
    RANDOM,
    CONSTANT,
    FORWARD,
    BACKWARD,
    EFFECT,
    KINDS
} kind;

static const struct look {
    const char *name, *shape, *style, *fill, *line;
} looks[KINDS] = {
    [PARAMETER] = { "parameter", "cylinder", "filled", "#cfe8f8", "#0072b2" },
    [STATE] = { "state", "cylinder", "filled", "#eeeeee", "#0072b2" },
    [INPUT] = { "input", "invhouse", "filled", "#fbf3a6", "#8a7d00" },
    [RANDOM] = { "random", "hexagon", "filled", "#f3d9e8", "#cc79a7" },
    [CONSTANT] = { "constant", "box", "filled,dashed", "#ffffff", "#555555" },
    [FORWARD] = { "forward", "box", "filled,rounded", "#ffffff", "#333333" },
    [BACKWARD] = { "derivative", "octagon", "filled", "#fde3cf", "#d55e00" },
    [EFFECT] = { "effect", "box3d", "filled", "#c9eee1", "#009e73" },
};

static kind kind_of(const rill_tensor *x)
{
    if (x->op == &rill_state_op)
        return x->leaf->role == RILL_PARAMETER ? PARAMETER : STATE;
    if (x->op == &rill_input_op)
        return INPUT;
    if (rill_has(x, RILL_LEAF) || rill_is_splat(x, NULL))
        return CONSTANT;
    if (rill_has(x, RILL_RANDOM))
        return RANDOM;
    if (rill_has(x, RILL_COMMIT | RILL_GUARD | RILL_ORDERED))
        return EFFECT;
    return x->backward ? BACKWARD : FORWARD;
}

/* ---- Text inside quotes. */

/* As the inside of a quoted string: Graphviz reads backslashes, quotes and &entities;, and warns
 * about what is not UTF-8. */
static void add_escaped(rill_text *out, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        size_t length = rill_utf8_length(text, end);
        if (*text == '\n')
            rill_text_add(out, "\\n");
        else if (length == 0 || (unsigned char)*text < ' ')
            rill_text_add(out, "?");
        else if (*text == '&')
            rill_text_add(out, "&amp;");
        else
            rill_text_add(out, "%s%.*s", *text == '"' || *text == '\\' ? "\\" : "", (int)length,
                          text);
        text += length ? length : 1;
    }
}

static void add_extents(rill_text *out, int64_t count, const int64_t *at, const char *between)
{
    for (int64_t i = 0; i < count; i++)
        rill_text_add(out, "%s%lld", i ? between : "", (long long)at[i]);
}

static void add_shape(rill_text *out, const rill_shape *shape)
{
    if (shape->rank == 0)
        rill_text_add(out, "scalar");
    add_extents(out, shape->rank, shape->dim, "×");
}

static void add_attr_value(rill_text *out, rill_attr_kind attr_kind, const void *value)
{
    const rill_axes *axes = value;
    switch (attr_kind) {
    case RILL_ATTR_INT:
        rill_text_add(out, "%lld", (long long)*(const int64_t *)value);
        break;
    case RILL_ATTR_FLOAT:
        rill_text_add(out, "%g", *(const double *)value);
        break;
    case RILL_ATTR_AXES:
        add_extents(out, axes->count, axes->at, ",");
        break;
    case RILL_ATTR_SHAPE:
        add_shape(out, value);
        break;
    case RILL_ATTR_DTYPE:
        rill_text_add(out, "%s", rill_dtype_name(*(const rill_dtype *)value));
        break;
    case RILL_ATTR_KEY:
        break;
    }
}

/* What edges say anyway, and flags that are off: an integer of 0 among other attributes. */
static int goes_without_saying(const rill_tensor *x, const rill_attr *attr, const void *value)
{
    switch (attr->kind) {
    case RILL_ATTR_INT:
        return *(const int64_t *)value == 0 && x->op->attr_count > 1;
    case RILL_ATTR_SHAPE:
        return rill_shape_equal(value, &x->shape);
    case RILL_ATTR_DTYPE:
        return *(const rill_dtype *)value == x->dtype && x->op->attr_count > 1;
    case RILL_ATTR_KEY:
        return 1;
    default:
        return 0;
    }
}

/* A line for each; one that stands alone needs no name. */
static void add_attrs(rill_text *out, const rill_tensor *x)
{
    for (int i = 0; x->attrs && i < x->op->attr_count; i++) {
        const rill_attr *attr = &x->op->attrs[i];
        const void *value = (const char *)x->attrs + attr->offset;
        if (goes_without_saying(x, attr, value))
            continue;
        rill_text_add(out, "\\n");
        if (x->op->attr_count > 1)
            rill_text_add(out, "%s ", attr->name);
        add_attr_value(out, attr->kind, value);
    }
}

/* ---- Nodes. */

/* "(·, 0.5)" when numbers stand among the inputs, and nothing otherwise. */
static void add_numbers(rill_text *out, const rill_drawing *d, const rill_tensor *x)
{
    int numbers = 0;
    double value;
    for (int i = 0; i < x->count; i++)
        numbers += rill_is_splat(rill_drawing_source(d, x->in[i], 0), NULL);
    for (int i = 0; i < x->count && numbers > 0; i++) {
        rill_text_add(out, "%s", i ? ", " : "(");
        if (rill_is_splat(rill_drawing_source(d, x->in[i], 0), &value))
            rill_text_add(out, "%g", value);
        else
            rill_text_add(out, "·");
    }
    if (numbers > 0)
        rill_text_add(out, ")");
}

/* The name without the scopes it stands in: they are drawn around it. */
static const char *name_within(const char *scope, const char *name)
{
    size_t length = strlen(scope);
    int inside = length > 0 && strncmp(name, scope, length) == 0 && name[length] == '.';
    return inside ? name + length + 1 : name;
}

/* The entry that an effect writes, or NULL. */
static const rill_tensor *written(const rill_tensor *x)
{
    for (int i = 0; rill_has(x, RILL_COMMIT) && i < x->count; i++)
        if (x->in[i]->op == &rill_state_op)
            return x->in[i];
    return NULL;
}

/* The name that was given to an item, on a line of its own unless the node has it anyway. */
static void add_name(rill_text *out, const rill_dot_item *item)
{
    const rill_leaf *leaf = item->x->leaf;
    if (!item->name || (leaf && leaf->name && strcmp(leaf->name, item->name) == 0))
        return;
    add_escaped(out, item->name);
    rill_text_add(out, "\\n");
}

static void add_label(rill_text *out, const rill_drawing *d, const rill_dot_item *item)
{
    double value;
    const rill_tensor *x = item->x, *entry = written(x);
    int64_t step = rill_drawing_step(d, x);
    const char *scope = d->program ? "" : x->scope->path;
    add_name(out, item);
    if (step >= 0)
        rill_text_add(out, "%lld  ", (long long)step);
    if (x->leaf && x->leaf->name)
        add_escaped(out, name_within(scope, x->leaf->name));
    else if (rill_is_splat(x, &value))
        rill_text_add(out, "%g", value);
    else
        add_escaped(out, x->op->name);
    if (entry) {
        rill_text_add(out, "\\n");
        add_escaped(out, name_within(scope, entry->leaf->name));
    } else {
        if (!rill_has(x, RILL_RANDOM)) /* which row is the first says nothing */
            add_numbers(out, d, x);
        add_attrs(out, x);
    }
    if (item->is_output) { /* no edge says it */
        rill_text_add(out, "\\n");
        add_shape(out, &x->shape);
    }
}

static void add_look(rill_text *out, kind k)
{
    const struct look *look = &looks[k];
    rill_text_add(out, "shape=%s, style=\"%s\", fillcolor=\"%s\", color=\"%s\"", look->shape,
                  look->style, look->fill, look->line);
}

static void add_node(rill_text *out, const rill_drawing *d, const rill_dot_item *item)
{
    const rill_tensor *x = item->x;
    rill_text_add(out, "n%lld [label=\"", (long long)item->number);
    add_label(out, d, item);
    rill_text_add(out, "\", tooltip=\"");
    add_escaped(out, x->op->doc ? x->op->doc : x->op->name);
    rill_text_add(out, "\", ");
    add_look(out, kind_of(x));
    if (item->is_output)
        rill_text_add(out, ", peripheries=2");
    if (x == d->options->highlight)
        rill_text_add(out, ", color=\"#ff0000\", penwidth=4");
    rill_text_add(out, "];\n");
}

/* ---- Edges. */

/* The views passed on the way from x, as it is used, to what computes it, innermost last; those
 * that change nothing are not worth a word. */
static void add_views(rill_text *out, const rill_drawing *d, rill_tensor *x)
{
    for (x = rill_drawing_source(d, x, 0);
         rill_drawing_item(d, x)->number < 0 && rill_has(x, RILL_VIEW) && x->count > 0;
         x = rill_drawing_source(d, x->in[0], 0)) {
        if (rill_shape_equal(&x->shape, &x->in[0]->shape))
            continue;
        rill_text_add(out, "\\n%s ", x->op->name);
        add_shape(out, &x->shape);
    }
}

/* Which input an edge is, where that is not plain. */
static void add_letter(rill_text *out, const rill_drawing *d, const rill_tensor *y, int at)
{
    int drawn = 0;
    for (int i = 0; i < y->count; i++)
        drawn +=
            y->in[i] != written(y) && !rill_is_splat(rill_drawing_source(d, y->in[i], 0), NULL);
    if (drawn < 2 || y->count > 26)
        return;
    rill_text_add(out, "%c: ", 'a' + at);
}

/* The sums of slices come from one node: which of them an edge is.  A lane is some slices.  0 where
 * it is none. */
static int add_lane(rill_text *out, const rill_drawing *d, rill_tensor *x)
{
    int64_t lane = rill_drawing_lane(d, x);
    if (lane < 0)
        return 0;
    const rill_region *region = d->program->region;
    rill_text_add(out, "%s %lld: ", region->lanes == region->slices ? "slice" : "lane",
                  (long long)lane + 1);
    return 1;
}

/* The node that stands for an item: its own, or a box. */
static void add_node_id(rill_text *out, const rill_dot_item *item)
{
    if (item->box >= 0)
        rill_text_add(out, "c%lld", (long long)item->box);
    else
        rill_text_add(out, "n%lld", (long long)item->number);
}

static void add_edge(rill_text *out, const rill_drawing *d, const rill_dot_item *item, int at,
                     rill_bundles *bundles)
{
    rill_tensor *from = rill_drawing_source(d, item->x->in[at], 1);
    const rill_dot_item *source = rill_drawing_item(d, from);
    if (source->number < 0 || item->x->in[at] == written(item->x) ||
        rill_is_splat(rill_drawing_source(d, item->x->in[at], 0), NULL))
        return;
    if (item->box >= 0) {
        out->failed |= !rill_bundle_add(bundles, source, item->box);
        return;
    }
    add_node_id(out, source);
    rill_text_add(out, " -> n%lld [label=\"", (long long)item->number);
    if (!add_lane(out, d, item->x->in[at]))
        add_letter(out, d, item->x, at);
    add_shape(out, &from->shape);
    if (from->dtype == RILL_I32)
        rill_text_add(out, " i32");
    add_views(out, d, item->x->in[at]);
    rill_text_add(out, "\"%s];\n", item->x->backward ? ", color=\"#d55e00\"" : "");
}

static void add_bundle(rill_text *out, const rill_drawing *d, const rill_bundle *bundle)
{
    add_node_id(out, bundle->from);
    rill_text_add(out, " -> c%lld [label=\"", (long long)bundle->box);
    if (bundle->count > 1)
        rill_text_add(out, "%lld arrays", (long long)bundle->count);
    else
        add_shape(out, &bundle->from->x->shape);
    rill_text_add(out, "\"%s];\n", d->clusters[bundle->box].backward ? ", color=\"#d55e00\"" : "");
}

static void add_edges(rill_text *out, const rill_drawing *d)
{
    rill_bundles bundles = { 0 };
    for (size_t i = 0; i < d->count; i++)
        for (int at = 0; d->items[i].number >= 0 && at < d->items[i].x->count; at++)
            add_edge(out, d, &d->items[i], at, &bundles);
    for (size_t i = 0; i < bundles.count; i++)
        add_bundle(out, d, &bundles.all[i]);
    rill_bundles_free(&bundles);
}

/* ---- Clusters. */

static void add_cluster_label(rill_text *out, const rill_drawing *d, int64_t at)
{
    const rill_dot_cluster *cluster = &d->clusters[at];
    int is_top = cluster->backward && !d->clusters[cluster->parent].backward;
    if (cluster->step >= 0)
        rill_text_add(out, "step %lld, fused", (long long)cluster->step);
    else if (cluster->region)
        rill_text_add(out, "%lld slices of %lld rows", (long long)cluster->region->slices,
                      (long long)cluster->region->rows);
    else
        add_escaped(out, cluster->op ? cluster->op->name : cluster->label);
    rill_text_add(out, "%s", is_top ? ", derivative" : "");
}

static void add_box(rill_text *out, const rill_drawing *d, int64_t at)
{
    const rill_dot_cluster *cluster = &d->clusters[at];
    rill_text_add(out, "c%lld [label=\"", (long long)at);
    add_cluster_label(out, d, at);
    rill_text_add(out, "\\n%lld node%s", (long long)cluster->nodes, cluster->nodes == 1 ? "" : "s");
    rill_text_add(out, "\", shape=folder, style=filled, fillcolor=\"%s\", color=\"#777777\"%s];\n",
                  cluster->backward ? "#fdf4ec" : "#f4f4f4",
                  cluster->is_output ? ", peripheries=2" : "");
}

static void open_cluster(rill_text *out, const rill_drawing *d, int64_t at)
{
    const rill_dot_cluster *cluster = &d->clusters[at];
    if (at > 0) {
        rill_text_add(out, "subgraph cluster_%lld {\nlabel=\"", (long long)at);
        add_cluster_label(out, d, at);
        rill_text_add(out, "\"; style=\"%s\"; fillcolor=\"%s\";\n",
                      cluster->op ? "rounded,dashed" : "rounded,filled",
                      cluster->backward ? "#fdf4ec" : "#f4f4f4");
    }
    for (int64_t i = cluster->first_item; i >= 0; i = d->items[i].next)
        add_node(out, d, &d->items[i]);
}

static void add_clusters(rill_text *out, const rill_drawing *d)
{
    int64_t at = 0;
    open_cluster(out, d, at);
    while (at >= 0) {
        int64_t next = d->clusters[at].folded ? -1 : d->clusters[at].child;
        while (next < 0 && at > 0) {
            rill_text_add(out, "%s", d->clusters[at].folded ? "" : "}\n");
            next = d->clusters[at].sibling;
            at = d->clusters[at].parent;
        }
        if ((at = next) < 0)
            continue;
        if (d->clusters[at].folded)
            add_box(out, d, at);
        else
            open_cluster(out, d, at);
    }
}

/* What the marks on nodes and edges mean. */
static void add_reading(rill_text *out, const rill_drawing *d)
{
    rill_text_add(out, "marks [shape=plaintext, fontsize=9, fontcolor=\"#555555\", label=\""
                       "a: b:  inputs of the op,\\l   by its formula\\l"
                       "8×3  the shape\\l");
    for (size_t i = 0; i < d->cluster_count; i++)
        if (d->clusters[i].folded) {
            rill_text_add(out, "a tab: what it holds\\l   is not drawn\\l");
            break;
        }
    if (d->program)
        rill_text_add(out, "7 add  run in step 7\\l");
    rill_text_add(out, "\"];\nout -> marks [style=invis];\n");
}

static void add_legend(rill_text *out, const rill_drawing *d)
{
    int there[KINDS] = { 0 }, before = -1;
    for (size_t i = 0; i < d->count; i++)
        if (d->items[i].number >= 0 && d->items[i].box < 0)
            there[kind_of(d->items[i].x)] = 1;
    rill_text_add(out, "subgraph cluster_legend {\nlabel=\"legend\"; style=\"rounded\";\n");
    for (int k = 0; k < KINDS; k++) {
        if (!there[k])
            continue;
        rill_text_add(out, "k%d [label=\"%s\", ", k, looks[k].name);
        add_look(out, (kind)k);
        rill_text_add(out, "];\n");
        if (before >= 0)
            rill_text_add(out, "k%d -> k%d [style=invis];\n", before, k);
        before = k;
    }
    rill_text_add(out, "out [label=\"asked for\", shape=box, style=rounded, peripheries=2];\n");
    if (before >= 0)
        rill_text_add(out, "k%d -> out [style=invis];\n", before);
    add_reading(out, d);
    rill_text_add(out, "}\n");
}

/* ---- All of it. */

static void add_drawing(rill_text *out, const rill_drawing *d)
{
    rill_text_add(out,
                  "digraph rill {\n"
                  "graph [fontname=\"Helvetica\", fontsize=13, ranksep=0.3, nodesep=0.2, "
                  "color=\"#999999\", labeljust=l, charset=\"UTF-8\", newrank=true];\n"
                  "node [fontname=\"Helvetica\", fontsize=12, height=0.3, margin=\"0.1,0.04\"];\n"
                  "edge [fontname=\"Helvetica\", fontsize=9, fontcolor=\"#555555\", "
                  "color=\"#333333\", arrowsize=0.6];\n");
    if (d->options->title) {
        rill_text_add(out, "labelloc=t; label=\"");
        add_escaped(out, d->options->title);
        rill_text_add(out, "\";\n");
    }
    if (!d->options->no_legend)
        add_legend(out, d);
    add_clusters(out, d);
    add_edges(out, d);
    rill_text_add(out, "}\n");
}

static rill_status give_text(rill_drawing *d, rill_tensor *const *outputs, int64_t n, char **text,
                             size_t *size, rill_message *message)
{
    rill_text out = { 0 };
    rill_graph *g = outputs[0]->graph;
    if (!rill_drawing_make(d, outputs, n))
        out.failed = 1;
    else
        add_drawing(&out, d);
    rill_drawing_free(d);
    if (out.failed || rill_error(g)) {
        rill_free(out.bytes);
        return out.failed ? rill_fail(message, RILL_NO_MEMORY, "dot: no memory for the drawing")
                          : rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(g));
    }
    *text = out.bytes;
    if (size)
        *size = out.size;
    return RILL_OK;
}

static const rill_dot_options standard = { 0 };

rill_status rill_dot(rill_tensor *const *outputs, int64_t n, const rill_dot_options *options,
                     char **text, size_t *size, rill_message *message)
{
    rill_drawing d = { .options = options ? options : &standard };
    if (size)
        *size = 0;
    if (text)
        *text = NULL;
    if (!text || !outputs || n <= 0 || !outputs[0])
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "dot: needs tensors to draw, and where to put "
                         "the text");
    if (rill_error(outputs[0]->graph))
        return rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(outputs[0]->graph));
    for (int64_t i = 0; i < n; i++)
        if (!outputs[i] || outputs[i]->graph != outputs[0]->graph || rill_is_inert(outputs[i]))
            return rill_fail(message, RILL_BAD_ARGUMENT, "dot: tensor %lld is %s", (long long)i,
                             outputs[i] ? "of another graph" : "NULL");
    return give_text(&d, outputs, n, text, size, message);
}

rill_status rill_program_dot(const rill_program *program, const rill_dot_options *options,
                             char **text, size_t *size, rill_message *message)
{
    rill_drawing d = { .options = options ? options : &standard, .program = program };
    if (size)
        *size = 0;
    if (text)
        *text = NULL;
    if (!text || !program || program->output_count <= 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "dot: needs a program, and where to put the text");
    return give_text(&d, program->roots, program->output_count, text, size, message);
}

void rill_dot_free(char *text)
{
    rill_free(text);
}
