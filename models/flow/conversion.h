/* conversion.h - velocity, data, noise and score tell the same on an affine path: from any of them
 * at (x, t), any other.
 *
 * With x = sigma x0 + alpha x1 each is a combination of x0 and x1,
 *     velocity  sigma' x0 + alpha' x1        data  x1        noise  x0
 *     score     -x0 / (sigma s^2), of a Gaussian source N(0, s^2 I),
 * and so are their means given (x, t), which networks learn: two of the combinations, x and what is
 * given, determine x0 and x1, and these the third.  Lipman et al., "Flow matching guide and code",
 * 2024, table 1. */
#ifndef RILL_MODELS_FLOW_CONVERSION_H
#define RILL_MODELS_FLOW_CONVERSION_H

#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rill_quantity {
    RILL_VELOCITY,
    RILL_DATA,
    RILL_NOISE,
    RILL_SCORE,
    RILL_QUANTITY_COUNT
} rill_quantity;

/* "velocity", "data", "noise", "score"; NULL out of range. */
const char *rill_quantity_name(rill_quantity quantity);

typedef struct rill_conversion {
    const rill_scheduler *scheduler; /* NULL: linear */
    double source_sd;                /* s; 0: 1 */
} rill_conversion;

/* `value`, which is the quantity `from` at (x, t), as the quantity `to`.  x and value are [B, ...],
 * t is [B] or [B,1,..,1].  Some conversions divide by alpha, which is 0 at t = 0 (from noise or
 * score, unless to each other; from velocity, where the scheduler starts at rest), or by sigma,
 * which is 0 at t = 1 (from data, to score): t is then kept within [1e-3, 1 - 1e-3] at that end. */
rill_tensor *rill_convert(const rill_conversion *conversion, rill_tensor *x, rill_tensor *t,
                          rill_tensor *value, rill_quantity from, rill_quantity to);

/* The times at which a conversion is made: t kept off the ends where it divides by zero and, for
 * velocities, where the scheduler's rates are infinite. */
rill_tensor *rill_conversion_clip(const rill_conversion *conversion, rill_tensor *t,
                                  rill_quantity from, rill_quantity to);

/* t as [B,1,..,1] of x's rank: by reshaping, since broadcasting [B] against [B,D] would pair t with
 * columns.  `who` begins the message when it has no B elements. */
rill_tensor *rill_time_for(const char *who, rill_tensor *t, rill_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
