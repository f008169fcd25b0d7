#include "rows.h"

#include "base/alloc.h"
#include "core/rng.h"
#include "core/store.h"
#include "models/flow/source.h"

enum { BATCH = 1024 }; /* rows of a run, unless the options say otherwise */

int64_t rill_batch_of(const rill_sampler_options *o)
{
    return o->batch ? o->batch : BATCH;
}

rill_shape rill_batch_shape(const rill_sampler_options *o)
{
    rill_shape shape = { .rank = o->sample.rank + 1 };
    shape.dim[0] = rill_batch_of(o);
    for (int i = 0; i < o->sample.rank; i++)
        shape.dim[i + 1] = o->sample.dim[i];
    return shape;
}

rill_status rill_check_sampler_options(const rill_sampler_options *o, rill_message *message)
{
    if (!rill_dtype_is_float(o->dtype))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: expected f32 or f64");
    if (!rill_shape_valid(&o->sample) || o->sample.rank < 1 || o->sample.rank >= RILL_MAX_RANK)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: the shape of a sample is invalid");
    if (o->batch < 0 || o->batch > RILL_MAX_COUNT || o->vector < 0 || o->vector > RILL_MAX_COUNT ||
        (o->labels && o->vector))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: batch or condition is invalid");
    rill_shape batch = rill_batch_shape(o);
    if (!rill_shape_valid(&batch))
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: a batch is too large");
    return RILL_OK;
}

rill_tensor *rill_condition_input(rill_graph *g, const rill_sampler_options *o)
{
    if (o->labels)
        return rill_input(g, "cond", RILL_I32, RILL_SHAPE(rill_batch_of(o)));
    return o->vector ? rill_input(g, "cond", o->dtype, RILL_SHAPE(rill_batch_of(o), o->vector))
                     : NULL;
}

size_t rill_condition_bytes(const rill_sampler_options *o)
{
    return o->labels ? sizeof(int32_t) : (size_t)o->vector * rill_dtype_size(o->dtype);
}

const char *rill_rows_complaint(int64_t n, int64_t first, int64_t width, int conditional,
                                const void *cond, const void *out)
{
    if (n < 0 || (n > 0 && !out))
        return "a NULL, or a negative number of rows";
    if (n > RILL_MAX_COUNT / (width > 0 ? width : 1))
        return "too many rows";
    if (first < 0 || first > RILL_MAX_COUNT)
        return "the number of the first row is out of range";
    if (conditional && !cond && n > 0)
        return "the network needs a condition";
    return !conditional && cond ? "the network takes no condition" : NULL;
}

const char *rill_sampling_complaint(const rill_sampling *r, int64_t width, int conditional,
                                    const void *out)
{
    if (!r->times || r->time_count < 1)
        return "no times";
    return rill_rows_complaint(r->n, r->first, width, conditional, r->cond, out);
}

rill_status rill_rows_each(int64_t n, int64_t batch,
                           rill_status (*some)(void *self, int64_t first, int64_t count),
                           void *self)
{
    rill_status status = RILL_OK;
    for (int64_t first = 0; first < n && !status; first += batch)
        status = some(self, first, n - first < batch ? n - first : batch);
    return status;
}

typedef struct shared_rows {
    int64_t n, batch;
    rill_rows_job *some;
    void *self;
} shared_rows;

static rill_status some_rows(void *self, int64_t number, int lane)
{
    const shared_rows *rows = self;
    int64_t first = number * rows->batch, rest = rows->n - first;
    return rows->some(rows->self, lane, first, rest < rows->batch ? rest : rows->batch);
}

static int64_t batches_of(int64_t n, int64_t batch)
{
    return n / batch + (n % batch > 0);
}

rill_status rill_rows_share(int64_t n, int64_t batch, int lanes, rill_rows_job *some, void *self,
                            int *failed)
{
    shared_rows rows = { n, batch, some, self };
    return rill_share(some_rows, &rows, batches_of(n, batch), lanes, failed);
}

int rill_lanes_for(int64_t n, int64_t batch)
{
    return rill_share_lanes(batches_of(n, batch));
}

rill_status rill_interrupt_ask(const rill_interrupt *interrupt)
{
    return interrupt->asked && interrupt->asked(interrupt->self) ? RILL_INTERRUPTED : RILL_OK;
}

rill_status rill_interrupt_ask_once(rill_asking *asking)
{
    pthread_mutex_lock(&asking->lock);
    if (!asking->answer)
        asking->answer = rill_interrupt_ask(asking->interrupt);
    rill_status answer = asking->answer;
    pthread_mutex_unlock(&asking->lock);
    return answer;
}

const void *rill_row_of(const void *array, int64_t row, size_t bytes)
{
    return (const unsigned char *)array + (size_t)row * bytes;
}

void rill_noise_rows(rill_dtype dtype, uint64_t seed, int64_t first, int64_t count, int64_t width,
                     void *rows)
{
    rill_normal_rows(dtype, rill_stream_key(seed, "noise"), 0, first, count, width, rows);
}

static rill_status find_parameters(const rill_store *store, rill_tensor *const *params, int64_t n,
                                   rill_message *message)
{
    for (int64_t i = 0; i < n; i++) {
        rill_entry_info info;
        const char *name = rill_name_of(params[i]);
        if (rill_store_find(store, name, &info))
            return rill_fail(message, RILL_NOT_FOUND,
                             "sampler: the parameter %s is not in the store", name);
    }
    return RILL_OK;
}

rill_status rill_require_parameters(rill_tensor *y, const rill_store *store, rill_message *message)
{
    int64_t n = rill_depends_on(&y, 1, RILL_PARAMETER, NULL, 0);
    rill_tensor **params = n >= 0 ? rill_alloc((size_t)n, sizeof *params) : NULL;
    rill_status status = RILL_NO_MEMORY;
    if (params && rill_depends_on(&y, 1, RILL_PARAMETER, params, n) == n)
        status = find_parameters(store, params, n, message);
    else
        rill_fail(message, status, "sampler: out of memory");
    rill_free(params);
    return status;
}

rill_status rill_compile_part(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                              const char *what, rill_program **program, rill_message *message)
{
    *program = rill_compile_outputs(g, outputs, count, NULL);
    if (*program)
        return RILL_OK;
    const char *why = rill_error(g);
    return why ? rill_fail(message, RILL_BAD_GRAPH, "%s", why)
               : rill_fail(message, RILL_BAD_GRAPH, "%s does not compile", what);
}

rill_status rill_sampler_report(const rill_program *failed, rill_status status,
                                rill_message *message)
{
    if (status == RILL_OK)
        return status;
    const char *why = failed ? rill_program_error(failed) : NULL;
    return rill_fail(message, status, "sampler: %s", why && *why ? why : rill_status_text(status));
}

rill_status rill_feed_number(rill_program *program, const rill_tensor *input, double value)
{
    union {
        float narrow;
        double wide;
    } number;
    rill_put_number(rill_dtype_of(input), &number, 0, value);
    return rill_feed(program, input, &number, 1);
}
