#include "coupling.h"

#include "base/alloc.h"

#include <string.h>

static const rill_coupling *const couplings[] = {
#define RILL_COUPLING(name) &rill_coupling_##name,
#include "couplings.def"
#undef RILL_COUPLING
};

const rill_coupling *rill_coupling_at(int i)
{
    return i >= 0 && i < (int)(sizeof couplings / sizeof *couplings) ? couplings[i] : NULL;
}

const rill_coupling *rill_coupling_find(const char *name)
{
    for (int i = 0; name && rill_coupling_at(i); i++)
        if (strcmp(couplings[i]->name, name) == 0)
            return couplings[i];
    return NULL;
}

struct rill_pairing {
    const rill_coupling *coupling;
    int64_t rows;
    void *room;
};

rill_pairing *rill_pairing_new(const rill_coupling *coupling, int64_t rows, rill_message *message)
{
    if (!coupling)
        coupling = &rill_coupling_independent;
    if (rows < 1) {
        rill_fail(message, RILL_BAD_ARGUMENT, "%s: a batch of %lld rows, expected at least 1",
                  coupling->name, (long long)rows);
        return NULL;
    }
    rill_pairing *p = rill_alloc(1, sizeof *p);
    if (p)
        *p = (rill_pairing){ .coupling = coupling, .rows = rows };
    if (p && coupling->room_new)
        p->room = coupling->room_new(rows);
    if (p && (p->room || !coupling->room_new))
        return p;
    rill_fail(message, RILL_NO_MEMORY, "%s: no memory for batches of %lld rows", coupling->name,
              (long long)rows);
    rill_free(p);
    return NULL;
}

void rill_pairing_free(rill_pairing *p)
{
    if (!p)
        return;
    if (p->coupling->room_free)
        p->coupling->room_free(p->room);
    rill_free(p);
}

static rill_status check(const rill_pairing *p, const rill_coupling_batch *batch,
                         rill_message *message)
{
    if (batch->rows != p->rows)
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s: %lld rows, expected %lld",
                         p->coupling->name, (long long)batch->rows, (long long)p->rows);
    if (!batch->x0 || !batch->x1 || batch->width < 1 || (batch->vectors && batch->vector < 1))
        return rill_fail(message, RILL_BAD_ARGUMENT, "%s: x0, x1 or their width is missing",
                         p->coupling->name);
    return RILL_OK;
}

rill_status rill_pairing_find(rill_pairing *p, const rill_coupling_batch *batch, int64_t *from0,
                              int64_t *from1, rill_message *message)
{
    if (!p || !batch || !from0 || !from1)
        return rill_fail(message, RILL_BAD_ARGUMENT, "pairing: a NULL");
    rill_status status = check(p, batch, message);
    if (status)
        return status;
    for (int64_t i = 0; i < p->rows; i++)
        from0[i] = from1[i] = i;
    return p->coupling->pair
               ? p->coupling->pair(batch, p->room, from0, from1, p->coupling->self, message)
               : RILL_OK;
}

void rill_take_rows(void *to, const void *rows, const int64_t *from, int64_t n, size_t bytes)
{
    for (int64_t i = 0; i < n; i++)
        memcpy((unsigned char *)to + (size_t)i * bytes,
               (const unsigned char *)rows + (size_t)from[i] * bytes, bytes);
}
