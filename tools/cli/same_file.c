#include "same_file.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* A file that is there, or the folder and the name of one that is not. */
typedef struct place {
    dev_t device;
    ino_t inode;
    const char *name; /* "" of one that is there */
} place;

/* 0 where there can be no file. */
static int find(const char *path, place *found)
{
    struct stat is;
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    found->name = "";
    if (stat(path, &is) != 0) {
        found->name = slash ? slash + 1 : path;
        if (length >= sizeof folder - 1)
            return 0;
        memcpy(folder, slash ? path : "./", length ? length : 2);
        folder[length ? length : 2] = '\0';
        if (stat(folder, &is) != 0)
            return 0;
    } else if (!S_ISREG(is.st_mode)) {
        return 0;
    }
    found->device = is.st_dev;
    found->inode = is.st_ino;
    return 1;
}

int cli_same_file(const char *a, const char *b)
{
    place x, y;
    if (!a || !b)
        return 0;
    if (strcmp(a, b) == 0)
        return 1;
    return find(a, &x) && find(b, &y) && x.device == y.device && x.inode == y.inode &&
           strcmp(x.name, y.name) == 0;
}
