#include "status.h"

#include <stdio.h>

static const char *const texts[] = {
#define RILL_STATUS(name, text) [RILL_##name] = text,
#include "status.def"
#undef RILL_STATUS
};

const char *rill_status_text(rill_status status)
{
    if ((int)status < 0 || status >= RILL_STATUS_COUNT)
        return "unknown status";
    return texts[status];
}

rill_status rill_fail(rill_message *message, rill_status status, const char *format, ...)
{
    if (!message)
        return status;
    va_list args;
    va_start(args, format);
    vsnprintf(message->text, sizeof message->text, format, args);
    va_end(args);
    return status;
}
