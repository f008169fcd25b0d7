#include "eval_space.h"

#include "tools/cli/on_manifold.h"
#include "tools/cli/text_file.h"
#include "tools/cli/tokens.h"
#include "tools/eval/space.h"

/* That rows are of the space, as those that the model was trained on were. */
static rill_status check_rows(const cli_model *m, const eval_data *data, rill_message *message)
{
    const cli_source *s = &data->source;
    if (!s->table)
        return rill_fail(message, RILL_UNSUPPORTED, "built-in sets have points; expected a file");
    if (m->manifold)
        return cli_check_on_manifold(data->name, m->manifold, s->table, s->rows, s->width, message);
    return cli_check_tokens(data->name, s->table, s->rows, s->width, s->taken, 0,
                            m->setting[TRAIN_VOCAB].whole - 1, message);
}

static rill_status find(cli_model *model, const eval_data *data, const eval_settings *settings,
                        eval_lines *lines, rill_message *message)
{
    rill_status status = check_rows(model, data, message);
    if (status != RILL_OK)
        return status;
    if (model->manifold)
        return eval_manifold(model, data, settings, lines, message);
    status = eval_tokens_by_time(model, data, settings, lines, message);
    return status == RILL_OK ? eval_tokens_by_place(model, data, settings, lines, message) : status;
}

static int print_csv(void *self, FILE *out)
{
    eval_lines_csv(self, out);
    return CLI_DONE;
}

int eval_space(const cli_args *args, cli_model *model, const eval_data *data,
               const eval_settings *settings, const char *csv)
{
    eval_lines lines = { 0 };
    rill_message message;
    rill_status found = find(model, data, settings, &lines, &message);
    int status = found == RILL_OK ? CLI_DONE : cli_fail(args, "%s", message.text);
    if (*lines.missing.text)
        cli_note(args, "no NLL: %s", lines.missing.text);
    if (status == CLI_DONE && csv)
        status = cli_text_print(args, csv, print_csv, &lines);
    if (status == CLI_DONE)
        eval_lines_print(&lines, stdout);
    eval_lines_free(&lines);
    return status;
}
