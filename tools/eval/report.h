/* report.h - what was found, as lines, as a table of numbers, as a page with pictures. */
#ifndef RILL_TOOLS_EVAL_REPORT_H
#define RILL_TOOLS_EVAL_REPORT_H

#include "run.h"

#include <stdio.h>

/* One `name value` a line, and `name-floor value` where there is a floor that is not 0. */
void eval_print_lines(const eval_run *run, FILE *out);

/* A page with tables and pictures in it, which fetches nothing; its bytes depend on what was found
 * alone. */
rill_status eval_print_html(eval_run *run, FILE *out, rill_message *message);

/* One row a number, with the header
 *     table,name,solver,steps,tolerance,evaluations,t,value,error,floor
 * table is `summary`; `time`, the loss, its floor and excess at the middle t of a bin; or `steps`,
 * the distances by solver, steps and evaluations.  What a row has none of is empty. */
void eval_print_csv(const eval_run *run, FILE *out);
/* Its header, and a row without an integration; t NaN: of no time. */
void eval_csv_header(FILE *out);
void eval_csv_row(FILE *out, const char *table, const char *name, double t,
                  const eval_value *value);

#endif
