/* mistake.h - what is wrong with a text, and where in it.
 *
 * Told as it is by cli_mistake (cli/cli.h), in three lines:
 *
 *     unknown name 'xl' in
 *       cos(t)*xl
 *              ^ did you mean x1? */
#ifndef RILL_TOOLS_MISTAKE_H
#define RILL_TOOLS_MISTAKE_H

#include "base/status.h"

#include <stddef.h>

enum { MISTAKE_COLUMNS = 72 }; /* of an excerpt, at most */

typedef struct mistake {
    rill_message reason;
    char hint[80];                         /* "": none */
    char excerpt[4 * MISTAKE_COLUMNS + 1]; /* "": the reason says it all */
    int column;                            /* of the excerpt, from 0: where the caret goes */
} mistake;

/* Fills the excerpt of `text` around byte `at` <= length, and the column.  A long text is cut, with
 * "..." where it goes on; blanks become spaces, and what is no printable character '?'. */
void mistake_point(mistake *m, const char *text, size_t length, size_t at);

/* Bytes of the printable character at `text`: 1, or 2 to 4 of valid UTF-8; 0 when it is none. */
size_t mistake_character(const char *text, size_t length);

#endif
