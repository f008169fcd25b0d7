#include "rows.h"

#include "base/alloc.h"
#include "core/rng.h"
#include "core/store.h"
#include "models/flow/source.h"

#include <pthread.h>
#include <string.h>

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

/* ---- Lanes. */

static void free_lane(const rill_lanes *lanes, void *lane)
{
    if (lane)
        lanes->empty(lane);
    rill_free(lane);
}

static rill_status add_lane(rill_lanes *lanes, rill_message *message)
{
    void *lane = rill_alloc_zeroed(1, lanes->size);
    rill_status status = lane ? lanes->fill(lanes->sampler, lane, message)
                              : rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    if (status)
        free_lane(lanes, lane);
    else
        lanes->lane[lanes->count++] = lane;
    return status;
}

rill_status rill_lanes_begin(rill_lanes *lanes, rill_message *message)
{
    return lanes->count ? RILL_OK : add_lane(lanes, message);
}

void rill_lanes_free(rill_lanes *lanes)
{
    for (int i = 0; i < lanes->count; i++)
        free_lane(lanes, lanes->lane[i]);
    lanes->count = 0;
}

/* Of those who share a request: one asks at a time whether to stop. */
struct rill_asking {
    const rill_interrupt *interrupt;
    pthread_mutex_t lock;
    rill_status answer;
};

rill_status rill_rows_ask(const rill_rows *rows)
{
    rill_asking *asking = rows->asking;
    const rill_interrupt *interrupt = asking->interrupt;
    pthread_mutex_lock(&asking->lock);
    if (!asking->answer && interrupt->asked && interrupt->asked(interrupt->self))
        asking->answer = RILL_INTERRUPTED;
    rill_status answer = asking->answer;
    pthread_mutex_unlock(&asking->lock);
    return rill_sampler_report(NULL, answer, rows->message);
}

typedef struct shared_rows {
    const rill_lanes *lanes;
    int64_t n;
    rill_asking asking;
    rill_rows_job *some;
    void *self;
} shared_rows;

static rill_status some_rows(void *self, int64_t number, int lane, rill_message *message)
{
    shared_rows *all = self;
    int64_t batch = all->lanes->batch, first = number * batch, rest = all->n - first;
    rill_rows rows = { .lane = all->lanes->lane[lane],
                       .first = first,
                       .count = rest < batch ? rest : batch,
                       .message = message,
                       .asking = &all->asking };
    rill_status status = all->some(all->self, &rows);
    return *message->text ? status : rill_sampler_report(NULL, status, message);
}

rill_status rill_rows_share(rill_lanes *lanes, int64_t n, const rill_interrupt *interrupt,
                            rill_rows_job *some, void *self, rill_message *message)
{
    shared_rows all = { lanes, n, { interrupt, PTHREAD_MUTEX_INITIALIZER, RILL_OK }, some, self };
    int64_t batches = n / lanes->batch + (n % lanes->batch > 0);
    int wanted = rill_share_lanes(batches);
    while (lanes->count < wanted && add_lane(lanes, NULL) == RILL_OK)
        continue;
    return rill_share(some_rows, &all, batches, wanted < lanes->count ? wanted : lanes->count,
                      message);
}

/* ---- Rows on their way. */

const void *rill_row_of(const void *array, int64_t row, size_t bytes)
{
    return (const unsigned char *)array + (size_t)row * bytes;
}

void rill_rows_take(void *rows, const void *array, int64_t first, int64_t count, size_t bytes)
{
    if (array)
        memcpy(rows, rill_row_of(array, first, bytes), (size_t)count * bytes);
}

void rill_rows_give(void *array, int64_t first, int64_t count, size_t bytes, const void *rows)
{
    if (array)
        memcpy((unsigned char *)array + (size_t)first * bytes, rows, (size_t)count * bytes);
}

void rill_start_rows(const rill_sampling *r, rill_dtype dtype, int64_t first, int64_t count,
                     int64_t width, void *rows)
{
    if (r->x0)
        rill_rows_take(rows, r->x0, first, count, (size_t)width * rill_dtype_size(dtype));
    else
        rill_normal_rows(dtype, rill_stream_key(r->seed, "noise"), 0, r->first + first, count,
                         width, rows);
}

void rill_count_work(rill_ode_counts *sum, const rill_ode_counts *some)
{
    if (!sum)
        return;
    __atomic_fetch_add(&sum->calls, some->calls, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->evaluations, some->evaluations, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->accepted, some->accepted, __ATOMIC_RELAXED);
    __atomic_fetch_add(&sum->rejected, some->rejected, __ATOMIC_RELAXED);
}

/* ---- Programs. */

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

rill_status rill_feed_rows(rill_program *program, const rill_tensor *input, void *rows,
                           int64_t count)
{
    if (!input)
        return RILL_OK;
    int64_t batch = rill_dim(input, 0);
    size_t bytes = (size_t)(rill_count(input) / batch) * rill_dtype_size(rill_dtype_of(input));
    for (int64_t i = count; i < batch; i++)
        rill_rows_give(rows, i, 1, bytes, rows);
    return rill_feed(program, input, rows, rill_count(input));
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
