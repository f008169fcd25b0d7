#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t interrupted;

static const int watched[] = { SIGINT, SIGTERM };
enum { WATCHED = sizeof watched / sizeof *watched };
static struct sigaction before[WATCHED];

static void remember(int signal)
{
    (void)signal;
    interrupted = 1;
}

void cli_interrupt_watch(void)
{
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
    for (int i = 0; i < WATCHED; i++)
        sigaction(watched[i], &before[i], NULL);
}
