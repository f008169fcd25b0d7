/* The pictures: every kind in every format, the same bytes every time, and clear words for what
 * cannot be drawn. */
#include "tests/suite.h"
#include "tools/plot/palette.h"
#include "tools/plot/plot.h"
#include "tools/plot/scale.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The macros of math.h are floats. */
#define NO_NUMBER ((double)NAN)
#define INF       ((double)INFINITY)

enum { N = 60 };

static char folder[] = "/tmp/rill-plot-XXXXXX";
static double numbers[4 * N];

/* One input that each kind can draw, in the order of plot_kinds. */
static const plot_array examples[] = {
    { "moons", numbers, 2, { N, 2 } },        { "ways", numbers, 3, { 4, N / 4, 2 } },
    { "t = 0", numbers, 2, { N, 4 } },        { "density", numbers, 2, { N, 4 } },
    { "run", numbers, 2, { 2 * N, 2 } },      { "curve", numbers, 2, { N, 3 } },
    { "digits", numbers, 2, { N / 16, 64 } },
};

/* Smooth, of both signs, nowhere constant. */
static void make_numbers(void)
{
    for (int i = 0; i < 4 * N; i++)
        numbers[i] = 2 * sin(.7 * i) + cos(3.1 * i);
    ck_assert(mkdtemp(folder) != NULL);
}

static void remove_folder(void)
{
    rmdir(folder);
}

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* The bytes of a file, which is removed. */
static char *take_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s was not written", path);
    char *bytes = malloc((1 << 22) + 1);
    *size = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    ck_assert_int_eq(remove(path), 0);
    return bytes;
}

static char *draw(const plot_kind *kind, const plot_array *arrays, int count,
                  const plot_options *options, const char *name, size_t *size)
{
    rill_message message = { "" };
    rill_status status = kind->draw(arrays, count, options, in_folder(name), &message);
    ck_assert_msg(status == RILL_OK, "%s: %s", name, message.text);
    return take_file(in_folder(name), size);
}

