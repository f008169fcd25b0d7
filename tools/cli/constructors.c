#include "constructors.h"

#include "ops/ops.h"

/* Declared once more: parameters that are not the header's do not compile. */
#define CONSTRUCTOR(name, ...) rill_tensor *rill_##name(__VA_ARGS__);
#include "constructors.def"

static const struct {
    const rill_op *op;
    const char *parameters;
} constructors[] = {
#define MAP1(name, types, ...) { &rill_##name##_op, "rill_tensor *a" },
#define MAP2(name, types, ...) { &rill_##name##_op, "rill_tensor *a, rill_tensor *b" },
#define MAP3(name, types, ...)                                                                     \
    { &rill_##name##_op, "rill_tensor *a, rill_tensor *b, rill_tensor *c" },
#include "ops/elementwise.def"
#define CONSTRUCTOR(name, ...) { &rill_##name##_op, #__VA_ARGS__ },
#include "constructors.def"
};

const char *cli_constructor_parameters(const rill_op *op)
{
    for (size_t i = 0; i < sizeof constructors / sizeof *constructors; i++)
        if (constructors[i].op == op)
            return constructors[i].parameters;
    return NULL;
}
