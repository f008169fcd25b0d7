/* embed.c - `embed FILE NAME OUT.c` writes a file as a C array, so that a program carries its data
 * with it: of a .npy file the bytes of its u1 array, of any other all bytes and a NUL.  Runs at
 * build time. */
#include <stdio.h>
#include <string.h>

static int complain(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s: %s\n", path, what);
    return 1;
}

/* Leaves `in` at the first element.  The .npy header, version 1: magic, version, length,
 * dictionary. */
static int skip_header(FILE *in, const char *path)
{
    unsigned char start[10];
    char dictionary[65536];
    if (fread(start, 1, sizeof start, in) != sizeof start || memcmp(start, "\x93NUMPY\x01", 7) != 0)
        return complain("not a .npy file of version 1", path);
    size_t length = start[8] + 256u * start[9];
    if (fread(dictionary, 1, length, in) != length)
        return complain("the header is cut short", path);
    dictionary[length] = '\0';
    if (!strstr(dictionary, "'|u1'") || !strstr(dictionary, "'fortran_order': False"))
        return complain("not a row-major u1 array", path);
    return 0;
}

static int is_npy(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".npy") == 0;
}

static void write_array(FILE *in, const char *name, int ends, FILE *out)
{
    long count = 0;
    fprintf(out, "extern const unsigned char %s[];\nconst unsigned char %s[] = {", name, name);
    for (int byte; (byte = getc(in)) != EOF; count++)
        fprintf(out, "%s%d,", count % 32 ? "" : "\n", byte);
    fprintf(out, "%s\n};\n", ends ? "0" : "");
}

static int embed(FILE *in, const char *path, const char *name, const char *out_path)
{
    if (is_npy(path) && skip_header(in, path) != 0)
        return 1;
    FILE *out = fopen(out_path, "w");
    if (!out)
        return complain("cannot be written", out_path);
    write_array(in, name, !is_npy(path), out);
    int failed = ferror(in) || ferror(out);
    failed = fclose(out) != 0 || failed;
    return failed ? complain("reading or writing failed", out_path) : 0;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: embed FILE NAME OUT.c\n");
        return 2;
    }
    FILE *in = fopen(argv[1], "rb");
    if (!in)
        return complain("cannot be read", argv[1]);
    int result = embed(in, argv[1], argv[2], argv[3]);
    fclose(in);
    return result;
}
