/* ops.h - every op, and what is registered with them. */
#ifndef RILL_OPS_OPS_H
#define RILL_OPS_OPS_H

#include "cast.h"
#include "effect.h"
#include "elementwise.h"
#include "index.h"
#include "matmul.h"
#include "norm.h"
#include "panels.h"
#include "random.h"
#include "reduce.h"
#include "shape.h"
#include "softmax.h"

#endif
