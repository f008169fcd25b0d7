/* digits.c - the UCI's 8x8 handwritten digits (data/LICENSE-digits), compiled in. */
#include "sets.h"

enum { PIXELS = 64, IMAGES = RILL_DIGITS_TRAIN + RILL_DIGITS_HELD_OUT };

/* Made at build time from data/digits.npy and data/digits_labels.npy by tools/embed.c. */
extern const unsigned char rill_digits_pixels[IMAGES * PIXELS];
extern const unsigned char rill_digits_labels[IMAGES];

int32_t rill_data_digits(int64_t index, double *x)
{
    for (int64_t i = 0; i < PIXELS; i++)
        x[i] = rill_digits_pixels[index * PIXELS + i] / 8.0 - 1.0;
    return rill_digits_labels[index];
}
