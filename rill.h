/* rill.h - all of rill: the engine, the ops and what is built out of them. */
#ifndef RILL_RILL_H
#define RILL_RILL_H

#include "core/dtype.h"
#include "core/file.h"
#include "core/grad.h"
#include "core/graph.h"
#include "core/npy.h"
#include "core/npy_file.h"
#include "core/op.h"
#include "core/program.h"
#include "core/rng.h"
#include "core/safetensors.h"
#include "core/shape.h"
#include "core/sink.h"
#include "core/status.h"
#include "core/store.h"
#include "models/models.h"
#include "ops/ops.h"

#endif
