/* The registry: built-in ops, then those registered at run time.  Readers take no lock: slots are
 * published once and never change. */
#include "builtin.h"
#include "graph_impl.h"

#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { MAX_REGISTERED = 4096 };

static const rill_op *_Atomic registered[MAX_REGISTERED];
static atomic_int registered_count;
static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;

int rill_op_count(void)
{
    return rill_builtin_op_count + atomic_load_explicit(&registered_count, memory_order_acquire);
}

const rill_op *rill_op_at(int index)
{
    if (index < 0 || index >= rill_op_count())
        return NULL;
    if (index < rill_builtin_op_count)
        return rill_builtin_ops[index];
    return atomic_load_explicit(&registered[index - rill_builtin_op_count], memory_order_acquire);
}

const rill_op *rill_op_find(const char *name)
{
    for (int i = 0; name && i < rill_op_count(); i++)
        if (strcmp(rill_op_at(i)->name, name) == 0)
            return rill_op_at(i);
    return NULL;
}

static int is_identifier(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_')
        return 0;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return *name == '\0';
}

/* 1 when the attributes are described, each by a field of their struct. */
static int attrs_described(const rill_op *op)
{
    int described = op->attr_size <= RILL_MAX_ATTR_SIZE && op->attr_count >= 0 &&
                    (op->attrs || (op->attr_size == 0 && op->attr_count == 0));
    for (int i = 0; described && i < op->attr_count; i++) {
        size_t size = rill_attr_size(op->attrs[i].kind);
        described = op->attrs[i].name && size > 0 && size <= op->attr_size &&
                    op->attrs[i].offset <= op->attr_size - size;
    }
    return described;
}

/* The rule an op lacks, as a sentence, or NULL. */
static const char *missing_rule(const rill_op *op)
{
    const uint32_t underived = RILL_CONSTANT_LOCALLY | RILL_NOT_DIFFERENTIABLE | RILL_LEAF;
    const uint32_t never_run = RILL_LEAF | RILL_VIEW | RILL_COMMIT;
    int has_map = op->map[RILL_F32] && op->map[RILL_F64];
    if (!op->doc)
        return "no doc";
    if (op->arity < RILL_ANY_ARITY)
        return "a negative arity";
    if (!attrs_described(op))
        return "attributes that are too large or not described";
    if (!(op->traits & RILL_ELEMENTWISE) && !op->infer)
        return "no infer";
    if ((op->traits & RILL_ELEMENTWISE) && !op->infer && !has_map && !op->expand)
        return "no map for f32 and f64, and no expand";
    if (!(op->traits & never_run) && !has_map && !op->kernel.eval && !op->expand)
        return "no map, kernel or expand";
    if (!(op->traits & underived) && !op->vjp && !op->expand)
        return "neither vjp nor expand, and is not marked as locally constant or not "
               "differentiable";
    return NULL;
}

static rill_status append(const rill_op *op, rill_message *message)
{
    int count = atomic_load(&registered_count);
    const rill_op *same = rill_op_find(op->name);
    if (same == op)
        return RILL_OK;
    if (same)
        return rill_fail(message, RILL_BAD_ARGUMENT, "op %s: the name is taken", op->name);
    if (count == MAX_REGISTERED)
        return rill_fail(message, RILL_BAD_ARGUMENT, "op %s: the registry holds at most %d ops",
                         op->name, MAX_REGISTERED);
    atomic_store_explicit(&registered[count], op, memory_order_release);
    atomic_store_explicit(&registered_count, count + 1, memory_order_release);
    return RILL_OK;
}

rill_status rill_register(const rill_op *op, rill_message *message)
{
    if (!op || !op->name || !is_identifier(op->name))
        return rill_fail(message, RILL_BAD_ARGUMENT, "an op needs a name that is a C identifier");
    const char *lacks = missing_rule(op);
    if (lacks)
        return rill_fail(message, RILL_BAD_ARGUMENT, "op %s has %s", op->name, lacks);
    pthread_mutex_lock(&registering);
    rill_status status = append(op, message);
    pthread_mutex_unlock(&registering);
    return status;
}
