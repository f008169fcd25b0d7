#include "scoped.h"

#include "base/alloc.h"

#include <stdio.h>

enum { NAME_BYTES = 1024 };

static rill_status adopt_one(rill_store *to, const char *scope, const rill_store *from,
                             const rill_entry_info *info, rill_message *message)
{
    char name[NAME_BYTES];
    int length = snprintf(name, sizeof name, "%s.%s", scope, info->name);
    if (length < 0 || length >= NAME_BYTES)
        return rill_fail(message, RILL_BAD_ARGUMENT, "the name %.64s... is too long", name);
    void *value = rill_alloc((size_t)info->count, rill_dtype_size(info->dtype));
    if (!value)
        return rill_fail(message, RILL_NO_MEMORY, "%s: out of memory", info->name);
    rill_status status = rill_store_get(from, info->name, value, info->count, message);
    if (!status)
        status = rill_store_put(to, name, info->role, info->dtype, info->shape, value, message);
    rill_free(value);
    return status;
}

rill_status rill_adopt_parameters(rill_store *to, const char *scope, const rill_store *from,
                                  rill_message *message)
{
    if (!to || !from || to == from || !scope || !*scope)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "adopting parameters: expected two stores and a name");
    rill_status status = RILL_OK;
    for (int64_t i = 0; i < rill_store_count(from) && !status; i++) {
        rill_entry_info info;
        status = rill_store_at(from, i, &info);
        if (!status && info.role == RILL_PARAMETER)
            status = adopt_one(to, scope, from, &info, message);
    }
    return status;
}

/* `until` as rill_field_ask has it. */
static rill_tensor *within(const rill_scoped *scoped, rill_tensor *x, rill_tensor *t,
                           rill_tensor *until, rill_tensor *cond)
{
    rill_graph *g = rill_graph_of(x);
    if (!scoped || !scoped->field.at || !scoped->scope)
        return rill_graph_fail(g, "scoped: there is no field or no name");
    rill_scope_begin(g, "%s", scoped->scope);
    rill_tensor *v = rill_field_ask(scoped->field, x, t, until, cond);
    rill_scope_end(g);
    return v;
}

static rill_tensor *scoped_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    return within(self, x, t, NULL, cond);
}

static rill_tensor *scoped_average(rill_tensor *x, rill_tensor *t, rill_tensor *until,
                                   rill_tensor *cond, const void *self)
{
    return within(self, x, t, until, cond);
}

rill_field rill_scoped_field(const rill_scoped *scoped)
{
    int averages = scoped && scoped->field.average;
    return (rill_field){ scoped_at, scoped, averages ? scoped_average : NULL };
}
