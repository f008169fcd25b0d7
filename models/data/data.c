#include "data.h"

#include "core/rng.h"
#include "sets.h"

#include <string.h>

static const rill_data_set sets[] = {
    { .name = "moons",
      .doc = "two half circles: 1.5 (cos a - .5, sin a - .25) and 1.5 (.5 - cos a, .25 - sin a), a "
             "uniform on "
             "(0,pi), noise of sd .075; label: which",
      .dim = 2,
      .classes = 2,
      .point = rill_data_moons },
    { .name = "checkerboard",
      .doc = "uniform on [-2,2]^2 where floor(x) + floor(y) is even, then divided by .45",
      .dim = 2,
      .point = rill_data_checkerboard },
    { .name = "8gaussians",
      .doc = "eight Gaussians of sd .1 on a circle of radius 2; label: which, counter-clockwise "
             "from (2,0)",
      .dim = 2,
      .classes = 8,
      .point = rill_data_8gaussians },
    { .name = "2spirals",
      .doc = "+-2.25 s (cos 3 pi s, sin 3 pi s), s the root of a uniform, noise of sd .05; label: "
             "the arm",
      .dim = 2,
      .classes = 2,
      .point = rill_data_2spirals },
    { .name = "swissroll",
      .doc = "2.25 s (cos 4.5 pi s, sin 4.5 pi s), s uniform on (1/3,1), noise of sd .05",
      .dim = 2,
      .point = rill_data_swissroll },
    { .name = "scurve",
      .doc = "1.2 (sin a, sign(a) (cos a - 1)), a uniform on (-1.5 pi, 1.5 pi), noise of sd .05",
      .dim = 2,
      .point = rill_data_scurve },
    { .name = "circles",
      .doc = "circles of radius 2 (label 0) and 1 (label 1), noise of sd .08",
      .dim = 2,
      .classes = 2,
      .point = rill_data_circles },
    { .name = "pinwheel",
      .doc = "1.4 (p, q) turned by 2 pi k/5 + .25 exp(p), p from N(1,.3^2), q from N(0,.1^2); "
             "label: the arm k",
      .dim = 2,
      .classes = 5,
      .point = rill_data_pinwheel },
    { .name = "1d-mixture",
      .doc = "N(-2,.3^2) (label 0) or N(2,.3^2) (label 1), equally likely",
      .dim = 1,
      .classes = 2,
      .point = rill_data_1d_mixture },
    { .name = "digits",
      .doc = "8x8 images of handwritten digits, 0..16 scaled to [-1,1] as v/8 - 1 (Alpaydin and "
             "Kaynak, UCI, 1998, CC BY 4.0); label: the digit",
      .dim = 64,
      .classes = 10,
      .train_count = RILL_DIGITS_TRAIN,
      .held_out_count = RILL_DIGITS_HELD_OUT,
      .row = rill_data_digits },
};

enum { SET_COUNT = sizeof sets / sizeof sets[0] };

int rill_data_count(void)
{
    return SET_COUNT;
}

const rill_data_set *rill_data_at(int i)
{
    return i >= 0 && i < SET_COUNT ? &sets[i] : NULL;
}

const rill_data_set *rill_data_find(const char *name)
{
    for (int i = 0; name && i < SET_COUNT; i++)
        if (strcmp(sets[i].name, name) == 0)
            return &sets[i];
    return NULL;
}

static rill_status check_set(const rill_data_set *set, rill_message *message)
{
    if (!set || (!set->point == !set->row))
        return rill_fail(message, RILL_BAD_ARGUMENT, "data: not a data set");
    if (set->dim < 1 || set->dim > RILL_DATA_MAX_DIM)
        return rill_fail(message, RILL_BAD_ARGUMENT, "data: %s: %lld numbers in a sample; 1 to %d",
                         set->name, (long long)set->dim, RILL_DATA_MAX_DIM);
    return RILL_OK;
}

static rill_status check_range(const rill_data_set *set, int held_out, int64_t first, int64_t n,
                               rill_message *message)
{
    int64_t count = held_out ? set->held_out_count : set->train_count;
    if (first < 0 || n < 0 || first > INT64_MAX - n)
        return rill_fail(message, RILL_BAD_ARGUMENT, "data: %s: no samples %lld to %lld + %lld",
                         set->name, (long long)first, (long long)first, (long long)n);
    if (set->row && first + n > count)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "data: %s: asked for %lld samples from %lld on; %s: %lld", set->name,
                         (long long)n, (long long)first,
                         held_out ? "those held out" : "those to train on", (long long)count);
    return RILL_OK;
}

static rill_status check_draw(const rill_data_set *set, int held_out, int64_t first, int64_t n,
                              const void *x, rill_message *message)
{
    rill_status status = check_set(set, message);
    if (status == RILL_OK)
        status = check_range(set, held_out, first, n, message);
    if (status == RILL_OK && !x && n > 0)
        status = rill_fail(message, RILL_BAD_ARGUMENT, "data: %s: no place to put the samples",
                           set->name);
    return status;
}

/* Sample i into x [dim].  The generator's step word tells held-out samples from those to train on:
 * under one key no counter serves both. */
static int32_t draw_one(const rill_data_set *set, uint64_t key, int held_out, int64_t i, double *x)
{
    if (set->row)
        return set->row(held_out ? set->train_count + i : i, x);
    double uniform[4];
    rill_stream_uniform(key, held_out ? 1 : 0, i, 0, 4, uniform);
    return set->point(uniform, x);
}

rill_status rill_data_draw(const rill_data_set *set, uint64_t seed, int held_out, int64_t first,
                           int64_t n, double *x, int32_t *labels, rill_message *message)
{
    rill_status status = check_draw(set, held_out, first, n, x, message);
    if (status != RILL_OK)
        return status;
    uint64_t key = rill_stream_key(seed, set->name);
    for (int64_t i = 0; i < n; i++) {
        int32_t label = draw_one(set, key, held_out, first + i, x + i * set->dim);
        if (labels)
            labels[i] = label;
    }
    return RILL_OK;
}

rill_status rill_data_draw_f32(const rill_data_set *set, uint64_t seed, int held_out, int64_t first,
                               int64_t n, float *x, int32_t *labels, rill_message *message)
{
    rill_status status = check_draw(set, held_out, first, n, x, message);
    if (status != RILL_OK)
        return status;
    uint64_t key = rill_stream_key(seed, set->name);
    double sample[RILL_DATA_MAX_DIM];
    for (int64_t i = 0; i < n; i++) {
        int32_t label = draw_one(set, key, held_out, first + i, sample);
        for (int64_t j = 0; j < set->dim; j++)
            x[i * set->dim + j] = (float)sample[j];
        if (labels)
            labels[i] = label;
    }
    return RILL_OK;
}
