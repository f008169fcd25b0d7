/* formula.h - a path as a text: "cos(pi*t/2)*x0 + sin(pi*t/2)*x1".
 *
 *     formula  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]     1 where it holds, else 0
 *     sum      = product { ("+" | "-") product }
 *     product  = signed { ("*" | "/") signed }
 *     signed   = ("-" | "+") signed | power                              -x^2 is -(x^2)
 *     power    = operand [ "^" signed ]                                  a^b^c is a^(b^c)
 *     operand  = number | name | function "(" formula { "," formula } ")" | "(" formula ")"
 *
 * Names are x0 and x1 [B,...], t [B,1,..,1], pi and e.  Functions are the ops of the registry that
 * keep the rows of a batch apart and need nothing but tensors: every elementwise one, and of the
 * others those whose attributes have a standard value (rill check-path --functions lists them).
 * What runs along an axis does so along the last; what folds axes folds all numbers of a sample
 * into one, [B,1,..,1], so that sqrt(sum(square(x1-x0))) is |x1 - x0|. */
#ifndef RILL_TOOLS_FORMULA_FORMULA_H
#define RILL_TOOLS_FORMULA_FORMULA_H

#include "core/op.h"
#include "models/flow/path.h"
#include "tools/mistake.h"

enum { FORMULA_MOST = 65536 }; /* characters */

typedef struct formula formula;

/* Reads `length` bytes; NULL, with what is wrong and where, when they are no formula.  Takes memory
 * and time linear in the length, and nests as deep as it is long. */
formula *formula_parse(const char *text, size_t length, mistake *wrong);
void formula_free(formula *f);
/* The formula as a path, as long as it lives; its name is the text, cut when it is long. */
const rill_path *formula_path(const formula *f);

/* Whether a text is meant as a formula: anything but one word that is none of x0, x1 and t.  (Words
 * may have dashes within, as names of paths may.) */
int formula_is_meant(const char *text);

/* 1 when formulas may call the op by its name. */
int formula_may_call(const rill_op *op);

#endif
