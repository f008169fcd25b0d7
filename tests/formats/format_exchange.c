/* format_exchange.c - rill's half of tests/python/check_formats.py.
 *
 *     format_exchange write DIR    writes *.npy and rill.safetensors
 *     format_exchange read DIR     reads what Python wrote: *.npy and python.safetensors
 *
 * Both sides use the same numbers: element i of an array of type T is i for u1, and (i - 3) * 5 /
 * 2, towards zero for integers, otherwise.  Exit status 0: all as expected; 1: not, said on stderr.
 */
#include "formats/file.h"
#include "formats/npy_file.h"
#include "formats/safetensors.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rill_shape shapes[] = {
    { 0, { 0 } },
    { 1, { 1 } },
    { 1, { 0 } },
    { 1, { 7 } },
    { 2, { 2, 3 } },
    { 3, { 5, 0, 10000 } },
    { 8, { 1, 2, 1, 2, 1, 2, 1, 2 } },
};

enum { SHAPES = sizeof shapes / sizeof *shapes, MOST = 16 };

static int failures;

static void report(const char *what, const char *message)
{
    fprintf(stderr, "format_exchange: %s: %s\n", what, message);
    failures++;
}

static double value_at(rill_npy_type type, int i)
{
    double value = (i - 3) * 2.5;
    return type == RILL_NPY_U1                          ? i
           : type == RILL_NPY_I4 || type == RILL_NPY_I8 ? (double)(int)value
                                                        : value;
}

/* The elements of one array, as its type has them. */
typedef union elements {
    float f4[MOST];
    double f8[MOST];
    int32_t i4[MOST];
    int64_t i8[MOST];
    uint8_t u1[MOST];
} elements;

static elements make(rill_npy_type type)
{
    elements all;
    memset(&all, 0, sizeof all);
    for (int i = 0; i < MOST; i++) {
        double value = value_at(type, i);
        if (type == RILL_NPY_F4)
            all.f4[i] = (float)value;
        else if (type == RILL_NPY_F8)
            all.f8[i] = value;
        else if (type == RILL_NPY_I4)
            all.i4[i] = (int32_t)value;
        else if (type == RILL_NPY_I8)
            all.i8[i] = (int64_t)value;
        else
            all.u1[i] = (uint8_t)value;
    }
    return all;
}

static void npy_path(char path[512], const char *directory, int type, int shape)
{
    snprintf(path, 512, "%s/%s-%d.npy", directory, rill_npy_type_name((rill_npy_type)type), shape);
}

static void write_npy(const char *directory, int type, int shape)
{
    char path[512];
    rill_message message;
    elements all = make((rill_npy_type)type);
    npy_path(path, directory, type, shape);
    if (rill_npy_save(path, (rill_npy_type)type, &shapes[shape], &all, &message) != RILL_OK)
        report(path, message.text);
}

static void compare(const char *path, const rill_npy *npy, int type, int shape)
{
    double found[MOST];
    rill_message message;
    int64_t count = rill_npy_count(npy);
    if (npy->type != (rill_npy_type)type || !rill_shape_equal(&npy->shape, &shapes[shape]))
        report(path, "another type or shape");
    else if (rill_npy_read_f64(npy, found, 0, count, &message) != RILL_OK)
        report(path, message.text);
    else
        for (int i = 0; i < count; i++)
            if (found[i] != value_at((rill_npy_type)type, i))
                report(path, "another value");
}

static void read_npy(const char *directory, int type, int shape)
{
    char path[512];
    rill_npy npy;
    void *bytes;
    rill_message message;
    npy_path(path, directory, type, shape);
    if (rill_npy_load(path, &npy, &bytes, &message) != RILL_OK) {
        report(path, message.text);
        return;
    }
    compare(path, &npy, type, shape);
    rill_file_free(bytes);
}

/* The .npy types that are dtypes too come first among both enums' names: f4, f8, i4 and F32, F64,
 * I32. */
