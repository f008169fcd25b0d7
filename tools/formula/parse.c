/* The parser: Dijkstra's shunting yard.  Its stack is a list, so that a formula may nest as deep as
 * it is long. */
#include "impl.h"

#include "base/alloc.h"
#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

static const char *const names[] = { "x0", "x1", "t", "pi", "e", NULL };
static const formula_step leaves[] = {
    { .leaf = FORMULA_X0 },
    { .leaf = FORMULA_X1 },
    { .leaf = FORMULA_T },
    { .leaf = FORMULA_NUMBER, .number = M_PI },
    { .leaf = FORMULA_NUMBER, .number = M_E },
};

/* What waits for a value to its right: an operator, or a parenthesis. */
typedef struct waiting {
    const rill_op *op; /* an operator's, a called function's; NULL: a parenthesis alone */
    int binds;         /* 0: a parenthesis */
    int arguments;     /* of a call, before this one */
    size_t at;
} waiting;

typedef struct parser {
    formula_text t;
    formula_token token;
    /* A token each at most, so that [length + 1] is enough of all three. */
    formula_step *steps;
    waiting *stack;
    unsigned char *varies; /* of a value: x0, x1 or t is in it */
    size_t step_count, waits, values, depth;
    int complete; /* what was read ends in a value */
} parser;

static void take_token(parser *p)
{
    p->token = formula_token_at(p->t.text, p->t.length, p->token.at + p->token.length);
}

static int is_sign(const parser *p, char sign)
{
    return p->token.kind == FORMULA_SIGN && p->t.text[p->token.at] == sign;
}

/* ---- Values. */

static int put_leaf(parser *p, formula_step leaf)
{
    p->varies[p->values++] = leaf.leaf != FORMULA_NUMBER;
    p->depth = p->values > p->depth ? p->values : p->depth;
    p->steps[p->step_count++] = leaf;
    return p->complete = 1;
}

static int put_op(parser *p, const waiting *w)
{
    unsigned char varies = 0;
    for (int i = 0; i < w->op->arity; i++)
        varies |= p->varies[--p->values];
    if (!varies && !(w->op->traits & RILL_ELEMENTWISE))
        return formula_fail(&p->t, w->at, "'%.40s' is called without x0, x1 or t", w->op->name);
    p->varies[p->values++] = varies;
    p->steps[p->step_count++] = (formula_step){ .op = w->op };
    return 1;
}

/* Applies what binds tighter than `binds`, down to the last parenthesis. */
static int apply_waiting(parser *p, int binds)
{
    while (p->waits && p->stack[p->waits - 1].binds > binds)
        if (!put_op(p, &p->stack[--p->waits]))
            return 0;
    return 1;
}

static void wait_for_value(parser *p, waiting w)
{
    w.at = p->token.at;
    p->stack[p->waits++] = w;
    p->complete = 0;
}

/* ---- Where a value is expected. */

static int read_call(parser *p, const rill_op *op)
{
    waiting call = { .op = op };
    wait_for_value(p, call);
    take_token(p);
    return is_sign(p, '(') || formula_no_arguments(&p->t, p->stack[p->waits - 1].at, op);
}

static int read_word(parser *p)
{
    char word[64] = "";
    if (p->token.length < sizeof word)
        memcpy(word, p->t.text + p->token.at, p->token.length);
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0)
            return put_leaf(p, leaves[i]);
    const rill_op *op = rill_op_find(word);
    if (formula_may_call(op))
        return read_call(p, op);
    return formula_unknown(&p->t, &p->token, names);
}

static int read_literal(parser *p)
{
    formula_step leaf = { .leaf = FORMULA_NUMBER, .number = p->token.number };
    if (!isfinite(leaf.number))
        return formula_fail(&p->t, p->token.at, "the number is too large");
    return put_leaf(p, leaf);
}

static int no_value(parser *p)
{
    const waiting *last = p->waits ? &p->stack[p->waits - 1] : NULL;
    if (is_sign(p, ')') && last && last->op && !last->binds && last->arguments == 0)
        return formula_wrong_count(&p->t, last->at, last->op, 0);
    return formula_no_value(&p->t, &p->token);
}

