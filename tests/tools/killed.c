/* The command, to which a signal comes at the worst of times: all of a file is written, under a
 * temporary name.  It comes once, and only where RILL_KILLED is in the environment. */
#include <rill/rill.h>

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* In place of that of libc. */
int fsync(int fd)
{
    static int sent;
    (void)fd;
    if (getenv("RILL_KILLED") && !sent++)
        raise(SIGTERM);
    return 0;
}

int main(int argc, char **argv)
{
    return rill_main(argc, argv, NULL);
}
