#include "dot_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_room(dot_names *names)
{
    if (names->count < names->capacity)
        return 1;
    int64_t capacity = 2 * names->capacity + 16;
    rill_dot_name *name = realloc(names->name, (size_t)capacity * sizeof *name);
    if (!name)
        return 0;
    names->name = name;
    names->capacity = capacity;
    return 1;
}

void dot_names_add(dot_names *names, const rill_tensor *x, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = x && make_room(names) ? strdup(text) : NULL;
    if (copy)
        names->name[names->count++] = (rill_dot_name){ x, copy };
}

void dot_names_free(dot_names *names)
{
    for (int64_t i = 0; i < names->count; i++)
        free((char *)(uintptr_t)names->name[i].name);
    free(names->name);
    *names = (dot_names){ 0 };
}
