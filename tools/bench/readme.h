/* readme.h - the section on performance in README.md, written from a report. */
#ifndef RILL_TOOLS_BENCH_README_H
#define RILL_TOOLS_BENCH_README_H

#include "report.h"

/* RILL_OK when the page is there and has the two lines below. */
rill_status bench_check_readme(const char *path, rill_message *message);
/* Replaces what stands between the lines "<!-- rill bench: begin -->" and "<!-- rill bench: end
 * -->" of the page. */
rill_status bench_write_readme(const bench_report *r, const char *path, rill_message *message);

#endif
