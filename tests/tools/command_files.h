/* command_files.h - files and models that tests of the command use, and how they train their own.
 */
#ifndef RILL_TESTS_TOOLS_COMMAND_FILES_H
#define RILL_TESTS_TOOLS_COMMAND_FILES_H

/* A network small enough that a step takes microseconds. */
#define SMALL  "--hidden 8 --layers 2 --batch 16 --quiet "
#define TRAIN  "rill train --data moons " SMALL
#define TOKENS "rill train --data good.csv " SMALL
#define SPHERE "rill train --data good.csv --manifold sphere " SMALL
#define LOGLIK "rill loglik --model model.st --data "

/* Good and bad tables, arrays and models, into the folder: what goes before all tests of a case. */
void make_files(void);

#endif
