/* clock.h (private) - a clock that only goes forward. */
#ifndef RILL_BASE_CLOCK_H
#define RILL_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t rill_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
