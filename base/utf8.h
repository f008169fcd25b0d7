/* utf8.h - where a character ends in text that may be anything. */
#ifndef RILL_BASE_UTF8_H
#define RILL_BASE_UTF8_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the UTF-8 sequence at `at` < end: 1 to 4; 0 when it is malformed, or there is none. */
size_t rill_utf8_length(const char *at, const char *end);

#ifdef __cplusplus
}
#endif
#endif
