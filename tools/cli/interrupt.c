#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupted; /* by this signal; 0: not */

static const int watched[] = { SIGINT, SIGTERM };
enum { WATCHED = sizeof watched / sizeof *watched };
static struct sigaction before[WATCHED];
static int watchers;

static void remember(int signal)
{
    interrupted = signal;
}

void cli_interrupt_watch(void)
{
    if (watchers++ > 0)
        return;
    struct sigaction action = { .sa_handler = remember, .sa_flags = (int)SA_RESETHAND };
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    for (int i = 0; i < WATCHED; i++)
        sigaction(watched[i], &action, &before[i]);
}

int cli_interrupted(void)
{
    return interrupted;
}

static int asked(void *self)
{
    (void)self;
    return cli_interrupted();
}

rill_interrupt cli_interrupt(void)
{
    return (rill_interrupt){ .asked = asked };
}

void cli_interrupt_release(void)
{
    if (watchers == 0 || --watchers > 0)
        return;
    for (int i = 0; i < WATCHED; i++)
        sigaction(watched[i], &before[i], NULL);
}

void cli_interrupt_pass_on(void)
{
    cli_interrupt_release();
    if (interrupted && watchers == 0)
        raise(interrupted);
}

void cli_interrupt_finish(int done)
{
    if (done)
        cli_interrupt_pass_on();
    else
        cli_interrupt_release();
}