static uint32_t big_endian(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void expect_png(const char *bytes, size_t size)
{
    ck_assert_uint_gt(size, 60);
    ck_assert_mem_eq(bytes, "\x89PNG\r\n\x1a\n", 8);
    ck_assert_mem_eq(bytes + 12, "IHDR", 4);
    uint32_t width = big_endian(bytes + 16), height = big_endian(bytes + 20);
    ck_assert(width > 100 && width < 4000 && height > 100 && height < 4000);
    ck_assert_mem_eq(bytes + size - 8, "IEND", 4);
}

static void expect_svg(const char *bytes, size_t size)
{
    ck_assert_mem_eq(bytes, "<?xml", 5);
    ck_assert_mem_eq(bytes + size - 7, "</svg>\n", 7);
}

static void expect_pdf(const char *bytes, size_t size)
{
    ck_assert_mem_eq(bytes, "%PDF-", 5);
    ck_assert_mem_eq(bytes + size - 6, "%%EOF\n", 6);
}

static const struct format {
    const char *extension;
    void (*expect)(const char *bytes, size_t size);
} formats[] = { { "png", expect_png }, { "svg", expect_svg }, { "pdf", expect_pdf } };

enum { KINDS = sizeof examples / sizeof *examples, FORMATS = sizeof formats / sizeof *formats };

/* Twice, with the whole set in between: nothing may depend on what was drawn before. */
START_TEST(every_kind_in_every_format_with_the_same_bytes)
{
    char name[32], *first[KINDS][FORMATS];
    size_t sizes[KINDS][FORMATS], size;
    for (int again = 0; again < 2; again++)
        for (int k = 0; k < KINDS; k++)
            for (int f = 0; f < FORMATS; f++) {
                snprintf(name, sizeof name, "picture.%s", formats[f].extension);
                char *bytes = draw(&plot_kinds[k], &examples[k], 1, NULL, name, &size);
                formats[f].expect(bytes, size);
                if (!again) {
                    first[k][f] = bytes;
                    sizes[k][f] = size;
                    continue;
                }
                ck_assert_msg(size == sizes[k][f] && !memcmp(bytes, first[k][f], size),
                              "%s.%s differs the second time", plot_kinds[k].name,
                              formats[f].extension);
                free(first[k][f]);
                free(bytes);
            }
}
END_TEST

START_TEST(different_data_give_different_pictures)
{
    size_t a_size, b_size;
    plot_array shorter = { "moons", numbers, 2, { N / 2, 2 } };
    char *a = draw(&plot_kinds[0], &examples[0], 1, NULL, "a.png", &a_size);
    char *b = draw(&plot_kinds[0], &shorter, 1, NULL, "b.png", &b_size);
    ck_assert(a_size != b_size || memcmp(a, b, a_size));
    free(a);
    free(b);
}
END_TEST

START_TEST(the_table_of_kinds_is_found_by_name)
{
    for (int k = 0; k < KINDS; k++)
        ck_assert_ptr_eq(plot_find(plot_kinds[k].name), &plot_kinds[k]);
    ck_assert_ptr_null(plot_kinds[KINDS].name);
    ck_assert_ptr_null(plot_find("pie"));
    ck_assert_ptr_null(plot_find(NULL));
}
END_TEST

/* Inputs at the edge of what can be drawn, all of them fine. */
static const double point[] = { 1.5, -2, 0, 0 }, huge[] = { 1e100, -1e100, 3e38, 1 },
                    tiny[] = { 1e-300, 2e-300, 3e-300, 4e-300 }, same[] = { 5, 5, 5, 5 },
                    holes[] = { 1, 2, NO_NUMBER, 3, 4, INF, 5, 6 };

static const struct edge {
    const char *kind;
    plot_array array;
    plot_options options;
    const char *says; /* in the message that comes with RILL_OK */
} edges[] = {
    { "samples", { "one", point, 2, { 1, 2 } }, { 0 }, "" },
    { "samples", { "one", point, 1, { 1 } }, { 0 }, "" },
    { "samples", { NULL, same, 2, { 4, 1 } }, { 0 }, "" },
    { "samples", { NULL, huge, 2, { 2, 2 } }, { 0 }, "" },
    { "samples", { NULL, huge, 1, { 4 } }, { 0 }, "" },
    { "samples", { NULL, tiny, 2, { 2, 2 } }, { 0 }, "" },
    { "samples", { NULL, tiny, 1, { 4 } }, { .bins = INT64_MAX }, "" },
    { "samples", { "holes", holes, 2, { 4, 2 } }, { 0 }, "2 of 4 points not finite" },
    { "samples", { "holes", holes, 1, { 8 } }, { 0 }, "2 of 8 points not finite" },
    { "samples", { "\xff\xfe caf\xc3\xa9 \x01", point, 2, { 2, 2 } }, { .title = "\x80" }, "" },
    { "trajectories", { NULL, point, 3, { 1, 1, 2 } }, { 0 }, "" },
    { "trajectories", { NULL, same, 3, { 2, 2, 1 } }, { 0 }, "" },
    { "trajectories", { NULL, huge, 3, { 2, 2, 1 } }, { 0 }, "" },
    { "trajectories", { NULL, holes, 3, { 2, 4, 1 } }, { 0 }, "2 of 4 trajectories not finite" },
    { "field", { NULL, point, 2, { 1, 4 } }, { 0 }, "" },
    { "field", { NULL, point, 2, { 1, 3 } }, { 0 }, "" },
    { "field", { NULL, huge, 2, { 1, 4 } }, { 0 }, "" },
    { "density", { NULL, point, 2, { 1, 1 } }, { 0 }, "" },
    { "density", { NULL, same, 2, { 2, 2 } }, { .x_low = NO_NUMBER, .x_high = 1 }, "" },
    { "density", { NULL, holes, 2, { 2, 4 } }, { 0 }, "2 of 8 squares not finite" },
    { "density", { NULL, holes, 2, { 4, 2 } }, { .bins = 8 }, "2 of 4 points not finite" },
    { "density", { NULL, huge, 2, { 1, 4 } }, { 0 }, "" },
    { "loss", { NULL, point, 2, { 1, 2 } }, { 0 }, "" },
    { "loss", { NULL, huge, 2, { 2, 2 } }, { 0 }, "" },
    { "loss", { NULL, tiny, 2, { 2, 2 } }, { .linear = 1 }, "" },
    { "loss", { NULL, holes, 2, { 4, 2 } }, { 0 }, "2 of 4 steps not finite" },
    { "lines", { NULL, point, 2, { 1, 2 } }, { 0 }, "" },
    { "lines", { NULL, point, 2, { 1, 3 } }, { .reference = 1 }, "" },
    { "lines", { NULL, huge, 2, { 2, 2 } }, { 0 }, "" },
    { "lines", { NULL, tiny, 2, { 2, 2 } }, { .linear = 1 }, "" },
    { "lines", { NULL, holes, 2, { 4, 2 } }, { 0 }, "2 of 4 points not finite" },
    { "images", { NULL, point, 2, { 1, 4 } }, { 0 }, "" },
    { "images", { NULL, same, 3, { 2, 1, 2 } }, { 0 }, "" },
    { "images", { NULL, holes, 2, { 2, 4 } }, { 0 }, "2 of 2 images not finite" },
};

START_TEST(edges_are_drawn)
{
    const struct edge *edge = &edges[_i];
    rill_message message = { "old text" };
    rill_status status =
        plot_find(edge->kind)
            ->draw(&edge->array, 1, &edge->options, in_folder("edge.png"), &message);
    ck_assert_msg(status == RILL_OK, "%s: %s", edge->kind, message.text);
    ck_assert_msg(strstr(message.text, edge->says) && !*edge->says == !*message.text,
                  "%s says \"%s\", not \"%s\"", edge->kind, message.text, edge->says);
    size_t size;
    char *bytes = take_file(in_folder("edge.png"), &size);
    expect_png(bytes, size);
    free(bytes);
}
END_TEST

static const double nothing[] = { NO_NUMBER, INF, -INF, 1e300 },
                    crossed[] = { NO_NUMBER, 1, 1, NO_NUMBER };

static const struct refusal {
    const char *kind;
    plot_array array;
    int count;
    const char *file, *says;
} refusals[] = {
    { "samples", { "a", numbers, 2, { 20, 3 } }, 1, "x.png", "shape [20,3]; wanted [N,2]" },
    { "samples", { "a", numbers, 2, { 0, 2 } }, 1, "x.png", "a is empty: [0,2]" },
    { "samples", { NULL, numbers, 2, { 0, 2 } }, 1, "x.png", "array 1 is empty" },
    { "samples", { "a", NULL, 2, { 4, 2 } }, 1, "x.png", "has no values" },
    { "samples", { "a", nothing, 1, { 4 } }, 1, "x.png", "has no finite value" },
    { "samples", { "a", crossed, 2, { 2, 2 } }, 1, "x.png", "no finite point" },
    { "samples", { "a", numbers, 0, { 1 } }, 1, "x.png", "rank 0" },
    { "samples", { "a", numbers, 9, { 1 } }, 1, "x.png", "rank 9" },
    { "samples", { "a", numbers, 2, { -4, 2 } }, 1, "x.png", "size that no array has" },
    { "samples", { "a", numbers, 3, { INT64_MAX, INT64_MAX, 2 } }, 1, "x.png", "no array has" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, 0, "x.png", "takes 1 to 16 arrays; 0 given" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, -1, "x.png", "-1 given" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, 17, "x.png", "17 given" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, 1, "x.gif", ".png, .svg or .pdf" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, 1, "png", ".png, .svg or .pdf" },
    { "samples", { "a", numbers, 2, { 4, 2 } }, 1, "none/x.png", "none" },
    { "trajectories", { "T", numbers, 3, { 4, 5, 3 } }, 1, "x.svg", "shape [4,5,3]" },
    { "trajectories", { "T", numbers, 1, { 4 } }, 1, "x.svg", "shape [4]" },
    { "trajectories", { "T", numbers, 2, { 2, 2 } }, 1, "x.svg", "shape [2,2]" },
    { "trajectories", { "T", crossed, 3, { 2, 2, 1 } }, 1, "x.svg", "each of the 2" },
    { "trajectories", { "T", numbers, 3, { 2, 2, 1 } }, 2, "x.svg", "takes 1 to 1 arrays" },
    { "field", { "v", numbers, 2, { 4, 2 } }, 1, "x.pdf", "shape [4,2]" },
    { "field", { "v", crossed, 2, { 1, 4 } }, 1, "x.pdf", "no row is finite" },
    { "density", { "p", numbers, 1, { 4 } }, 1, "x.pdf", "shape [4]" },
    { "density", { "p", numbers, 2, { 5000, 1 } }, 1, "x.pdf", "4096" },
    { "loss", { "l", numbers, 2, { 4, 3 } }, 1, "x.png", "rows (step, loss)" },
    { "loss", { "l", crossed, 2, { 2, 2 } }, 1, "x.png", "no row is finite" },
    { "lines", { "l", numbers, 2, { 4, 4 } }, 1, "x.png", "rows (x, y) or (x, y, spread)" },
    { "lines", { "l", crossed, 2, { 2, 2 } }, 1, "x.png", "no row is finite" },
    { "images", { "x", numbers, 2, { 4, 5 } }, 1, "x.png", "shape [4,5]" },
};

START_TEST(refusals_say_what_was_given_and_leave_no_file)
{
    const struct refusal *refusal = &refusals[_i];
    rill_message message = { "" };
    const plot_kind *kind = plot_find(refusal->kind);
    rill_status status =
        kind->draw(&refusal->array, refusal->count, NULL, in_folder(refusal->file), &message);
    ck_assert_msg(status != RILL_OK, "%s drew %s", refusal->kind, refusal->file);
    ck_assert_msg(strstr(message.text, refusal->says), "%s says \"%s\", not \"%s\"", refusal->kind,
                  message.text, refusal->says);
    ck_assert_int_ne(access(in_folder(refusal->file), F_OK), 0);
    ck_assert_int_eq(
        kind->draw(&refusal->array, refusal->count, NULL, in_folder(refusal->file), NULL), status);
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    for (const plot_kind *kind = plot_kinds; kind->name; kind++) {
        ck_assert_int_eq(kind->draw(NULL, 1, NULL, in_folder("x.png"), NULL), RILL_BAD_ARGUMENT);
        ck_assert_int_eq(kind->draw(NULL, 2, NULL, in_folder("x.png"), NULL), RILL_BAD_ARGUMENT);
        ck_assert_int_eq(kind->draw(examples, 1, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
        ck_assert_int_eq(kind->draw(examples, 1, NULL, "", NULL), RILL_BAD_ARGUMENT);
    }
}
END_TEST

START_TEST(arrays_of_unlike_shapes_do_not_share_a_picture)
{
    const plot_array samples[] = { { "a", numbers, 2, { 4, 2 } }, { "b", numbers, 1, { 4 } } };
    const plot_array field[] = { { "a", numbers, 2, { 4, 4 } }, { "b", numbers, 2, { 4, 3 } } };
    const plot_array images[] = { { "a", numbers, 2, { 4, 4 } }, { "b", numbers, 1, { 3 } } };
    rill_message message;
    const char *path = in_folder("x.png");
    ck_assert_int_eq(plot_samples(samples, 2, NULL, path, &message), RILL_BAD_ARGUMENT);
    ck_assert(strstr(message.text, "1 and of 2") != NULL);
    ck_assert_int_eq(plot_field(field, 2, NULL, path, &message), RILL_BAD_ARGUMENT);
    ck_assert(strstr(message.text, "3 and of 4") != NULL);
    ck_assert_int_eq(plot_images(images, 2, NULL, path, &message), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(message.text, "images: 4 images, 3 captions");
}
END_TEST

/* A pixel beyond the range is drawn as the range's end. */
START_TEST(images_are_cut_to_the_range)
{
    double cut[4 * N];
    const plot_options range = { .low = -1, .high = 1 };
    const plot_array wild = { "a", numbers, 2, { N, 4 } }, tame = { "a", cut, 2, { N, 4 } };
    size_t size, again;
    for (int i = 0; i < 4 * N; i++)
        cut[i] = fmin(fmax(numbers[i], -1), 1);
    ck_assert_int_eq(plot_images(&wild, 1, &range, in_folder("a.png"), NULL), RILL_OK);
    ck_assert_int_eq(plot_images(&tame, 1, &range, in_folder("b.png"), NULL), RILL_OK);
    char *a = take_file(in_folder("a.png"), &size), *b = take_file(in_folder("b.png"), &again);
    ck_assert(size == again && memcmp(a, b, size) == 0);
    free(a);
    free(b);
}
END_TEST

START_TEST(several_arrays_share_a_picture)
{
    const plot_array images[] = { { "a", numbers, 2, { 4, 4 } }, { "b", numbers, 1, { 4 } } };
    plot_array many[PLOT_MAX_ARRAYS];
    size_t size;
    for (int i = 0; i < PLOT_MAX_ARRAYS; i++)
        many[i] = examples[0];
    const plot_options overlay = { .overlay = 1, .title = "all", .x_label = "a", .y_label = "b" };
    free(draw(plot_find("samples"), many, PLOT_MAX_ARRAYS, NULL, "many.png", &size));
    free(draw(plot_find("samples"), many, PLOT_MAX_ARRAYS, &overlay, "many.png", &size));
    free(draw(plot_find("density"), many, 3, &(plot_options){ .bins = 4 }, "many.png", &size));
    free(draw(plot_find("loss"), many, 2, NULL, "many.png", &size));
    free(draw(plot_find("lines"), many, 2, &(plot_options){ .reference = 1 }, "many.png", &size));
    free(draw(plot_find("images"), images, 2, NULL, "many.png", &size));
}
END_TEST

/* The last colour that something in the SVG text is filled with, in percent; 0 when there is none.
 */
static int last_fill(const char *text, double rgb[3])
{
    int found = 0;
    for (const char *at = text; (at = strstr(at, "fill")); at++) {
        const char *color = strstr(at, "rgb(");
        if (color && color - at < 8)
            found = sscanf(color, "rgb(%lf%%,%lf%%,%lf%%)", &rgb[0], &rgb[1], &rgb[2]) == 3;
    }
    return found;
}

/* The few are not hidden under the many, whichever comes first. */
START_TEST(the_few_are_drawn_on_top)
{
    const plot_array few = { "few", numbers, 2, { 1, 2 } }, many = examples[0];
    const plot_options overlay = { .overlay = 1 };
    for (int last = 0; last < 2; last++) {
        size_t size;
        double rgb[3];
        const plot_array both[] = { last ? many : few, last ? few : many };
        char *text = draw(plot_find("samples"), both, 2, &overlay, "few.svg", &size);
        text[size] = '\0';
        plot_color c = plot_series_color(last);
        ck_assert(last_fill(text, rgb));
        ck_assert_double_lt(fabs(rgb[0] - 100 * c.r) + fabs(rgb[2] - 100 * c.b), 1);
        free(text);
    }
}
END_TEST

START_TEST(a_floor_is_in_the_picture)
{
    size_t plain, with;
    double floor = -40;
    const plot_options low = { .floor = &floor, .linear = 1 };
    char *a = draw(plot_find("loss"), &examples[4], 1, NULL, "floor.svg", &plain);
    char *b = draw(plot_find("loss"), &examples[4], 1, &low, "floor.svg", &with);
    a[plain] = b[with] = '\0';
    ck_assert_ptr_null(strstr(a, "stroke-dasharray"));
    ck_assert_ptr_nonnull(strstr(b, "stroke-dasharray"));
    free(a);
    free(b);
    floor = NO_NUMBER;
    free(draw(plot_find("loss"), &examples[4], 1, &low, "floor.svg", &with));
}
END_TEST

/* The two least places, in points from the left, at which letters of the SVG text stand. */
static void leftmost_letters(const char *text, double place[2])
{
    place[0] = place[1] = 1e9;
    for (const char *at = text; (at = strstr(at, "<use ")); at++) {
        const char *x = strstr(at, " x=\"");
        double value = x ? atof(x + 4) : 1e9;
        if (value < place[0]) {
            place[1] = place[0];
            place[0] = value;
        } else if (value > place[0] && value < place[1]) {
            place[1] = value;
        }
    }
}

/* The name of the axis, whose letters all stand at one place, moves out of the way of its numbers:
 * small letters of 10.5 points reach 2 under their line. */
START_TEST(long_numbers_leave_room_for_the_name_of_their_axis)
{
    size_t size;
    double place[2];
    const double values[] = { 0, .0012, 1, .0004 };
    const plot_array small = { "small", values, 2, { 2, 2 } };
    const plot_options loss = { .y_label = "loss" };
    char *text = draw(plot_find("loss"), &small, 1, &loss, "small.svg", &size);
    text[size] = '\0';
    leftmost_letters(text, place);
    ck_assert_double_ge(place[1] - place[0], 5);
    ck_assert_double_ge(place[0], 10);
    free(text);
}
END_TEST

struct taken {
    char bytes[1 << 18];
    size_t size;
};

static rill_status take(void *self, const void *bytes, size_t size)
{
    struct taken *taken = self;
    ck_assert_uint_le(taken->size + size, sizeof taken->bytes);
    memcpy(taken->bytes + taken->size, bytes, size);
    taken->size += size;
    return RILL_OK;
}

START_TEST(a_sink_gets_the_bytes_that_a_file_would)
{
    static struct taken taken;
    const rill_sink sink = { take, &taken };
    const plot_options to_sink = { .sink = &sink };
    size_t size;
    char *file = draw(plot_find("lines"), &examples[5], 1, NULL, "lines.svg", &size);
    ck_assert_int_eq(plot_lines(&examples[5], 1, &to_sink, "none/lines.svg", NULL), RILL_OK);
    ck_assert_uint_eq(taken.size, size);
    ck_assert_mem_eq(taken.bytes, file, size);
    free(file);
}
END_TEST

/* A range is padded by a share of its length as it looks on the axis. */
START_TEST(ranges_over_decades_are_padded_evenly)
{
    ck_assert(plot_range_spans((plot_range){ 1, 21 }, 20) &&
              !plot_range_spans((plot_range){ 1, 20 }, 20));
    ck_assert(!plot_range_spans((plot_range){ 0, 21 }, 20) &&
              !plot_range_spans((plot_range){ -1, 21 }, 20));
    plot_range padded = plot_range_pad_for((plot_range){ .01, 100 }, .25, 1);
    ck_assert_double_eq_tol(padded.low, .001, 1e-15); /* a quarter of four decades, in rounding */
    ck_assert_double_eq_tol(padded.high, 1000, 1e-9);
}
END_TEST

/* Twenty times as many points make no larger a file: what the eye cannot tell apart is left out. */
START_TEST(very_many_points_are_thinned)
{
    enum { MANY = 200000 };
    double *values = malloc(2 * MANY * sizeof *values);
    for (int i = 0; i < 2 * MANY; i++)
        values[i] = sin(.1 * i * (1 + i % 7));
    const plot_array points = { "many", values, 2, { MANY, 2 } };
    rill_message message;
    size_t size;
    ck_assert_int_eq(plot_samples(&points, 1, NULL, in_folder("many.svg"), &message), RILL_OK);
    ck_assert(strstr(message.text, "of 200000 points shown") != NULL);
    free(take_file(in_folder("many.svg"), &size));
    ck_assert_uint_lt(size, 3000000);
    ck_assert_int_eq(plot_loss(&points, 1, NULL, in_folder("many.svg"), &message), RILL_OK);
    ck_assert_str_eq(message.text, "");
    free(take_file(in_folder("many.svg"), &size));
    ck_assert_uint_lt(size, 300000);
    free(values);
}
END_TEST

START_TEST(without_cairo_every_picture_says_so)
{
    for (int k = 0; k < KINDS; k++) {
        rill_message message = { "" };
        ck_assert_int_eq(plot_kinds[k].draw(&examples[k], 1, NULL, in_folder("x.png"), &message),
                         RILL_UNSUPPORTED);
        ck_assert(strstr(message.text, "without cairo") != NULL);
    }
}
END_TEST

/* Any range, linear or not: ticks rise, lie within, are few, and their labels tell them apart. */
START_TEST(ticks_are_round_and_within)
{
    for (int i = 0; i < 2000; i++) {
        double low = pow(10, fmod(i * 1.37, 24) - 12), ratio = 1 + pow(10, fmod(i * .71, 9) - 3);
        int logarithmic = i % 2;
        plot_range range = { logarithmic || i % 3 ? low : -low, low * ratio };
        const plot_scale scale = { range, 0, 400, logarithmic };
        plot_ticks ticks = plot_ticks_of(&scale, 2 + i % 9);
        ck_assert(ticks.count <= PLOT_MAX_TICKS && (logarithmic || ticks.count >= 1));
        for (int k = 0; k < ticks.count; k++) {
            double place = plot_place(&scale, ticks.value[k]);
            ck_assert_msg(place > -.01 && place < 400.01, "tick %g in [%g, %g] at %g",
                          ticks.value[k], range.low, range.high, place);
            ck_assert(k == 0 || ticks.value[k] > ticks.value[k - 1]);
        }
    }
}
END_TEST

START_TEST(labels_are_the_numbers)
{
    static const struct {
        plot_range range;
        const char *first, *last;
    } cases[] = {
        { { 0, 1 }, "0.0", "1.0" },          { { -3, 3 }, "\xe2\x88\x92\x33", "3" },
        { { 0, 20000 }, "0", "20k" },        { { 0, 5e6 }, "0", "5M" },
        { { 0, .001 }, "0.0000", "0.0010" }, { { 0, 1e-7 }, "0", "1e-07" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plot_ticks ticks = plot_ticks_of(&(plot_scale){ cases[i].range, 0, 1, 0 }, 6);
        ck_assert_str_eq(ticks.text[0], cases[i].first);
        ck_assert_str_eq(ticks.text[ticks.count - 1], cases[i].last);
    }
}
END_TEST

static double luminance(plot_color color)
{
    return .2126 * pow(color.r, 2.2) + .7152 * pow(color.g, 2.2) + .0722 * pow(color.b, 2.2);
}

/* Gray paper and colour-blind eyes see lightness alone. */
START_TEST(the_colour_map_grows_lighter)
{
    for (int i = 1; i <= 256; i++)
        ck_assert_double_gt(luminance(plot_map(i / 256.)), luminance(plot_map((i - 1) / 256.)));
    ck_assert_double_lt(luminance(plot_map(-1)), .05);
    ck_assert_double_gt(luminance(plot_map(2)), .7);
    ck_assert_double_eq(luminance(plot_map(NO_NUMBER)), luminance(plot_map(0)));
}
END_TEST

START_TEST(quantiles_skip_what_is_not_finite)
{
    const double values[] = { 3, NO_NUMBER, 1, INF, 2, 5, 4, -1e300 };
    ck_assert_double_eq(plot_quantile(values, 8, 0), 1);
    ck_assert_double_eq(plot_quantile(values, 8, .5), 3);
    ck_assert_double_eq(plot_quantile(values, 8, 1), 5);
    ck_assert_double_eq(plot_quantile(values, 0, .5), 0);
}
END_TEST

/* The picture library keeps its fonts until the process ends; that is not ours to free. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

static TCase *pictures(void)
{
    TCase *tests = tcase_create("pictures");
    tcase_add_unchecked_fixture(tests, make_numbers, remove_folder);
    tcase_set_timeout(tests, 120);
    if (!plot_available()) {
        tcase_add_test(tests, without_cairo_every_picture_says_so);
        return tests;
    }
    tcase_add_test(tests, every_kind_in_every_format_with_the_same_bytes);
    tcase_add_test(tests, different_data_give_different_pictures);
    tcase_add_loop_test(tests, edges_are_drawn, 0, sizeof edges / sizeof *edges);
    tcase_add_loop_test(tests, refusals_say_what_was_given_and_leave_no_file, 0,
                        sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, null_arguments_are_refused);
    tcase_add_test(tests, arrays_of_unlike_shapes_do_not_share_a_picture);
    tcase_add_test(tests, several_arrays_share_a_picture);
    tcase_add_test(tests, a_floor_is_in_the_picture);
    tcase_add_test(tests, the_few_are_drawn_on_top);
    tcase_add_test(tests, long_numbers_leave_room_for_the_name_of_their_axis);
    tcase_add_test(tests, a_sink_gets_the_bytes_that_a_file_would);
    tcase_add_test(tests, images_are_cut_to_the_range);
    tcase_add_test(tests, very_many_points_are_thinned);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("plot");
    TCase *axes = tcase_create("axes");
    tcase_add_test(axes, the_table_of_kinds_is_found_by_name);
    tcase_add_test(axes, ticks_are_round_and_within);
    tcase_add_test(axes, labels_are_the_numbers);
    tcase_add_test(axes, ranges_over_decades_are_padded_evenly);
    tcase_add_test(axes, the_colour_map_grows_lighter);
    tcase_add_test(axes, quantiles_skip_what_is_not_finite);
    suite_add_tcase(suite, axes);
    suite_add_tcase(suite, pictures());
    return run_suite(suite);
}
