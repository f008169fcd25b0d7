/* Data in units that make learning hard: far from zero, or of a spread far from one. */
#include "train_run.h"

#include "tools/cli/column.h"
#include "tools/cli/place.h"

#include <math.h>
#include <stdlib.h>

/* Noise has mean 0 and deviation 1.  The built-in sets stay within 1 and [.7, 2.6]. */
#define MOST_MEAN 3.0
#define MOST_SD   5.0
#define LEAST_SD  0.2

/* Rows of more numbers may be images, which have pixels that hardly change. */
enum { FEW_COLUMNS = 16 };

typedef struct units {
    double *mean, *sd; /* [width] */
    int64_t width;
    int small_counts; /* a small deviation makes a column far */
} units;

static int is_far(const units *u, int64_t j)
{
    return fabs(u->mean[j]) > MOST_MEAN || u->sd[j] > MOST_SD ||
           (u->small_counts && u->sd[j] < LEAST_SD);
}

static int all_small(const units *u)
{
    for (int64_t j = 0; j < u->width; j++)
        if (u->sd[j] >= LEAST_SD)
            return 0;
    return 1;
}

static void say(const train_run *r, const units *u)
{
    char place[CLI_PLACE_TEXT];
    const char *path = r->model.setting[TRAIN_DATA].text;
    int64_t first = 0, count = 0;
    for (int64_t j = u->width - 1; j >= 0; j--)
        if (is_far(u, j))
            first = j, count++;
    if (count == 0)
        return;
    cli_note(
        r->args,
        "%.200s: %lld of %lld columns far from mean 0 and sd 1 (%s has mean %.3g, sd "
        "%.3g), which a network hardly learns; --normalize brings them there, and samples back",
        path, (long long)count, (long long)u->width,
        cli_place(path, -1, cli_column_in_file(first, r->data.taken), place), u->mean[first],
        u->sd[first]);
}

static int is_constant(const cli_source *d, int64_t j)
{
    for (int64_t i = 1; i < d->rows; i++)
        if (d->table[i * d->width + j] != d->table[j])
            return 0;
    return d->rows > 1;
}

/* Of rows that are no images. */
static void say_constant(const train_run *r)
{
    char place[CLI_PLACE_TEXT];
    const cli_source *d = &r->data;
    const char *path = r->model.setting[TRAIN_DATA].text;
    for (int64_t j = 0; d->sample.rank == 1 && d->width <= FEW_COLUMNS && j < d->width; j++)
        if (is_constant(d, j))
            cli_note(r->args, "%.200s: %s is %g in every row; samples only come near that", path,
                     cli_place(path, -1, cli_column_in_file(j, d->taken), place), d->table[j]);
}

int train_say_units(const train_run *r)
{
    rill_message message;
    const cli_source *d = &r->data;
    units u = { .width = d->width };
    if (r->flag[TRAIN_RESUME].given || r->flag[TRAIN_QUIET].given ||
        rill_data_find(r->model.setting[TRAIN_DATA].text))
        return CLI_DONE;
    say_constant(r);
    if (r->model.setting[TRAIN_NORMALIZE].whole)
        return CLI_DONE;
    if (cli_source_moments(d, 0, &u.mean, &u.sd, &message) != RILL_OK)
        return train_failed(r, &message);
    u.small_counts = (d->sample.rank == 1 && d->width <= FEW_COLUMNS) || all_small(&u);
    say(r, &u);
    free(u.mean);
    free(u.sd);
    return CLI_DONE;
}
