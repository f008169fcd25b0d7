/* space.h - what models over tokens and on manifolds are judged by: a list of numbers. */
#ifndef RILL_TOOLS_EVAL_SPACE_H
#define RILL_TOOLS_EVAL_SPACE_H

#include "run.h"

#include <stdio.h>

typedef struct eval_line {
    const char *name;
    double t;       /* of a measure by time: the middle of a bin; NaN: of the model as a whole */
    eval_value got; /* NaN for what there is none of */
} eval_line;

typedef struct eval_lines {
    eval_line *line;
    int count;
    size_t room; /* lines that fit */
    rill_message missing; /* why there is no NLL; "": there is, or nobody expects it */
} eval_lines;

/* 0 without memory. */
int eval_lines_add(eval_lines *lines, const char *name, double t, eval_value got);
void eval_lines_free(eval_lines *lines);

/* What is of the model as a whole, as `name value` and `name-floor value`; and all of them as the
 * table of report.h. */
void eval_lines_print(const eval_lines *lines, FILE *out);
void eval_lines_csv(const eval_lines *lines, FILE *out);

/* Cross-entropy by time, and a bound of -log p of a row that is the mean over uniform times. */
rill_status eval_tokens_by_time(cli_model *model, const eval_data *data,
                                const eval_settings *settings, eval_lines *lines,
                                rill_message *message);
/* Total variation of samples and data: of single tokens, of neighbours and of whole rows, where
 * there are few enough. */
rill_status eval_tokens_by_place(cli_model *model, const eval_data *data,
                                 const eval_settings *settings, eval_lines *lines,
                                 rill_message *message);
/* -log p, and the distances of metrics.h between embedded points. */
rill_status eval_manifold(cli_model *model, const eval_data *data, const eval_settings *settings,
                          eval_lines *lines, rill_message *message);

#endif
