#include "utf8.h"

/* Unicode, table 3-7: well-formed UTF-8.  The second byte's range depends on the first; all later
 * ones are 80..bf. */
size_t rill_utf8_length(const char *at, const char *end)
{
    static const struct {
        unsigned char first, last, low, high, length;
    } forms[] = {
        { 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };
    const unsigned char *byte = (const unsigned char *)at;
    for (size_t i = 0; at < end && i < sizeof forms / sizeof *forms; i++) {
        size_t length = forms[i].length;
        if (byte[0] < forms[i].first || byte[0] > forms[i].last)
            continue;
        if ((size_t)(end - at) < length || (length > 1 && byte[1] < forms[i].low) ||
            (length > 1 && byte[1] > forms[i].high))
            return 0;
        for (size_t k = 2; k < length; k++)
            if (byte[k] < 0x80 || byte[k] > 0xbf)
                return 0;
        return length;
    }
    return 0;
}
