#include "metrics.h"

#include <stddef.h>

static const rill_metric metrics[] = {
    { "W1", "Wasserstein distance, order 1", rill_w1 },
    { "W2", "Wasserstein distance, order 2", rill_w2 },
    { "energy", "energy distance", rill_energy_distance },
    { "MMD", "maximum mean discrepancy, Gaussian kernel", rill_mmd },
};

enum { METRIC_COUNT = sizeof metrics / sizeof metrics[0] };

int rill_metric_count(void)
{
    return METRIC_COUNT;
}

const rill_metric *rill_metric_at(int i)
{
    return i >= 0 && i < METRIC_COUNT ? &metrics[i] : NULL;
}
