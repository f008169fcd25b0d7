/* What flows between steps: through ports too, by which slices see what is around them. */
#include "steps.h"

#include "core/region.h"

typedef struct flows {
    const rill_program *whole, *slice; /* slice: NULL when there is none */
    int64_t first;                     /* the number of the slice's first step */
    rill_table writer;                 /* room -> the slice's value that fills it */
    rill_table seen;                   /* the slice's leaf -> the value around it */
} flows;

static int64_t step_computing(const rill_program *p, const rill_tensor *x)
{
    return rill_root(p, rill_walk_index(&p->walk, x))->step;
}

static int map_ports(flows *f)
{
    const rill_region *region = f->whole->region;
    int done = 1;
    for (int64_t i = 0; region && i < region->port_count && done; i++) {
        const rill_port *port = &region->ports[i];
        rill_tensor *inner = port->inner[0];
        if (port->count == 0 || !inner || rill_walk_index(&f->slice->walk, inner) < 0)
            continue;
        if (step_computing(f->slice, inner) < 0)
            done = rill_table_set(&f->seen, rill_key_of(inner), port->outer[0]);
        for (int64_t k = 0; k < port->count && done && step_computing(f->slice, inner) >= 0; k++)
            done = rill_table_set(&f->writer, rill_key_of(port->outer[k]), inner);
    }
    return done;
}

/* The step that computes x, of the program or of its slices; -1: none. */
static int64_t source_outside(const flows *f, const rill_tensor *x)
{
    const rill_value *root = rill_root(f->whole, rill_walk_index(&f->whole->walk, x));
    const rill_tensor *inner = rill_table_get(&f->writer, rill_key_of(root->node));
    return inner ? f->first + step_computing(f->slice, inner) : root->step;
}

static int64_t source_inside(const flows *f, const rill_tensor *x)
{
    const rill_value *root = rill_root(f->slice, rill_walk_index(&f->slice->walk, x));
    if (root->step >= 0)
        return f->first + root->step;
    const rill_tensor *outer = rill_table_get(&f->seen, rill_key_of(root->node));
    return outer && outer->op != &rill_room_op ? source_outside(f, outer) : -1;
}

typedef struct visitor {
    void (*visit)(void *self, int64_t from, int64_t to, const rill_tensor *array);
    void *self;
} visitor;

static void visit_steps(const flows *f, const rill_program *p, visitor v)
{
    int inside = p != f->whole;
    for (int64_t m = 0; m < p->member_count; m++) {
        const rill_tensor *y = p->values[p->members[m]].node;
        int64_t to = p->values[p->members[m]].step + (inside ? f->first : 0);
        for (int i = 0; i < y->count && y->op != &rill_region_op; i++) {
            int64_t from = inside ? source_inside(f, y->in[i]) : source_outside(f, y->in[i]);
            if (from >= 0 && from != to)
                v.visit(v.self, from, to, y->in[i]);
        }
    }
}

int rill_step_flows(const rill_program *p,
                    void (*visit)(void *self, int64_t from, int64_t to, const rill_tensor *array),
                    void *self)
{
    if (!p || !visit)
        return 1;
    flows f = { .whole = p,
                .slice = p->region ? p->region->slice : NULL,
                .first = rill_step_numbers(p) };
    int done = map_ports(&f);
    if (done)
        visit_steps(&f, p, (visitor){ visit, self });
    if (done && f.slice)
        visit_steps(&f, f.slice, (visitor){ visit, self });
    rill_table_free(&f.writer);
    rill_table_free(&f.seen);
    return done;
}
