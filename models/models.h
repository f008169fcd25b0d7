/* models.h - everything of models: layers, networks, training, flow matching, solvers, data sets.
 */
#ifndef RILL_MODELS_MODELS_H
#define RILL_MODELS_MODELS_H

#include "models/data/data.h"
#include "models/flow/flow.h"
#include "models/flow/mixture.h"
#include "models/flow/sampler.h"
#include "models/layers/embedding.h"
#include "models/layers/linear.h"
#include "models/layers/norm.h"
#include "models/layers/time_features.h"
#include "models/nets/built_in.h"
#include "models/nets/net.h"
#include "models/ode/integrate.h"
#include "models/ode/solver.h"
#include "models/ode/unroll.h"
#include "models/train/average.h"
#include "models/train/gradient.h"
#include "models/train/optimizer.h"
#include "models/train/schedule.h"

#endif
