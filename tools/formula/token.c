/* A formula as words, numbers and signs. */
#include "impl.h"

#include "ops/elementwise.h"

#include <stdlib.h>
#include <string.h>

/* The longer of two that begin alike comes first. */
static const formula_infix operators[] = {
    { "<=", &rill_le_op, FORMULA_COMPARES },   { ">=", &rill_ge_op, FORMULA_COMPARES },
    { "==", &rill_eq_op, FORMULA_COMPARES },   { "!=", &rill_ne_op, FORMULA_COMPARES },
    { "<", &rill_lt_op, FORMULA_COMPARES },    { ">", &rill_gt_op, FORMULA_COMPARES },
    { "+", &rill_add_op, FORMULA_ADDS },       { "-", &rill_sub_op, FORMULA_ADDS },
    { "*", &rill_mul_op, FORMULA_MULTIPLIES }, { "/", &rill_div_op, FORMULA_MULTIPLIES },
    { "^", &rill_pow_op, FORMULA_RAISES },
};

/* What other languages, and papers, have instead. */
static const struct {
    const char *sign, *instead;
} foreign[] = {
    { "**", "^" },         { "&&", "*" },      { "||", "max(a, b)" }, { "=", "==" },
    { "[", "(" },          { "]", ")" },       { "{", "(" },          { "}", ")" },
    { "\u2212", "-" },     { "\u2013", "-" },  { "\u00d7", "*" },     { "\u00b7", "*" },
    { "\u22c5", "*" },     { "\u00f7", "/" },  { "\u03c0", "pi" },    { "\u00b2", "^2" },
    { "\u221a", "sqrt(" }, { "\u2264", "<=" }, { "\u2265", ">=" },    { "\u2260", "!=" },
    { "|", "abs(a)" },
};

static int is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t word_length(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) || is_digit(text[n]))
        n++;
    return n;
}

/* strtod reads what begins with a digit as far as a formula does, but for 0x. */
static size_t literal_length(const char *text, double *number)
{
    char *end;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return *number = 0, 1;
    *number = strtod(text, &end);
    return (size_t)(end - text);
}

/* A sign, or what is none; `left` bytes are there. */
static void read_sign(const char *text, size_t left, formula_token *token)
{
    size_t size = mistake_character(text, left);
    token->kind = FORMULA_STRANGE;
    token->length = size ? size : 1;
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strncmp(text, foreign[i].sign, strlen(foreign[i].sign)) == 0 && text[1] != '=') {
            token->instead = foreign[i].instead;
            token->length = strlen(foreign[i].sign);
            return;
        }
    for (size_t i = 0; i < sizeof operators / sizeof *operators && !token->infix; i++)
        if (strncmp(text, operators[i].sign, strlen(operators[i].sign)) == 0) {
            token->infix = &operators[i];
            token->length = strlen(operators[i].sign);
        }
    if (token->infix || (text[0] && strchr("(),", text[0])))
        token->kind = FORMULA_SIGN;
}

formula_token formula_token_at(const char *text, size_t length, size_t at)
{
    while (at < length && is_blank(text[at]))
        at++;
    formula_token token = { .kind = FORMULA_END, .at = at };
    const char *from = text + at;
    if (at == length)
        return token;
    if (is_digit(from[0]) || (from[0] == '.' && is_digit(from[1]))) {
        token.kind = FORMULA_LITERAL;
        token.length = literal_length(from, &token.number);
    } else if (is_letter(from[0])) {
        token.kind = FORMULA_WORD;
        token.length = word_length(from);
    } else {
        read_sign(from, length - at, &token);
    }
    return token;
}
