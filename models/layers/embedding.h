/* embedding.h - a learned vector for each of a number of symbols. */
#ifndef RILL_MODELS_LAYERS_EMBEDDING_H
#define RILL_MODELS_LAYERS_EMBEDDING_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* index i32 [...] -> [..., dim]: rows of the parameter name.table [rows,dim], which starts standard
 * normal.  An index outside 0..rows-1 gives a row of NaN at run time, which a guarded loss reports.
 * The name is a format and its arguments. */
rill_tensor *rill_embedding(rill_tensor *index, rill_dtype dtype, int64_t rows, int64_t dim,
                            const char *name, ...) RILL_PRINTF(5, 6);

#ifdef __cplusplus
}
#endif
#endif
