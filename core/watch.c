/* Telling a watcher which steps have run. */
#include "../base/clock.h"
#include "program_impl.h"
#include "region.h"

int64_t rill_step_number(const rill_program *p, const rill_step *step)
{
    return p->values[p->members[step->first]].step;
}

int64_t rill_step_numbers(const rill_program *p)
{
    return p && p->member_count > 0 ? p->values[p->members[p->member_count - 1]].step + 1 : 0;
}

int64_t rill_watch_steps(rill_program *p, const rill_watcher *watcher, int64_t first)
{
    for (int64_t i = 0; i < p->step_count; i++) {
        p->steps[i].watcher = watcher;
        p->steps[i].number = first + rill_step_number(p, &p->steps[i]);
    }
    return rill_step_numbers(p);
}

void rill_program_watch(rill_program *p, const rill_watcher *watcher)
{
    if (!p)
        return;
    watcher = watcher && watcher->watch ? watcher : NULL;
    int64_t count = rill_watch_steps(p, watcher, 0);
    if (p->region)
        rill_region_watch(p->region, watcher, count);
}

void rill_tell_watcher(const rill_step *step, int64_t units, int64_t start, int worker)
{
    rill_span span = { .step = step->number,
                       .worker = worker,
                       .part = (double)units / (double)step->units,
                       .begin = start,
                       .end = rill_nanoseconds() };
    step->watcher->watch(step->watcher->self, &span);
}
