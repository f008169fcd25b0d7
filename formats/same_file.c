#include "file.h"

#include "links.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A file that is there, or the folder and the name of one that is not. */
typedef struct place {
    dev_t device;
    ino_t inode;
    char path[PATH_MAX];
    const char *name; /* in the path; "" of one that is there */
} place;

/* Of a file that is not there yet. */
static int find_folder(place *found, struct stat *is)
{
    char folder[PATH_MAX];
    if (rill_follow_links(found->path) != 0)
        return 0;
    size_t length = rill_directory_length(found->path);
    found->name = found->path + length;
    snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, length ? found->path : ".");
    return stat(folder, is) == 0;
}

/* 0 where there can be no file. */
static int find(const char *path, place *found)
{
    struct stat is;
    found->name = "";
    if (snprintf(found->path, sizeof found->path, "%s", path) >= PATH_MAX)
        return 0;
    if (stat(path, &is) == 0 ? !S_ISREG(is.st_mode) : !find_folder(found, &is))
        return 0;
    found->device = is.st_dev;
    found->inode = is.st_ino;
    return 1;
}

int rill_file_same(const char *a, const char *b)
{
    place x, y;
    if (!a || !b)
        return 0;
    if (strcmp(a, b) == 0)
        return 1;
    return find(a, &x) && find(b, &y) && x.device == y.device && x.inode == y.inode &&
           strcmp(x.name, y.name) == 0;
}
