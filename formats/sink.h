/* sink.h - where a writer puts its bytes: a file, a buffer, a socket.  It keeps formats free of
 * files. */
#ifndef RILL_FORMATS_SINK_H
#define RILL_FORMATS_SINK_H

#include "../base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `write` takes all of `size` bytes or fails; after a failure it is not called again. */
typedef struct rill_sink {
    rill_status (*write)(void *self, const void *bytes, size_t size);
    void *self;
} rill_sink;

#ifdef __cplusplus
}
#endif
#endif
