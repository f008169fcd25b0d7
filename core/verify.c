/* The verifier of debug builds: what must hold after a pass, whatever the pass did. */
#include "program_impl.h"

#include "../base/alloc.h"

/* Every input of a member is a leaf or was computed before it. */
const char *rill_verify_schedule(const rill_program *p)
{
    for (int64_t m = 0; m < p->member_count; m++) {
        const rill_tensor *y = p->values[p->members[m]].node;
        if (p->values[p->members[m]].member != m)
            return "a value does not know its place in the order";
        for (int i = 0; i < y->count; i++) {
            const rill_tensor *x = y->in[i];
            while (rill_has(x, RILL_VIEW | RILL_COMMIT))
                x = x->in[rill_has(x, RILL_COMMIT) ? 1 : 0];
            int64_t from = p->values[rill_walk_index(&p->walk, x)].member;
            if (!rill_has(x, RILL_LEAF) && (from < 0 || from >= m))
                return "a member runs before its input";
        }
    }
    for (int64_t at = 0; at < p->walk.count; at++)
        if (p->values[at].member < 0 &&
            !rill_has(p->values[at].node, RILL_LEAF | RILL_VIEW | RILL_COMMIT))
            return "a node was never scheduled";
    return NULL;
}

/* What lies at each 64 bytes of the memory, while the steps are walked through. */
typedef struct occupancy {
    int64_t *owner; /* [blocks] value, or -1 */
    int64_t blocks;
} occupancy;

static int64_t blocks_of(const rill_value *v)
{
    return v->bytes ? (int64_t)((v->bytes + 63) / 64) : 0;
}

static void occupy(occupancy *o, const rill_value *v, int64_t at)
{
    for (int64_t i = 0; i < blocks_of(v); i++)
        o->owner[(int64_t)(v->offset / 64) + i] = at;
}

static int intact(const occupancy *o, const rill_value *v, int64_t at)
{
    for (int64_t i = 0; i < blocks_of(v); i++)
        if (o->owner[(int64_t)(v->offset / 64) + i] != at)
            return 0;
    return 1;
}

static int in_memory(const rill_value *v)
{
    return v->home == RILL_HOME_PLAN || v->home == RILL_HOME_KEPT;
}

/* Walks through the members: each input must still be where it was put. */
static const char *replay(const rill_program *p, occupancy *o)
{
    for (int64_t at = 0; at < p->walk.count; at++)
        if (p->values[at].home == RILL_HOME_KEPT)
            occupy(o, &p->values[at], at);
    for (int64_t m = 0; m < p->member_count; m++) {
        int64_t at = p->members[m];
        const rill_tensor *y = p->values[at].node;
        for (int i = 0; i < y->count; i++) {
            int64_t root = p->values[rill_walk_index(&p->walk, y->in[i])].root;
            if (in_memory(&p->values[root]) && !intact(o, &p->values[root], root))
                return "a buffer was written over before it was read";
        }
        if (in_memory(&p->values[at]))
            occupy(o, &p->values[at], at);
    }
    for (int64_t at = 0; at < p->walk.count; at++)
        if (in_memory(&p->values[at]) && p->values[at].last_member == RILL_FOREVER &&
            !intact(o, &p->values[at], at))
            return "a result was written over";
    return NULL;
}

const char *rill_verify_plan(const rill_program *p)
{
    enum { MOST = 1 << 22 }; /* 256 MiB of buffers: larger programs are not walked through */
    occupancy o = { .blocks = (int64_t)(p->memory_bytes / 64) };
    if (o.blocks > MOST || p->walk.count > MOST)
        return NULL;
    o.owner = rill_alloc((size_t)o.blocks, sizeof *o.owner);
    if (!o.owner)
        return NULL;
    for (int64_t i = 0; i < o.blocks; i++)
        o.owner[i] = -1;
    const char *wrong = replay(p, &o);
    rill_free(o.owner);
    return wrong;
}
