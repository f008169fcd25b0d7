#include "expression.h"

#include <string.h>

enum { MOST_NODES = 60 };

static void print_axes(FILE *out, const rill_axes *axes)
{
    for (int64_t i = 0; i < axes->count && i < RILL_MAX_RANK; i++)
        fprintf(out, "%s%lld", i ? " " : "[", (long long)axes->at[i]);
    fprintf(out, axes->count > 0 ? "]" : "[]");
}

static void print_attr(FILE *out, const rill_attr *attr, const char *attrs)
{
    const void *at = attrs + attr->offset;
    char shape[RILL_SHAPE_TEXT];
    fprintf(out, "%s=", attr->name);
    if (attr->kind == RILL_ATTR_INT)
        fprintf(out, "%lld", (long long)*(const int64_t *)at);
    else if (attr->kind == RILL_ATTR_FLOAT)
        fprintf(out, "%.6g", *(const double *)at);
    else if (attr->kind == RILL_ATTR_AXES)
        print_axes(out, at);
    else if (attr->kind == RILL_ATTR_SHAPE)
        fprintf(out, "%s", rill_shape_print(at, shape, sizeof shape));
    else if (attr->kind == RILL_ATTR_DTYPE)
        fprintf(out, "%s", rill_dtype_name(*(const rill_dtype *)at));
}

static void print_attrs(FILE *out, const rill_tensor *x, int separate)
{
    const rill_op *op = rill_op_of(x);
    for (int i = 0; i < op->attr_count; i++) {
        if (op->attrs[i].kind == RILL_ATTR_KEY)
            continue;
        fprintf(out, "%s", separate ? ", " : "");
        print_attr(out, &op->attrs[i], rill_attrs_of(x));
        separate = 1;
    }
}

/* A leaf, or what there is a name for; 0 when x has to be spelled out. */
static int print_short(FILE *out, const rill_tensor *x, const rill_tensor *whole)
{
    double value;
    if (x == whole)
        fprintf(out, "y");
    else if (rill_is_splat(x, &value))
        fprintf(out, "%.6g", value);
    else if (rill_input_count(x) == 0)
        fprintf(out, "%s", *rill_name_of(x) ? rill_name_of(x) : rill_op_of(x)->name);
    else
        return 0;
    return 1;
}

/* The recursion is bounded by MOST_NODES. */
static void print(FILE *out, const rill_tensor *x, const rill_tensor *whole, int *left)
{
    if (*left <= 0) {
        fprintf(out, "...");
        return;
    }
    --*left;
    if (print_short(out, x, whole))
        return;
    fprintf(out, "%s(", rill_op_of(x)->name);
    for (int i = 0; i < rill_input_count(x); i++) {
        fprintf(out, "%s", i ? ", " : "");
        print(out, rill_input_at(x, i), whole, left);
    }
    print_attrs(out, x, rill_input_count(x) > 0);
    fprintf(out, ")");
}

void cli_expression_print(FILE *out, const rill_tensor *x, const rill_tensor *whole)
{
    int left = MOST_NODES;
    print(out, x, whole, &left);
}
