/* Minibatch optimal transport: the permutation of the batch whose squared distances |x0 - x1|^2 add
 * up to the least.  Pooladian et al., "Multisample flow matching", 2023; Tong et al., "Improving
 * and generalizing flow-based generative models with minibatch optimal transport", 2024.
 *
 * `conditional-ot` adds to the squared distance what unlike conditions cost.  Before pairing x0[i]
 * has the condition of x1[i], so that noise is not pulled to the conditions whose data is near it,
 * and what a condition starts from is the whole source.  Cheng, Schwing: "The curse of conditions",
 * 2025. */
#include "base/alloc.h"
#include "models/flow/coupling.h"
#include "models/transport/assignment.h"

#include <math.h>
#include <string.h>

static void *room_new(int64_t rows)
{
    return rill_assignment_new(rows);
}

static void room_free(void *room)
{
    rill_assignment_free(room);
}

/* x0 stays in order, x1 moves. */
static rill_status pair_points(const rill_coupling_batch *batch, void *room, int64_t *from0,
                               int64_t *from1, const void *self, rill_message *message)
{
    (void)self, (void)from0;
    rill_point_pairs points = {
        .x0 = batch->x0, .x1 = batch->x1, .dtype = RILL_F32, .n = batch->rows, .dim = batch->width
    };
    return rill_assignment_of_points(room, &points, from1, NULL, message);
}

const rill_coupling rill_coupling_ot = {
    .name = "ot",
    .doc = "the permutation of a batch whose squared distances are least",
    .room_new = room_new,
    .room_free = room_free,
    .pair = pair_points,
};

/* ---- With conditions. */

/* The mean of |x0_i - x1_j|^2 over all i and j. */
static double mean_square(const rill_coupling_batch *batch)
{
    double sum = 0.0;
    for (int64_t j = 0; j < batch->width; j++) {
        double mean0 = 0.0, mean1 = 0.0, square = 0.0;
        for (int64_t i = 0; i < batch->rows; i++) {
            double a = (double)batch->x0[i * batch->width + j];
            double b = (double)batch->x1[i * batch->width + j];
            mean0 += a, mean1 += b, square += a * a + b * b;
        }
        sum += (square - 2.0 * mean0 * mean1 / (double)batch->rows) / (double)batch->rows;
    }
    return sum;
}

/* Rows [x, factor c]: their squared distance is |x0 - x1|^2 + factor^2 |c0 - c1|^2. */
static void lengthen(const rill_coupling_batch *batch, const float *x, double factor, float *out)
{
    int64_t width = batch->width, more = batch->vector;
    for (int64_t i = 0; i < batch->rows; i++, out += width + more) {
        memcpy(out, x + i * width, (size_t)width * sizeof *out);
        for (int64_t j = 0; j < more; j++)
            out[width + j] = (float)(factor * (double)batch->vectors[i * more + j]);
    }
}

static rill_status pair_vectors(const rill_coupling_batch *batch, void *room, int64_t *from1,
                                double weight, rill_message *message)
{
    size_t count = (size_t)batch->rows * (size_t)(batch->width + batch->vector);
    float *long0 = rill_alloc(count, sizeof *long0), *long1 = rill_alloc(count, sizeof *long1);
    rill_status status = RILL_NO_MEMORY;
    if (long0 && long1) {
        lengthen(batch, batch->x0, sqrt(weight), long0);
        lengthen(batch, batch->x1, sqrt(weight), long1);
        rill_point_pairs points = { .x0 = long0,
                                    .x1 = long1,
                                    .dtype = RILL_F32,
                                    .n = batch->rows,
                                    .dim = batch->width + batch->vector };
        status = rill_assignment_of_points(room, &points, from1, NULL, message);
    } else {
        rill_fail(message, status, "conditional-ot: no memory for %lld rows",
                  (long long)batch->rows);
    }
    rill_free(long0);
    rill_free(long1);
    return status;
}

static rill_status pair_conditions(const rill_coupling_batch *batch, void *room, int64_t *from0,
                                   int64_t *from1, const void *self, rill_message *message)
{
    (void)from0;
    double weight = *(const double *)self * mean_square(batch);
    if (batch->vectors)
        return pair_vectors(batch, room, from1, weight, message);
    if (!batch->labels)
        return rill_fail(message, RILL_BAD_ARGUMENT, "conditional-ot: there are no conditions");
    rill_point_pairs points = { .x0 = batch->x0,
                                .x1 = batch->x1,
                                .dtype = RILL_F32,
                                .n = batch->rows,
                                .dim = batch->width,
                                .labels0 = batch->labels,
                                .labels1 = batch->labels,
                                .weight = weight };
    return rill_assignment_of_points(room, &points, from1, NULL, message);
}

static const double standard[] = { 10.0 };
static const rill_parameter parameters[] = {
    { "weight",
      "what unlike labels cost, or vectors of conditions a squared distance of 1 apart, in mean "
      "squared distances of the batch",
      10.0, 0.0, 1e6 },
};

const rill_coupling rill_coupling_conditional_ot = {
    .name = "conditional-ot",
    .doc = "the same with a cost for unlike conditions",
    .room_new = room_new,
    .room_free = room_free,
    .pair = pair_conditions,
    .self = standard,
    .by_condition = 1,
    .parameters = { parameters, 1 },
};
