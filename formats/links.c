#include "links.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LINKS = 40 }; /* of a chain, as in Linux */

size_t rill_directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* path := what the symbolic link `path` names. */
static int follow_once(char path[PATH_MAX])
{
    char link[PATH_MAX];
    ssize_t length = readlink(path, link, sizeof link);
    if (length < 0)
        return errno;
    size_t kept = link[0] == '/' ? 0 : rill_directory_length(path);
    if (kept + (size_t)length >= PATH_MAX)
        return ENAMETOOLONG;
    memcpy(path + kept, link, (size_t)length);
    path[kept + (size_t)length] = '\0';
    return 0;
}

int rill_follow_links(char path[PATH_MAX])
{
    for (int links = 0; links < MAX_LINKS; links++) {
        struct stat info;
        if (lstat(path, &info) != 0)
            return errno == ENOENT ? 0 : errno;
        if (!S_ISLNK(info.st_mode))
            return 0;
        int error = follow_once(path);
        if (error)
            return error;
    }
    return ELOOP;
}
