#include "dot_names.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_room(dot_names *names)
{
    void *name = names->name;
    int fits = rill_grow(&name, &names->capacity, names->count + 1, sizeof *names->name);
    names->name = name;
    return fits;
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
    for (size_t i = 0; i < names->count; i++)
        free((char *)(uintptr_t)names->name[i].name);
    rill_free(names->name);
    *names = (dot_names){ 0 };
}
