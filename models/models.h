/* models.h - everything of models: layers, networks, training, flow matching, solvers, data sets.
 */
#ifndef RILL_MODELS_MODELS_H
#define RILL_MODELS_MODELS_H

#include "data/data.h"
#include "flow/conversion.h"
#include "flow/divergence.h"
#include "flow/flow.h"
#include "flow/guidance.h"
#include "flow/likelihood.h"
#include "flow/mixture.h"
#include "flow/reschedule.h"
#include "flow/sampler.h"
#include "flow/scoped.h"
#include "flow/scorer.h"
#include "flow/source.h"
#include "layers/embedding.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/time_features.h"
#include "manifold/divergence.h"
#include "manifold/geodesic.h"
#include "manifold/manifold.h"
#include "manifold/sampler.h"
#include "manifold/unroll.h"
#include "nets/activation.h"
#include "nets/built_in.h"
#include "nets/net.h"
#include "ode/integrate.h"
#include "ode/solver.h"
#include "ode/unroll.h"
#include "train/average.h"
#include "train/gradient.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "transport/assignment.h"

#endif
