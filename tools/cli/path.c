#include "path.h"

#include "choices.h"

#include <string.h>

int cli_path_open(const rill_extensions *extensions, const char *text, cli_path *path,
                  mistake *wrong)
{
    *wrong = (mistake){ 0 };
    *path = (cli_path){ .path = cli_path_find(extensions, text) };
    if (!path->path && formula_is_meant(text))
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
