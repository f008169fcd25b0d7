/* npy_file.h - .npy arrays as files. */
#ifndef RILL_FORMATS_NPY_FILE_H
#define RILL_FORMATS_NPY_FILE_H

#include "npy.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads and parses.  `npy` looks into *bytes, which the caller releases with rill_file_free.  On
 * failure *bytes is NULL; the message begins with the path. */
rill_status rill_npy_load(const char *path, rill_npy *npy, void **bytes, rill_message *message);

/* Writes elements in row-major order: the whole file or, on failure, nothing. */
rill_status rill_npy_save(const char *path, rill_npy_type type, const rill_shape *shape,
                          const void *data, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
