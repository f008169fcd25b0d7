/* Row i of the source with row i of the data. */
#include "models/flow/coupling.h"

const rill_coupling rill_coupling_independent = {
    .name = "independent",
    .doc = "source and data drawn apart",
};