static const struct {
    rill_dtype dtype;
    rill_npy_type type;
} pairs[] = { { RILL_F32, RILL_NPY_F4 }, { RILL_F64, RILL_NPY_F8 }, { RILL_I32, RILL_NPY_I4 } };

enum { PAIRS = sizeof pairs / sizeof *pairs };

static const rill_safetensors_pair metadata[] = {
    { "plain", "text" }, { "quote \" \\ \n \x01", "caf\xc3\xa9 \xf0\x9f\x98\x80" }
};

static void tensor_name(char name[32], int pair, int shape)
{
    snprintf(name, 32, "%s.%d", rill_dtype_name(pairs[pair].dtype), shape);
}

static void write_safetensors(const char *directory)
{
    static char names[PAIRS * SHAPES][32];
    static elements data[PAIRS];
    rill_safetensors_entry entries[PAIRS * SHAPES];
    char path[512];
    rill_message message = { "" };
    for (int i = 0; i < PAIRS * SHAPES; i++) {
        int pair = i / SHAPES, shape = i % SHAPES;
        data[pair] = make(pairs[pair].type);
        tensor_name(names[i], pair, shape);
        entries[i] = (rill_safetensors_entry){ .name = names[i],
                                               .dtype = pairs[pair].dtype,
                                               .shape = shapes[shape],
                                               .data = &data[pair] };
    }
    snprintf(path, sizeof path, "%s/rill.safetensors", directory);
    rill_file_writer *writer = rill_file_create(path, &message);
    if (!writer || rill_safetensors_write(entries, PAIRS * SHAPES, metadata, 2,
                                          rill_file_sink(writer), &message) != RILL_OK)
        report(path, message.text);
    if (writer && rill_file_commit(writer, &message) != RILL_OK)
        report(path, message.text);
}

static void compare_tensor(const rill_safetensors *file, int pair, int shape)
{
    char name[32];
    tensor_name(name, pair, shape);
    elements expected = make(pairs[pair].type);
    const rill_safetensors_entry *entry = rill_safetensors_find(file, name);
    if (!entry)
        report(name, "not there");
    else if (entry->dtype != pairs[pair].dtype || !rill_shape_equal(&entry->shape, &shapes[shape]))
        report(name, "another dtype or shape");
    else if (memcmp(entry->data, &expected, entry->size) != 0)
        report(name, "another value");
}

static void read_safetensors(const char *directory)
{
    char path[512];
    void *bytes;
    size_t size;
    rill_message message = { "" };
    snprintf(path, sizeof path, "%s/python.safetensors", directory);
    if (rill_file_read(path, &bytes, &size, &message) == RILL_NOT_FOUND)
        return; /* Python has no safetensors here */
    rill_safetensors *file = bytes ? rill_safetensors_parse(bytes, size, &message) : NULL;
    if (!file)
        report(path, message.text);
    for (int i = 0; file && i < PAIRS * SHAPES; i++)
        compare_tensor(file, i / SHAPES, i % SHAPES);
    for (int i = 0; file && i < 2; i++) {
        const char *value = rill_safetensors_metadata(file, metadata[i].key);
        if (!value || strcmp(value, metadata[i].value) != 0)
            report(metadata[i].key, "another value in the metadata");
    }
    rill_safetensors_free(file);
    rill_file_free(bytes);
}

int main(int argc, char **argv)
{
    int writes = argc == 3 && strcmp(argv[1], "write") == 0;
    if (!writes && (argc != 3 || strcmp(argv[1], "read") != 0)) {
        fprintf(stderr, "usage: format_exchange write|read DIR\n");
        return 2;
    }
    for (int i = 0; i < RILL_NPY_TYPE_COUNT * SHAPES; i++)
        (writes ? write_npy : read_npy)(argv[2], i / SHAPES, i % SHAPES);
    (writes ? write_safetensors : read_safetensors)(argv[2]);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
