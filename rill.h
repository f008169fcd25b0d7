/* rill.h - all of rill: the engine, files, the ops and what is built out of them; and the command,
 * which is a library of its own (rill_command). */
#ifndef RILL_RILL_H
#define RILL_RILL_H

#include "base/ahead.h"
#include "base/alloc.h"
#include "base/philox.h"
#include "base/share.h"
#include "base/status.h"
#include "base/threads.h"
#include "base/utf8.h"
#include "core/dtype.h"
#include "core/grad.h"
#include "core/graph.h"
#include "core/op.h"
#include "core/program.h"
#include "core/rng.h"
#include "core/shape.h"
#include "core/store.h"
#include "core/watch.h"
#include "formats/dot.h"
#include "formats/file.h"
#include "formats/npy.h"
#include "formats/npy_file.h"
#include "formats/safetensors.h"
#include "formats/sink.h"
#include "formats/steps.h"
#include "models/models.h"
#include "ops/check/gradcheck.h"
#include "ops/ops.h"
#include "tools/command.h"

#endif
