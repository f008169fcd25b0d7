#include "near.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, with the swap of two neighbours counted as one edit (Damerau). */
static int edits(const char *a, const char *b)
{
    int row[3][LONGEST + 1], n = (int)strlen(b);
    for (int j = 0; j <= n; j++)
        row[0][j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            now[j] =
                least(before[j - 1] + (a[i - 1] != b[j - 1]), 1 + least(before[j], now[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[strlen(a) % 3][n];
}

cli_near cli_near_begin(const char *word)
{
    return (cli_near){ word, NULL, LONGEST };
}

void cli_near_offer(cli_near *near, const char *name)
{
    size_t length = strlen(near->word);
    if (length == 0 || length > LONGEST || strlen(name) > LONGEST)
        return;
    int begins = length >= 3 && strncmp(near->word, name, length) == 0;
    int distance = begins ? 1 : edits(near->word, name);
    if (distance < near->distance && distance <= 1 + (int)length / 4) {
        near->best = name;
        near->distance = distance;
    }
}

const char *cli_nearest(const char *word, cli_choices *choices, const rill_extensions *extensions)
{
    cli_near near = cli_near_begin(word);
    for (int i = 0; choices(extensions, i).name; i++)
        cli_near_offer(&near, choices(extensions, i).name);
    return near.best;
}
