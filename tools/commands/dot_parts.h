/* dot_parts.h - the graphs of a model that rill dot draws. */
#ifndef RILL_TOOLS_COMMANDS_DOT_PARTS_H
#define RILL_TOOLS_COMMANDS_DOT_PARTS_H

#include "dot_names.h"
#include "models/ode/solver.h"
#include "tools/cli/tokens.h"

enum { DOT_MOST_STEPS = 64 }; /* of the sampler */

typedef struct dot_drawing {
    cli_model *model;
    rill_graph *graph;
    int64_t batch;
    rill_flow flow;
    rill_discrete tokens; /* instead, of a model over tokens */
    rill_flow_batch inputs;
    const rill_solver *solver; /* of the sampler, and its steps */
    int64_t steps;
    dot_names names; /* of what is built */
} dot_drawing;

/* A part builds what is drawn into outputs[] and returns how many there are. */
typedef int64_t dot_build(dot_drawing *d, rill_tensor **outputs, int64_t capacity);

typedef struct dot_part {
    const char *name, *doc;
    dot_build *build;
    int net, path; /* what of both is in it */
    int depth;     /* to which it is drawn as written unless asked otherwise; 0: all */
} dot_part;

/* NULL when i is out of range. */
const dot_part *dot_part_at(int i);

#endif