static int read_value(parser *p)
{
    if (p->token.kind == FORMULA_LITERAL)
        return read_literal(p);
    if (p->token.kind == FORMULA_WORD)
        return read_word(p);
    if (p->token.kind == FORMULA_STRANGE)
        return formula_strange(&p->t, &p->token);
    if (is_sign(p, '('))
        return wait_for_value(p, (waiting){ 0 }), 1;
    if (is_sign(p, '-'))
        return wait_for_value(p, (waiting){ &rill_neg_op, .binds = FORMULA_NEGATES }), 1;
    return is_sign(p, '+') || no_value(p);
}

/* ---- After a value. */

static int close_parenthesis(parser *p)
{
    if (!apply_waiting(p, 0))
        return 0;
    if (!p->waits)
        return formula_fail(&p->t, p->token.at, "')' closes nothing");
    const waiting *w = &p->stack[--p->waits];
    if (w->op && w->arguments + 1 != w->op->arity)
        return formula_wrong_count(&p->t, w->at, w->op, w->arguments + 1);
    return !w->op || put_op(p, w);
}

static int end_argument(parser *p)
{
    if (!apply_waiting(p, 0))
        return 0;
    if (!p->waits || !p->stack[p->waits - 1].op)
        return formula_fail(&p->t, p->token.at, "',' is not between arguments of a function");
    p->stack[p->waits - 1].arguments++;
    return !(p->complete = 0);
}

/* Operators of one kind are applied from the left, but for ^. */
static int read_infix(parser *p, const formula_infix *infix)
{
    int from_right = infix->binds == FORMULA_RAISES;
    int chained = infix->binds == FORMULA_COMPARES;
    if (!apply_waiting(p, infix->binds - !(from_right || chained)))
        return 0;
    if (chained && p->waits && p->stack[p->waits - 1].binds == FORMULA_COMPARES)
        return formula_no_chain(&p->t, p->token.at);
    wait_for_value(p, (waiting){ infix->op, .binds = infix->binds });
    return 1;
}

static int read_rest(parser *p)
{
    if (p->token.infix)
        return read_infix(p, p->token.infix);
    if (is_sign(p, ')'))
        return close_parenthesis(p);
    if (is_sign(p, ','))
        return end_argument(p);
    if (p->token.kind == FORMULA_STRANGE)
        return formula_strange(&p->t, &p->token);
    return formula_no_operator(&p->t, &p->token);
}

static int end_formula(parser *p)
{
    if (!p->complete)
        return formula_no_value(&p->t, &p->token);
    if (!apply_waiting(p, 0))
        return 0;
    if (p->waits)
        return formula_fail(&p->t, p->stack[p->waits - 1].at, "'(' is never closed");
    for (size_t i = 0; i < p->step_count; i++)
        if (!p->steps[i].op && p->steps[i].leaf <= FORMULA_X1)
            return 1;
    return formula_fail(&p->t, 0, "there is neither x0 nor x1");
}

static int parse(parser *p)
{
    for (take_token(p); p->token.kind != FORMULA_END; take_token(p))
        if (!(p->complete ? read_rest(p) : read_value(p)))
            return 0;
    return end_formula(p);
}

/* ---- The whole. */

static formula *parsed(const parser *p)
{
    formula *f = rill_alloc(1, sizeof *f + p->step_count * sizeof *f->steps);
    if (!f)
        return NULL;
    *f = (formula){ .depth = p->depth, .count = p->step_count };
    memcpy(f->steps, p->steps, p->step_count * sizeof *f->steps);
    return f;
}

formula *formula_read(const formula_text *t)
{
    parser p = { .t = *t,
                 .steps = rill_alloc(t->length + 1, sizeof *p.steps),
                 .stack = rill_alloc(t->length + 1, sizeof *p.stack),
                 .varies = rill_alloc(t->length + 1, 1) };
    formula *f = NULL;
    int there = p.steps && p.stack && p.varies, good = there && parse(&p);
    if (good)
        f = parsed(&p);
    if (!there || (good && !f))
        rill_fail(&t->wrong->reason, RILL_NO_MEMORY, "out of memory for the formula");
    rill_free(p.steps);
    rill_free(p.stack);
    rill_free(p.varies);
    return f;
}
