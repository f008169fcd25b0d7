#include "batches.h"

#include "base/ahead.h"
#include "core/rng.h"
#include "models/flow/source.h"

#include <stdlib.h>

/* The memory of one batch: as drawn, and as paired. */
typedef struct slot {
    rill_pairing *pairing;
    float *x0, *x1, *paired0, *paired1; /* [rows, width] */
    void *cond, *paired_cond;
    int64_t *from0, *from1; /* [rows] */
} slot;

struct cli_batches {
    const cli_source *data, *start;
    rill_coupling coupling;
    int64_t rows, width;
    uint64_t seed, start_seed; /* equal: the same rows of both, which are pairs already */
    size_t condition;          /* bytes of one; 0: none */
    int slots;
    slot *slot; /* [slots] */
    rill_ahead *ahead;
};

/* 1 when rows are moved to make pairs. */
static int pairs(const cli_batches *b)
{
    return b->coupling.pair != NULL;
}

int cli_batches_have_x0(const cli_batches *b)
{
    return b->start || pairs(b);
}

/* ---- One batch. */

static rill_status draw(const cli_batches *b, int64_t step, slot *s, rill_message *message)
{
    rill_status status =
        cli_source_draw(b->data, b->seed, step, 0, b->rows, s->x1, s->cond, message);
    if (status == RILL_OK && b->start)
        status = cli_source_draw(b->start, b->start_seed, step, 0, b->rows, s->x0, NULL, message);
    else if (status == RILL_OK && pairs(b))
        rill_normal_rows(RILL_F32, rill_stream_key(b->seed, "noise"), (uint32_t)step, 0, b->rows,
                         b->width, s->x0);
    return status;
}

static rill_status pair(const cli_batches *b, int64_t step, slot *s, rill_message *message)
{
    rill_coupling_batch batch = {
        .rows = b->rows,
        .width = b->width,
        .x0 = s->x0,
        .x1 = s->x1,
        .labels = b->data->classes ? s->cond : NULL,
        .vectors = b->data->vectors ? s->cond : NULL,
        .vector = b->data->vector,
        .seed = b->seed,
        .step = step,
    };
    rill_status status = rill_pairing_find(s->pairing, &batch, s->from0, s->from1, message);
    if (status != RILL_OK)
        return status;
    size_t row = (size_t)b->width * sizeof(float);
    rill_take_rows(s->paired0, s->x0, s->from0, b->rows, row);
    rill_take_rows(s->paired1, s->x1, s->from1, b->rows, row);
    rill_take_rows(s->paired_cond, s->cond, s->from1, b->rows, b->condition);
    return RILL_OK;
}

static rill_status make(void *self, int64_t step, int number, rill_message *message)
{
    cli_batches *b = self;
    slot *s = &b->slot[number];
    rill_status status = draw(b, step, s, message);
    return status == RILL_OK && pairs(b) ? pair(b, step, s, message) : status;
}

/* ---- All of them. */

static int slot_make(const cli_batches *b, slot *s, rill_message *message)
{
    size_t rows = (size_t)b->rows, bytes = rows * (size_t)b->width * sizeof(float);
    s->x1 = malloc(bytes);
    s->cond = malloc(rows * b->condition + 1);
    int whole = s->x1 && s->cond;
    if (cli_batches_have_x0(b))
        whole = (s->x0 = malloc(bytes)) && whole;
    if (!pairs(b) || !whole)
        return whole;
    s->paired0 = malloc(bytes);
    s->paired1 = malloc(bytes);
    s->paired_cond = malloc(rows * b->condition + 1);
    s->from0 = malloc(rows * sizeof *s->from0);
    s->from1 = malloc(rows * sizeof *s->from1);
    s->pairing = rill_pairing_new(&b->coupling, b->rows, message);
    return s->paired0 && s->paired1 && s->paired_cond && s->from0 && s->from1 && s->pairing;
}

static void slot_free(slot *s)
{
    rill_pairing_free(s->pairing);
    void *const memory[] = { s->x0,   s->x1,          s->paired0, s->paired1,
                             s->cond, s->paired_cond, s->from0,   s->from1 };
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        free(memory[i]);
}

static size_t condition_bytes(const cli_source *data)
{
    return data->classes ? sizeof(int32_t) : (size_t)data->vector * sizeof(float);
}

/* Threads take jobs of different lengths: two batches in hand for each. */
static int slots_for(int threads)
{
    return 1 + 2 * threads;
}

static rill_status make_slots(cli_batches *b, int count, rill_message *message)
{
    rill_fail(message, RILL_NO_MEMORY, "out of memory for a batch of %lld", (long long)b->rows);
    b->slot = calloc((size_t)count, sizeof *b->slot);
    if (!b->slot)
        return RILL_NO_MEMORY;
    b->slots = count;
    for (int i = 0; i < count; i++)
        if (!slot_make(b, &b->slot[i], message))
            return RILL_NO_MEMORY;
    return RILL_OK;
}

cli_batches *cli_batches_new(cli_model *model, const cli_source *data, const cli_source *start,
                             int spare, rill_message *message)
{
    cli_batches *b = calloc(1, sizeof *b);
    if (!b) {
        rill_fail(message, RILL_NO_MEMORY, "out of memory for batches");
        return NULL;
    }
    uint64_t seed = (uint64_t)model->setting[TRAIN_SEED].whole;
    *b = (cli_batches){ .data = data,
                        .start = start,
                        .coupling = cli_model_coupling(model),
                        .rows = model->setting[TRAIN_BATCH].whole,
                        .width = model->width,
                        .seed = seed,
                        .start_seed = model->setting[TRAIN_X0].text ? seed : cli_start_seed(seed),
                        .condition = condition_bytes(data) };
    int threads = pairs(b) ? spare : 0, count = slots_for(threads);
    rill_status status = make_slots(b, count, message);
    if (status == RILL_OK && !(b->ahead = rill_ahead_new(make, b, model->done, count, threads)))
        status = rill_fail(message, RILL_NO_MEMORY, "out of memory for batches");
    if (status == RILL_OK)
        return b;
    cli_batches_free(b);
    return NULL;
}

void cli_batches_free(cli_batches *b)
{
    if (!b)
        return;
    rill_ahead_free(b->ahead);
    for (int i = 0; i < b->slots; i++)
        slot_free(&b->slot[i]);
    free(b->slot);
    free(b);
}

rill_status cli_batches_next(cli_batches *b, cli_batch *batch, rill_message *message)
{
    int number;
    rill_status status = rill_ahead_next(b->ahead, &number, message);
    const slot *s = &b->slot[number];
    if (status == RILL_OK && pairs(b))
        *batch = (cli_batch){ s->paired0, s->paired1, s->paired_cond };
    else if (status == RILL_OK)
        *batch = (cli_batch){ s->x0, s->x1, s->cond };
    return status;
}
