/* fuzz_formula.c - any bytes at all as a path's formula: refused with a reason and a place, or a
 * path whose velocity is a graph. */
#include "tools/formula/formula.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What is said fits a terminal, and the caret stands under the excerpt. */
static void check_mistake(const mistake *wrong)
{
    if (!*wrong->reason.text || wrong->column < 0 || wrong->column > (int)strlen(wrong->excerpt))
        abort();
    for (const char *c = wrong->excerpt; *c; c++)
        if (*c == '\n' || *c == '\t' || *c == '\r' || *c == '\x1b')
            abort();
}

static void build(const rill_path *path)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x0 = rill_input(g, "x0", RILL_F32, RILL_SHAPE(4, 3));
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(4, 3));
    rill_tensor *t = rill_input(g, "t", RILL_F32, RILL_SHAPE(4, 1));
    rill_path_point point = rill_path_point_at(path, x0, x1, t);
    if (rill_is_inert(point.velocity) && !rill_error(g))
        abort();
    rill_graph_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    mistake wrong;
    formula *f = formula_parse((const char *)bytes, size, &wrong);
    if (!f) {
        check_mistake(&wrong);
        return 0;
    }
    build(formula_path(f));
    formula_free(f);
    return 0;
}
