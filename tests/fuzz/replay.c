/* replay.c - runs a fuzz target over its kept corpus, as a plain program that any compiler builds:
 *
 *     replay FILE_OR_DIRECTORY...
 *
 * Each file goes in whole, and cut at every length (at most 4096 of them), in a block of exactly
 * its size so that a sanitizer sees any read beyond.  Exit status 0: nothing crashed; 1: something
 * could not be read. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MOST_CUTS = 4096 };

static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int replay_file(const char *path, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1);
    FILE *file = fopen(path, "rb");
    int whole = bytes && file && fread(bytes, 1, size, file) == size;
    for (size_t cut = 0; whole && cut < size && cut < MOST_CUTS; cut++)
        feed(bytes, cut);
    if (whole)
        feed(bytes, size);
    if (file)
        fclose(file);
    free(bytes);
    return whole;
}

static int replay(const char *path);

static int replay_directory(const char *path)
{
    int good = 1;
    DIR *stream = opendir(path);
    if (!stream)
        return 0;
    for (struct dirent *item = readdir(stream); item; item = readdir(stream)) {
        char inner[4096];
        if (item->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, item->d_name);
        good &= replay(inner);
    }
    closedir(stream);
    return good;
}

static int replay(const char *path)
{
    struct stat info;
    int good =
        stat(path, &info) == 0 &&
        (S_ISDIR(info.st_mode) ? replay_directory(path) : replay_file(path, (size_t)info.st_size));
    if (!good)
        fprintf(stderr, "replay: cannot read '%s'\n", path);
    return good;
}

int main(int argc, char **argv)
{
    int good = argc > 1;
    for (int i = 1; i < argc; i++)
        good &= replay(argv[i]);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
