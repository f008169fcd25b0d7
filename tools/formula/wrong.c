/* What is wrong with a formula, in words. */
#include "impl.h"

#include "tools/cli/near.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int formula_fail(const formula_text *t, size_t at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(t->wrong->reason.text, sizeof t->wrong->reason.text, format, list);
    va_end(list);
    mistake_point(t->wrong, t->text, t->length, at);
    return 0;
}

static int hint(const formula_text *t, const char *format, ...) RILL_PRINTF(2, 3);
static int hint(const formula_text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(t->wrong->hint, sizeof t->wrong->hint, format, list);
    va_end(list);
    return 0;
}

typedef struct phrase {
    char text[64];
} phrase;

/* 'x2', cut when it is long. */
static phrase quoted(const formula_text *t, const formula_token *token)
{
    enum { MOST = 40 };
    phrase p;
    const char *at = t->text + token->at;
    int length = token->length < MOST ? (int)token->length : MOST;
    if (token->kind == FORMULA_END)
        snprintf(p.text, sizeof p.text, "the end");
    else if (token->kind == FORMULA_STRANGE && !mistake_character(at, t->length - token->at))
        snprintf(p.text, sizeof p.text, "the byte 0x%02x", (unsigned)(unsigned char)*at);
    else
        snprintf(p.text, sizeof p.text, "'%.*s%s'", length, at, token->length > MOST ? "..." : "");
    return p;
}

/* pow(a, b) */
static phrase call_of(const rill_op *op)
{
    phrase p;
    int used = snprintf(p.text, sizeof p.text, "%.24s(", op->name);
    for (int i = 0; i < op->arity; i++)
        used +=
            snprintf(p.text + used, sizeof p.text - (size_t)used, "%s%c", i ? ", " : "", 'a' + i);
    snprintf(p.text + used, sizeof p.text - (size_t)used, ")");
    return p;
}

int formula_unknown(const formula_text *t, const formula_token *word, const char *const *names)
{
    char name[64];
    const rill_op *op;
    snprintf(name, sizeof name, "%.*s", word->length < 63 ? (int)word->length : 63,
             t->text + word->at);
    cli_near near = cli_near_begin(name);
    if (rill_op_find(name))
        return formula_fail(t, word->at, "a formula cannot call %s", quoted(t, word).text);
    for (int i = 0; names[i]; i++)
        cli_near_offer(&near, names[i]);
    for (int i = 0; (op = rill_op_at(i)); i++)
        if (formula_may_call(op))
            cli_near_offer(&near, op->name);
    formula_fail(t, word->at, "unknown name %s", quoted(t, word).text);
    /* Any letter is one edit from any other. */
    int close = near.best && (word->length > 1 || near.best[0] == name[0]);
    return close ? hint(t, "did you mean %s?", near.best) : 0;
}

int formula_strange(const formula_text *t, const formula_token *token)
{
    formula_fail(t, token->at, "%s means nothing", quoted(t, token).text);
    return token->instead ? hint(t, "write %s", token->instead) : 0;
}

int formula_no_value(const formula_text *t, const formula_token *before)
{
    return formula_fail(t, before->at, "a value is missing before %s", quoted(t, before).text);
}

int formula_no_operator(const formula_text *t, const formula_token *before)
{
    formula_fail(t, before->at, "an operator is missing before %s", quoted(t, before).text);
    return hint(t, "to multiply write *");
}

int formula_no_chain(const formula_text *t, size_t at)
{
    formula_fail(t, at, "comparisons do not chain");
    return hint(t, "write (a < b)*(b < c)");
}

int formula_no_arguments(const formula_text *t, size_t at, const rill_op *op)
{
    formula_fail(t, at, "'%.40s' has no arguments", op->name);
    return hint(t, "write %s", call_of(op).text);
}

int formula_wrong_count(const formula_text *t, size_t at, const rill_op *op, int given)
{
    formula_fail(t, at, "'%.40s' takes %d argument%s, not %d", op->name, op->arity,
                 op->arity == 1 ? "" : "s", given);
    return hint(t, "write %s", call_of(op).text);
}
