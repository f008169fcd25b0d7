/* same_file.h - whether two names are of one file, by links and by ways that differ as well. */
#ifndef RILL_TOOLS_CLI_SAME_FILE_H
#define RILL_TOOLS_CLI_SAME_FILE_H

/* 1 when what is written to one replaces the other; the files need not be there yet.  0 where
 * either is NULL, and for what is no regular file (a terminal, /dev/null) under two names. */
int cli_same_file(const char *a, const char *b);

#endif
