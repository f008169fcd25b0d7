#include "path.h"

#include "choices.h"
#include "parameters.h"

#include <string.h>

/* A built-in or added path of the name that `text` begins with. */
static const rill_path *find(const rill_extensions *extensions, const char *text)
{
    const rill_path *path;
    size_t length = cli_name_length(text);
    for (int i = 0; (path = cli_path_at(extensions, i)); i++)
        if (strlen(path->name) == length && strncmp(path->name, text, length) == 0)
            return path;
    return NULL;
}

/* A copy of the path that looks at the numbers given. */
static int with_numbers(const char *text, cli_path *path, mistake *wrong)
{
    const rill_scheduler *scheduler = rill_path_scheduler(path->path);
    path->parameters = cli_path_parameters(path->path);
    rill_message reason;
    if (!cli_parse_parameters(text, &path->parameters, path->parameter, &reason))
        return rill_fail(&wrong->reason, RILL_BAD_ARGUMENT, "%s: %.400s", path->path->name,
                         reason.text),
               0;
    if (path->parameters.count == 0)
        return 1;
    path->own = *path->path;
    path->own.self = path->parameter;
    if (scheduler) {
        path->scheduler = *scheduler;
        path->scheduler.self = path->parameter;
        path->own.self = &path->scheduler;
    }
    path->path = &path->own;
    return 1;
}

int cli_path_open(const rill_extensions *extensions, const char *text, cli_path *path,
                  mistake *wrong)
{
    *wrong = (mistake){ 0 };
    *path = (cli_path){ .path = find(extensions, text) };
    if (path->path)
        return with_numbers(text, path, wrong);
    if (formula_is_meant(text))
        path->formula = formula_parse(text, strlen(text), wrong);
    if (path->formula)
        path->path = formula_path(path->formula);
    return path->path != NULL;
}

void cli_path_close(cli_path *path)
{
    formula_free(path->formula);
    *path = (cli_path){ 0 };
}
