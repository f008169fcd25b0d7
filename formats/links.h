/* links.h (private) - the file that a path names through symbolic links. */
#ifndef RILL_FORMATS_LINKS_H
#define RILL_FORMATS_LINKS_H

#include <limits.h>
#include <stddef.h>

/* Length of the directory part of a path with its slash; 0 for a plain name. */
size_t rill_directory_length(const char *path);
/* Follows links in the last part of the path, also to a file that is not there yet, and puts what
 * they name in its place.  0 or an errno. */
int rill_follow_links(char path[PATH_MAX]);

#endif
