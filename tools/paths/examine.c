/* All that is asked of a path, and the verdict. */
#include "check.h"

#include "models/flow/scheduler.h"

#include <stdio.h>

enum { PAIRS = 16, TIMES = 32 };

static rill_status examine(path_probe *probe, uint64_t seed, path_report *report,
                           rill_message *message)
{
    rill_status status = path_find_ends(probe, report->ends, message);
    if (status == RILL_OK)
        status = path_find_hole(probe, &report->hole, message);
    if (status == RILL_OK)
        status = path_check_velocity(probe, seed, &report->velocity, message);
    if (status == RILL_OK)
        status = path_scan_times(probe, &report->scan, message);
    return status == RILL_OK ? path_check_affine(probe, &report->affinity, message) : status;
}

/* What is random is told apart. */
static rill_path mean_of(const rill_path *path)
{
    rill_path mean = *path;
    mean.spread = NULL;
    return mean;
}

static int misses_start(const rill_path *path)
{
    const rill_scheduler *scheduler = rill_path_scheduler(path);
    return scheduler && scheduler->misses_start;
}

rill_status path_examine(const rill_path *path, const rill_shape *sample, uint64_t seed,
                         path_report *report, rill_message *message)
{
    path_probe probe;
    rill_path mean = mean_of(path);
    *report = (path_report){ .has_closed_form = path->velocity != NULL,
                             .misses_start = misses_start(path) };
    rill_status status = path_find_spread(path, &report->spread, message);
    if (status != RILL_OK)
        return status;
    status = path_probe_open(&probe, &mean, sample, PAIRS, TIMES, seed, message);
    if (status == RILL_OK)
        status = examine(&probe, seed, report, message);
    path_probe_close(&probe);
    return status;
}

/* Far above rounding, and far below what a wrong derivative makes. */
#define MOST_APART 1e-5

/* What a path cannot be without: its ends, and a value in between. */
static rill_status need(const path_report *r, rill_message *reason)
{
    char text[300];
    for (int k = r->misses_start; k < 2; k++)
        if (r->ends[k].miss > PATH_MOST_MISS) {
            path_end_describe(&r->ends[k], text, sizeof text);
            return rill_fail(reason, RILL_MISMATCH, "%s", text);
        }
    if (!r->hole.found)
        return RILL_OK;
    path_hole_describe(&r->hole, text, sizeof text);
    return rill_fail(reason, RILL_NOT_FINITE, "%s", text);
}

int path_is_one(const path_report *r, rill_message *reason)
{
    if (need(r, reason) != RILL_OK)
        return 0;
    for (int i = 0; i < r->scan.count; i++)
        if (r->scan.singular[i].t > 0 && r->scan.singular[i].t < 1)
            return rill_fail(reason, RILL_NOT_FINITE, "its velocity is not bounded at t = %.9g",
                             r->scan.singular[i].t),
                   0;
    if (r->scan.jump > 0)
        return rill_fail(reason, RILL_MISMATCH, "it jumps by %.3g at t = %.9g", r->scan.jump,
                         r->scan.jump_at),
               0;
    if (r->velocity.closed > MOST_APART)
        return rill_fail(reason, RILL_MISMATCH, "its closed form is not the derived velocity"), 0;
    if (r->velocity.difference > MOST_APART)
        return rill_fail(reason, RILL_MISMATCH, "its derived velocity is not how fast it moves"), 0;
    return 1;
}

rill_status path_check(const rill_path *path, const rill_shape *sample, rill_message *message)
{
    enum { MOST_NUMBERS = 4096 };
    int64_t width = rill_shape_count(sample), fit = MOST_NUMBERS / (width > 0 ? width : 1);
    int pairs = fit > PAIRS ? PAIRS : fit > 1 ? (int)fit : 1;
    path_probe probe;
    rill_path mean = mean_of(path);
    path_report report = { .misses_start = misses_start(path) };
    rill_status status = path_probe_open(&probe, &mean, sample, pairs, 2, 0, message);
    if (status == RILL_OK)
        status = path_find_ends(&probe, report.ends, message);
    if (status == RILL_OK)
        status = path_find_hole(&probe, &report.hole, message);
    path_probe_close(&probe);
    return status == RILL_OK ? need(&report, message) : status;
}
