/* interrupt.h - Ctrl-C as a question that a loop asks. */
#ifndef RILL_TOOLS_CLI_INTERRUPT_H
#define RILL_TOOLS_CLI_INTERRUPT_H

#include "models/sampling/request.h"

/* From now on the first SIGINT or SIGTERM is remembered instead of ending the process; a second one
 * ends it.  Where that is so already, this and the release that goes with it change nothing. */
void cli_interrupt_watch(void);
int cli_interrupted(void);
/* The same question as samplers take it. */
rill_interrupt cli_interrupt(void);
/* Back to how it was. */
void cli_interrupt_release(void);
/* The same, and a signal that came takes its effect: after a file that is written in one go, of
 * which no temporary one is left behind. */
void cli_interrupt_pass_on(void);
/* The same where all is `done`: a signal that came too late to stop anything is not lost. Otherwise
 * whoever asked has stopped, and says so: back to how it was. */
void cli_interrupt_finish(int done);

#endif
