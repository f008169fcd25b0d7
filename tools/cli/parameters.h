/* parameters.h - choices that take numbers, as they are given: `power:3`, `logit-normal:0,2` or
 * `logit-normal:sd=2`. */
#ifndef RILL_TOOLS_CLI_PARAMETERS_H
#define RILL_TOOLS_CLI_PARAMETERS_H

#include "base/status.h"
#include "models/parameter.h"

#include <stddef.h>

/* Letters of the name: up to the colon, or all. */
size_t cli_name_length(const char *text);
/* The values in `text`, which begins with the name; standard ones for those not given.  0, with the
 * reason, when a value is none, out of range, unknown, given twice or one too many. */
int cli_parse_parameters(const char *text, const rill_parameters *parameters,
                         double value[RILL_MAX_PARAMETERS], rill_message *reason);
/* The same of numbers without a name before them: `2`, `2,.1,.9`. */
int cli_parse_numbers(const char *text, const rill_parameters *parameters,
                      double value[RILL_MAX_PARAMETERS], rill_message *reason);
/* The one form that is recorded: the name alone when all values are standard, else all of them. */
void cli_print_choice(const char *name, const rill_parameters *parameters, const double *value,
                      char *text, size_t size);
/* "n: the power, 1 to 100, otherwise 2; ...", for help; "" without parameters. */
void cli_describe_parameters(const rill_parameters *parameters, char *text, size_t size);

#endif
