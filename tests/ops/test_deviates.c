/* Deviates: every instruction set gives the bits of the reference, and those of f32 are right to 8
 * ulp. */
#include "core/rng.h"
#include "kernel_case.h"
#include "ops/random.h"
#include "ops/stream.h"
#include "ulp.h"
#include "value.h"

static const uint64_t seed = 20240611;

static const rill_op *const drawn[] = { &rill_uniform_op, &rill_normal_op };

/* Rows of one block and of some, of whole vectors and not; more than fill the lanes, and fewer. */
static const rill_shape shapes[] = {
    { 0, { 0 } },     { 1, { 1 } },       { 1, { 77 } },      { 2, { 40, 2 } },
    { 2, { 21, 3 } }, { 2, { 3, 5 } },    { 2, { 37, 9 } },   { 2, { 5, 64 } },
    { 2, { 2, 65 } }, { 2, { 33, 130 } }, { 2, { 2, 1003 } }, { 3, { 19, 2, 2 } },
    { 2, { 0, 3 } },  { 2, { 3, 0 } },    { 2, { 18, 16 } },  { 2, { 3, 257 } },
};

typedef struct draw_case {
    kernel_case c;
    rill_deviate_attrs attrs;
    int32_t step, row;
} draw_case;

static void draw_begin(draw_case *d, const rill_op *op, rill_dtype dtype, rill_shape shape)
{
    memset(d, 0, sizeof *d);
    d->attrs = (rill_deviate_attrs){ seed, dtype, shape };
    d->step = 11;
    d->row = INT32_MAX - 9; /* rows run beyond 2^31 */
    kernel_case *c = &d->c;
    c->in[0] = (rill_array_view){ RILL_I32, RILL_SCALAR, &d->step };
    c->in[1] = (rill_array_view){ RILL_I32, RILL_SCALAR, &d->row };
    c->call = (rill_call){ op, &d->attrs, 2, c->in, { dtype, shape, NULL } };
    c->bytes = (size_t)rill_shape_count(&shape) * rill_dtype_size(dtype);
    c->guarded = malloc(c->bytes + 2 * GUARD);
    c->call.out.data = c->guarded + GUARD;
}

/* And split in any way. */
static void same_as_reference(const rill_cpu_isa *isa, draw_case *d)
{
    const rill_op *op = d->c.call.op;
    const rill_kernel *kernel = rill_cpu_find_kernel(isa, op, d->attrs.dtype);
    ck_assert_ptr_nonnull(kernel);
    run_kernel(&d->c, &op->kernel, ALL_AT_ONCE);
    rill_array_view expected = output_copy(&d->c);
    for (int64_t at_a_time = 0; at_a_time <= 3; at_a_time++) {
        run_kernel(&d->c, kernel, at_a_time);
        ck_assert_msg(!memcmp(expected.data, d->c.call.out.data, d->c.bytes),
                      "%s %s %s, %lld at a time", isa->name, op->name,
                      rill_dtype_name(d->attrs.dtype), (long long)at_a_time);
    }
    free(expected.data);
}

START_TEST(every_instruction_set_gives_the_same_bits)
{
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++)
        for (int op = 0; op < 2; op++)
            for (rill_dtype dtype = RILL_F32; dtype <= RILL_F64; dtype++) {
                draw_case d;
                draw_begin(&d, drawn[op], dtype, shapes[_i]);
                same_as_reference(*isa, &d);
                free(d.c.guarded);
            }
}
END_TEST

/* Streams of the host take the fast way when they are long. */
START_TEST(a_long_stream_is_its_short_pieces)
{
    double whole[500], piece[500];
    for (int64_t first = 0; first < 9; first++) {
        rill_stream_normal(seed, 3, 5, first, 400, whole);
        for (int64_t i = 0; i < 400; i++)
            rill_stream_normal(seed, 3, 5, first + i, 1, piece + i);
        ck_assert(!memcmp(whole, piece, 400 * sizeof *whole));
    }
}
END_TEST

/* Words at the ends and where a formula gives way to another, and random ones. */
static uint32_t word_at(int i, uint64_t *state)
{
    static const uint32_t hard[] = { 0,           1,           0xFFFFFFFFu, 0xFFFFFFFEu,
                                     0xB504F333u, 0xB504F334u, 0x80000000u, 0x7FFFFFFFu,
                                     0x20000000u, 0x1FFFFFFFu, 0x60000000u, 0xE0000000u,
                                     0xDFFFFFFFu, 0x40000000u, 0x3FFFFFFFu };
    const int count = sizeof hard / sizeof *hard;
    return i < count ? hard[i] : (uint32_t)random_bits(state) >> random_bits(state) % 30;
}

START_TEST(f32_normals_are_right_to_8_ulp)
{
    uint64_t state = seed;
    double worst = 0;
    for (int i = 0; i < 200000; i++) {
        const uint32_t words[2] = { word_at(i % 1000, &state), word_at(i / 1000, &state) };
        float narrow[2];
        rill_normals_f32(words, 2, narrow);
        long double radius = sqrtl(-2 * logl(((long double)words[0] + 0.5L) * 0x1p-32L));
        uint32_t quarters = (words[1] + (UINT32_C(1) << 29)) >> 30;
        long double rest = (long double)(int32_t)(words[1] - (quarters << 30)) + 0.5L;
        long double angle = rest * 1.57079632679489661923132169L * 0x1p-30L;
        long double c = cosl(angle), s = sinl(angle);
        long double x = quarters & 1 ? -s : c, y = quarters & 1 ? c : s;
        if (quarters & 2)
            radius = -radius;
        worst = fmax(worst, ulps_f32(narrow[0], (double)(radius * x)));
        worst = fmax(worst, ulps_f32(narrow[1], (double)(radius * y)));
    }
    ck_assert_msg(worst <= 8, "%g ulp, seed %llu", worst, (unsigned long long)seed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deviates");
    TCase *bits = tcase_create("bits");
    tcase_add_loop_test(bits, every_instruction_set_gives_the_same_bits, 0,
                        sizeof shapes / sizeof *shapes);
    tcase_add_test(bits, a_long_stream_is_its_short_pieces);
    tcase_add_test(bits, f32_normals_are_right_to_8_ulp);
    suite_add_tcase(suite, bits);
    return run_suite(suite);
}
