/* number.h - numbers as text. */
#ifndef RILL_TOOLS_CLI_NUMBER_H
#define RILL_TOOLS_CLI_NUMBER_H

/* In the fewest digits that give the number back. */
void cli_print_number(double number, char text[32]);

#endif
