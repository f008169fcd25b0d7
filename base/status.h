/* status.h - what a call that can fail returns, and the message that goes with it.
 *
 * A function that can fail returns a rill_status and, where it has something to say, fills a
 * rill_message that the caller passed (NULL: the message is dropped).  Nothing is ever printed. */
#ifndef RILL_BASE_STATUS_H
#define RILL_BASE_STATUS_H

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RILL_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define RILL_PRINTF(at, first)
#endif

typedef enum rill_status {
#define RILL_STATUS(name, text) RILL_##name,
#include "status.def"
#undef RILL_STATUS
    RILL_STATUS_COUNT
} rill_status;

/* One line of text, always terminated; longer messages are cut. */
typedef struct rill_message {
    char text[512];
} rill_message;

/* The meaning of a code, for people: "out of memory".  Never NULL. */
const char *rill_status_text(rill_status status);

/* Formats the message (when `message` is not NULL) and returns `status`, so that a failure is one
 * statement: return rill_fail(message, RILL_BAD_FORMAT, "..."). */
rill_status rill_fail(rill_message *message, rill_status status, const char *format, ...)
    RILL_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
