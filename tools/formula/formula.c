/* A formula as a path. */
#include "impl.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* ---- The path. */

static rill_tensor *leaf_of(const formula_step *step, rill_tensor *x0, rill_tensor *x1,
                            rill_tensor *t)
{
    rill_tensor *const given[] = { [FORMULA_X0] = x0, [FORMULA_X1] = x1, [FORMULA_T] = t };
    return step->leaf == FORMULA_NUMBER ? rill_scalar_like(x0, step->number) : given[step->leaf];
}

static rill_tensor *formula_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    const formula *f = self;
    rill_tensor **stack = rill_alloc(f->depth, sizeof *stack), **top = stack;
    if (!stack)
        return rill_graph_fail(rill_graph_of(x0), "%s: out of memory", f->name);
    for (size_t i = 0; i < f->count; i++) {
        const formula_step *step = &f->steps[i];
        top -= step->op ? step->op->arity : 0;
        *top = step->op ? formula_call(step->op, top) : leaf_of(step, x0, x1, t);
        top++;
    }
    rill_tensor *x = *stack;
    rill_free(stack);
    return x;
}

const rill_path *formula_path(const formula *f)
{
    return &f->path;
}

/* The text on one line, cut when it is long. */
static void set_name(formula *f, const char *text, size_t length)
{
    int cut = length > FORMULA_NAME;
    snprintf(f->name, sizeof f->name, "%.*s%s", cut ? FORMULA_NAME : (int)length, text,
             cut ? "..." : "");
    for (char *c = f->name; *c; c++)
        *c = *c < ' ' ? ' ' : *c;
}

/* ---- Reading and freeing. */

static formula *parse_copy(const formula_text *t)
{
    formula_token first = formula_token_at(t->text, t->length, 0);
    if (first.kind == FORMULA_END) {
        rill_fail(&t->wrong->reason, RILL_BAD_FORMAT, "the formula is empty");
        return NULL;
    }
    formula *f = formula_read(t);
    if (f) {
        set_name(f, t->text, t->length);
        f->path = (rill_path){ .name = f->name, .at = formula_at, .self = f };
    }
    return f;
}

formula *formula_parse(const char *text, size_t length, mistake *wrong)
{
    *wrong = (mistake){ 0 };
    if (length > FORMULA_MOST) {
        rill_fail(&wrong->reason, RILL_BAD_FORMAT, "a formula has at most %d characters, not %zu",
                  FORMULA_MOST, length);
        return NULL;
    }
    char *copy = rill_alloc(length + 1, 1);
    if (!copy) {
        rill_fail(&wrong->reason, RILL_NO_MEMORY, "out of memory for the formula");
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    formula *f = parse_copy(&(formula_text){ copy, length, wrong });
    rill_free(copy);
    return f;
}

void formula_free(formula *f)
{
    rill_free(f);
}

/* ---- Telling formulas from names. */

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_variable(const char *word, size_t length)
{
    return (length == 1 && word[0] == 't') ||
           (length == 2 && word[0] == 'x' && (word[1] == '0' || word[1] == '1'));
}

int formula_is_meant(const char *text)
{
    if (!is_letter(text[0]))
        return 1;
    for (const char *word = text; *word;) {
        size_t length = 0;
        while (is_letter(word[length]) || (word[length] >= '0' && word[length] <= '9'))
            length++;
        if (is_variable(word, length) || (word[length] && word[length] != '-'))
            return 1;
        word += length + (word[length] == '-');
    }
    return 0;
}
