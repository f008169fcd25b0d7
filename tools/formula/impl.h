/* impl.h (private) - a parsed formula, and what the parts of the parser share. */
#ifndef RILL_TOOLS_FORMULA_IMPL_H
#define RILL_TOOLS_FORMULA_IMPL_H

#include "formula.h"

/* What a value of a formula may be besides the result of an op. */
typedef enum formula_leaf { FORMULA_X0, FORMULA_X1, FORMULA_T, FORMULA_NUMBER } formula_leaf;

/* Postfix: a leaf goes onto a stack of values, an op takes its inputs from there and leaves its
 * result. */
typedef struct formula_step {
    const rill_op *op; /* NULL: a leaf */
    formula_leaf leaf;
    double number;
} formula_step;

enum { FORMULA_NAME = 60 }; /* characters of a path's name: messages of a graph begin with it */

struct formula {
    rill_path path;
    char name[FORMULA_NAME + 4];
    size_t depth; /* of the stack, at most */
    size_t count;
    formula_step steps[]; /* [count] */
};

/* ---- Tokens (token.c). */

typedef enum formula_kind {
    FORMULA_END,
    FORMULA_LITERAL, /* a number */
    FORMULA_WORD,
    FORMULA_SIGN,   /* ( ) , and operators */
    FORMULA_STRANGE /* none of these */
} formula_kind;

enum { FORMULA_COMPARES = 1, FORMULA_ADDS, FORMULA_MULTIPLIES, FORMULA_NEGATES, FORMULA_RAISES };

/* An operator between two values. */
typedef struct formula_infix {
    const char *sign;
    const rill_op *op;
    int binds; /* the tighter the more */
} formula_infix;

typedef struct formula_token {
    formula_kind kind;
    size_t at, length;
    double number;              /* of a literal */
    const formula_infix *infix; /* of a sign that is an operator */
    const char *instead;        /* how what is strange is written; NULL: not at all */
} formula_token;

/* The token at or after byte `at` of a text of `length` bytes and a NUL. */
formula_token formula_token_at(const char *text, size_t length, size_t at);

/* ---- Functions (call.c). */

/* The op of in[0..arity-1], its attributes being the standard ones. */
rill_tensor *formula_call(const rill_op *op, rill_tensor *const *in);

/* ---- Reading (parse.c). */

typedef struct formula_text {
    const char *text; /* with a NUL after it */
    size_t length;
    mistake *wrong; /* filled where something is */
} formula_text;

/* The steps of a formula that is no path yet, or NULL. */
formula *formula_read(const formula_text *t);

/* ---- What is wrong (wrong.c).  All return 0. */

int formula_fail(const formula_text *t, size_t at, const char *format, ...) RILL_PRINTF(3, 4);
int formula_unknown(const formula_text *t, const formula_token *word, const char *const *names);
int formula_strange(const formula_text *t, const formula_token *token);
int formula_no_value(const formula_text *t, const formula_token *before);
int formula_no_operator(const formula_text *t, const formula_token *before);
int formula_no_chain(const formula_text *t, size_t at);
int formula_no_arguments(const formula_text *t, size_t at, const rill_op *op);
int formula_wrong_count(const formula_text *t, size_t at, const rill_op *op, int given);

#endif
