#include "profile.h"

#include "formats/dot.h"
#include "tools/bench/report.h"

#include <stdlib.h>

/* The hottest step is red, whatever its share. */
static rill_step_look *looks_of(const profile *f)
{
    int64_t count = rill_step_count(profile_program(f));
    profile_total total = profile_total_of(f);
    rill_step_look *looks = calloc((size_t)count + 1, sizeof *looks);
    profile_step step;
    double most = 0;
    for (int64_t i = 0; looks && i < count; i++)
        if (profile_step_at(f, i, &step) == RILL_OK && step.seconds > most)
            most = step.seconds;
    for (int64_t i = 0; looks && i < count; i++) {
        if (profile_step_at(f, i, &step) != RILL_OK)
            continue;
        looks[i].shown = 1;
        looks[i].heat = most > 0 ? step.seconds / most : 0;
        snprintf(looks[i].note, sizeof looks[i].note, "%.2f us, %.1f%%",
                 1e6 * step.seconds / (double)total.runs, 100 * step.seconds / total.seconds);
    }
    return looks;
}

rill_status profile_write_drawing(const profile *f, const char *title, const char *path,
                                  rill_message *message)
{
    rill_step_look *looks = looks_of(f);
    profile_total total = profile_total_of(f);
    char *text, full[256];
    size_t size;
    snprintf(full, sizeof full, "%.180s: %.2f us on %d thread%s", title,
             total.runs > 0 ? 1e6 * total.seconds / total.threads / (double)total.runs : 0.0,
             total.threads, total.threads > 1 ? "s" : "");
    if (!looks)
        return rill_fail(message, RILL_NO_MEMORY, "no memory for the drawing");
    rill_status status = rill_steps_dot(profile_program(f), looks, full, &text, &size, message);
    free(looks);
    if (status == RILL_OK)
        status = bench_write_file(path, text, size, message);
    rill_dot_free(text);
    return status;
}
