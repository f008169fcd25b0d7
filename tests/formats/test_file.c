/* test_file.c - files are read whole, and appear whole or not at all. */
#include "base/alloc.h"
#include "formats/file.h"
#include "tests/suite.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* Every test runs in an empty directory of its own. */
static char directory[32];

static void enter(void)
{
    strcpy(directory, "/tmp/rill-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
}

static void leave(void)
{
    static char command[] = "rm -rf ";
    char line[sizeof command + sizeof directory];
    snprintf(line, sizeof line, "%s%s", command, directory);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(system(line), 0);
}

/* Names in the directory, but for . and .. */
static int names(void)
{
    int count = -2;
    DIR *stream = opendir(".");
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

static void save(const char *path, const char *text)
{
    rill_message message = { "" };
    rill_file_writer *writer = rill_file_create(path, &message);
    ck_assert_msg(writer != NULL, "%s", message.text);
    rill_file_write(writer, text, strlen(text));
    ck_assert_msg(rill_file_commit(writer, &message) == RILL_OK, "%s", message.text);
}

static void assert_holds(const char *path, const char *text)
{
    void *bytes;
    size_t size;
    rill_message message = { "" };
    ck_assert_msg(rill_file_read(path, &bytes, &size, &message) == RILL_OK, "%s", message.text);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_mem_eq(bytes, text, size);
    rill_file_free(bytes);
}

START_TEST(what_is_written_is_read)
{
    save("a", "hello");
    assert_holds("a", "hello");
    save("a", "");
    assert_holds("a", "");
    ck_assert_int_eq(names(), 1);
}
END_TEST

/* Sizes about that of the writer's buffer, in pieces smaller and larger than it. */
START_TEST(pieces_of_any_size_arrive_in_order)
{
    static const size_t pieces[] = { 1, 7, 65535, 1, 65536, 0, 65537, 200000, 3, 131072 };
    char *piece = malloc(200000);
    rill_file_writer *writer = rill_file_create("a", NULL);
    size_t total = 0, size = 0;
    for (int i = 0; i < COUNT(pieces); i++) {
        memset(piece, 'a' + i, 200000);
        ck_assert_int_eq(rill_file_write(writer, piece, pieces[i]), RILL_OK);
        total += pieces[i];
    }
    ck_assert_int_eq(rill_file_commit(writer, NULL), RILL_OK);
    void *bytes;
    ck_assert_int_eq(rill_file_read("a", &bytes, &size, NULL), RILL_OK);
    ck_assert_uint_eq(size, total);
    const char *at = bytes;
    for (int i = 0; i < COUNT(pieces); i++)
        for (size_t k = 0; k < pieces[i]; k++, at++)
            ck_assert(*at == 'a' + i);
    rill_file_free(bytes);
    free(piece);
}
END_TEST

START_TEST(nothing_is_seen_before_the_commit)
{
    save("a", "old");
    rill_file_writer *writer = rill_file_create("a", NULL);
    rill_file_write(writer, "new", 3);
    assert_holds("a", "old");
    ck_assert_int_eq(rill_file_commit(writer, NULL), RILL_OK);
    assert_holds("a", "new");
    ck_assert_int_eq(names(), 1);
}
END_TEST

START_TEST(abandoning_leaves_nothing)
{
    save("a", "old");
    rill_file_writer *writer = rill_file_create("a", NULL);
    rill_file_write(writer, "new", 3);
    rill_file_abandon(writer);
    assert_holds("a", "old");
    rill_file_abandon(rill_file_create("b", NULL));
    rill_file_abandon(NULL);
    ck_assert_int_eq(names(), 1);
}
END_TEST

START_TEST(two_writers_of_one_file_do_not_mix)
{
    rill_file_writer *one = rill_file_create("a", NULL), *two = rill_file_create("a", NULL);
    rill_file_write(one, "one", 3);
    rill_file_write(two, "second", 6);
    ck_assert_int_eq(rill_file_commit(two, NULL), RILL_OK);
    ck_assert_int_eq(rill_file_commit(one, NULL), RILL_OK);
    assert_holds("a", "one");
    ck_assert_int_eq(names(), 1);
}
END_TEST

static mode_t mode_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST(permissions_are_those_of_any_new_file_or_kept)
{
    umask(027);
    save("a", "x");
    ck_assert_uint_eq(mode_of("a"), 0640);
    ck_assert_int_eq(chmod("a", 0604), 0);
    save("a", "y");
    ck_assert_uint_eq(mode_of("a"), 0604);
}
END_TEST

START_TEST(links_stay_and_their_files_are_replaced)
{
    ck_assert_int_eq(mkdir("d", 0777), 0);
    save("d/real", "old");
    ck_assert_int_eq(symlink("d/middle", "link") + symlink("real", "d/middle"), 0);
    save("link", "new");
    assert_holds("d/real", "new");
    ck_assert_int_eq(symlink("d/later", "dangling"), 0);
    save("dangling", "made");
    assert_holds("d/later", "made");
    struct stat info;
    ck_assert(lstat("link", &info) == 0 && S_ISLNK(info.st_mode));
    ck_assert(lstat("dangling", &info) == 0 && S_ISLNK(info.st_mode));
}
END_TEST

START_TEST(hard_links_part_ways)
{
    save("a", "old");
    ck_assert_int_eq(link("a", "b"), 0);
    save("a", "new");
    assert_holds("b", "old");
}
END_TEST

START_TEST(devices_are_written_directly)
{
    save("/dev/null", "gone");
    struct stat info;
    ck_assert(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
    ck_assert_int_eq(names(), 0);
}
END_TEST

/* Both ends are opened for reading and writing here, so that none blocks. */
START_TEST(pipes_are_written_and_read)
{
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    int end = open("pipe", O_RDWR);
    save("pipe", "through");
    char text[8] = { 0 };
    ck_assert_int_eq(read(end, text, 7), 7);
    ck_assert_str_eq(text, "through");
    ck_assert_int_eq(write(end, "back", 4), 4);
    close(end);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    char *many = calloc(1, 60000);
    ck_assert_int_eq(write(ends[1], many, 60000), 60000);
    close(ends[1]);
    char path[32];
    void *bytes;
    size_t size;
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    ck_assert_int_eq(rill_file_read(path, &bytes, &size, NULL), RILL_OK);
    ck_assert_uint_eq(size, 60000);
    rill_file_free(bytes);
    free(many);
}
END_TEST

static char long_name[300], long_path[6000];

static const struct {
    const char *path;
    rill_status status;
    const char *message;
} unreadable[] = {
    { "", RILL_NOT_FOUND, "No such file" },
    { "none", RILL_NOT_FOUND, "'none': No such file" },
    { "none/a", RILL_NOT_FOUND, "No such file" },
    { "file/a", RILL_IO, "Not a directory" },
    { ".", RILL_UNSUPPORTED, "it is a directory" },
    { "/", RILL_UNSUPPORTED, "it is a directory" },
    { "loop", RILL_IO, "symbolic links" },
    { "dangling", RILL_NOT_FOUND, "No such file" },
    { "/dev/zero", RILL_UNSUPPORTED, "neither a regular file nor a pipe" },
    { "/dev/null", RILL_UNSUPPORTED, "neither a regular file nor a pipe" },
    { "huge", RILL_UNSUPPORTED, "has 1099511627776 bytes" },
    { long_name, RILL_IO, "File name too long" },
    { long_path, RILL_IO, "File name too long" },
};

static void prepare(void)
{
    memset(long_name, 'n', sizeof long_name - 1);
    memset(long_path, 'p', sizeof long_path - 1);
    for (size_t i = 0; i < sizeof long_path - 1; i += 100)
        long_path[i] = '/';
    save("file", "x");
    ck_assert_int_eq(symlink("loop", "loop") + symlink("gone/away", "dangling"), 0);
    ck_assert_int_eq(close(open("huge", O_CREAT | O_WRONLY, 0666)), 0);
}

START_TEST(what_cannot_be_read_is_refused)
{
    void *bytes = &bytes;
    size_t size = 1;
    rill_message message = { "" };
    prepare();
    if (truncate("huge", (off_t)1 << 40) != 0 && strcmp(unreadable[_i].path, "huge") == 0)
        return; /* a file system without files that large */
    rill_status status = rill_file_read(unreadable[_i].path, &bytes, &size, &message);
    ck_assert_msg(status == unreadable[_i].status, "status %d: %s", status, message.text);
    ck_assert_msg(strstr(message.text, unreadable[_i].message), "%s", message.text);
    ck_assert(bytes == NULL && size == 0);
    ck_assert_int_eq(rill_file_read(unreadable[_i].path, &bytes, &size, NULL), status);
}
END_TEST

static const struct {
    const char *path, *message;
} unwritable[] = {
    { "", "No such file" },
    { "none/a", "'none/a': No such file" },
    { "file/a", "Not a directory" },
    { "file/", "'file/'" },
    { "new/", "Is a directory" },
    { ".", "Is a directory" },
    { "/", "Is a directory" },
    { "loop", "symbolic links" },
    { "dangling", "No such file" },
    { "/proc/none", "'/proc/none'" },
    { long_name, "File name too long" },
    { long_path, "File name too long" },
};

/* Some are refused at once, some by the commit at the latest. */
static rill_status try_to_write(const char *path, rill_message *message)
{
    rill_file_writer *writer = rill_file_create(path, message);
    if (!writer)
        return RILL_IO;
    rill_file_write(writer, "x", 1);
    return rill_file_commit(writer, message);
}

START_TEST(what_cannot_be_written_is_refused)
{
    rill_message message = { "" };
    prepare();
    int before = names();
    ck_assert_int_ne(try_to_write(unwritable[_i].path, &message), RILL_OK);
    ck_assert_msg(strstr(message.text, unwritable[_i].message), "%s", message.text);
    ck_assert_int_ne(try_to_write(unwritable[_i].path, NULL), RILL_OK);
    ck_assert_int_eq(names(), before);
}
END_TEST

/* root may do anything, so that there the test has nothing to see. */
START_TEST(permissions_are_respected)
{
    rill_message message = { "" };
    if (geteuid() == 0)
        return;
    save("read-only", "kept");
    ck_assert_int_eq(chmod("read-only", 0444), 0);
    ck_assert_int_ne(try_to_write("read-only", &message), RILL_OK);
    ck_assert_ptr_nonnull(strstr(message.text, "Permission denied"));
    assert_holds("read-only", "kept");
    ck_assert_int_eq(mkdir("closed", 0555), 0);
    ck_assert_int_ne(try_to_write("closed/a", &message), RILL_OK);
    ck_assert_ptr_nonnull(strstr(message.text, "Permission denied"));
}
END_TEST

START_TEST(a_full_disk_is_reported_once_and_for_all)
{
    rill_message message = { "" };
    char *many = calloc(1, 200000);
    ck_assert_int_ne(try_to_write("/dev/full", &message), RILL_OK);
    ck_assert_ptr_nonnull(strstr(message.text, "'/dev/full': No space left"));
    rill_file_writer *writer = rill_file_create("/dev/full", NULL);
    ck_assert_int_eq(rill_file_write(writer, "x", 1), RILL_OK); /* still in the buffer */
    ck_assert_int_eq(rill_file_write(writer, many, 200000), RILL_IO);
    ck_assert_int_eq(rill_file_write(writer, "x", 1), RILL_IO);
    ck_assert_int_eq(rill_file_write(writer, "x", 0), RILL_IO);
    ck_assert_int_eq(rill_file_commit(writer, &message), RILL_IO);
    free(many);
}
END_TEST

/* The directory goes away between create and commit: what was written cannot be placed, and is
 * gone. */
START_TEST(a_failed_commit_leaves_nothing)
{
    rill_message message = { "" };
    rill_file_writer *writer = rill_file_create("a", NULL);
    ck_assert_int_eq(mkdir("a", 0777), 0);
    rill_file_write(writer, "x", 1);
    ck_assert_int_eq(rill_file_commit(writer, &message), RILL_IO);
    ck_assert_ptr_nonnull(strstr(message.text, "cannot write 'a': "));
    ck_assert_int_eq(names(), 1);
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    void *bytes;
    size_t size;
    rill_file_writer *writer = rill_file_create("a", NULL);
    ck_assert_int_eq(rill_file_read(NULL, &bytes, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_file_read("a", NULL, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_file_read("a", &bytes, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_ptr_null(rill_file_create(NULL, NULL));
    ck_assert_int_eq(rill_file_write(NULL, "x", 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_file_write(writer, NULL, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_file_write(writer, NULL, 0), RILL_OK);
    ck_assert_int_eq(rill_file_commit(NULL, NULL), RILL_BAD_ARGUMENT);
    rill_file_abandon(writer);
    rill_file_free(NULL);
}
END_TEST

START_TEST(no_memory_is_reported)
{
    void *bytes;
    size_t size;
    rill_message message = { "" };
    save("a", "old");
    rill_alloc_fail(1, 0);
    ck_assert_ptr_null(rill_file_create("a", &message));
    ck_assert_ptr_nonnull(strstr(message.text, "'a': Cannot allocate memory"));
    rill_alloc_fail(1, 0);
    ck_assert_int_eq(rill_file_read("a", &bytes, &size, &message), RILL_NO_MEMORY);
    ck_assert_ptr_null(bytes);
    rill_alloc_fail(0, 0);
    assert_holds("a", "old");
    ck_assert_int_eq(names(), 1);
}
END_TEST

START_TEST(a_writer_is_a_sink)
{
    rill_file_writer *writer = rill_file_create("a", NULL);
    rill_sink sink = rill_file_sink(writer);
    ck_assert_int_eq(sink.write(sink.self, "abc", 3), RILL_OK);
    ck_assert_int_eq(rill_file_commit(writer, NULL), RILL_OK);
    assert_holds("a", "abc");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");
    tcase_add_checked_fixture(tests, enter, leave);
    tcase_add_test(tests, what_is_written_is_read);
    tcase_add_test(tests, pieces_of_any_size_arrive_in_order);
    tcase_add_test(tests, nothing_is_seen_before_the_commit);
    tcase_add_test(tests, abandoning_leaves_nothing);
    tcase_add_test(tests, two_writers_of_one_file_do_not_mix);
    tcase_add_test(tests, permissions_are_those_of_any_new_file_or_kept);
    tcase_add_test(tests, links_stay_and_their_files_are_replaced);
    tcase_add_test(tests, hard_links_part_ways);
    tcase_add_test(tests, devices_are_written_directly);
    tcase_add_test(tests, pipes_are_written_and_read);
    tcase_add_loop_test(tests, what_cannot_be_read_is_refused, 0, COUNT(unreadable));
    tcase_add_loop_test(tests, what_cannot_be_written_is_refused, 0, COUNT(unwritable));
    tcase_add_test(tests, permissions_are_respected);
    tcase_add_test(tests, a_full_disk_is_reported_once_and_for_all);
    tcase_add_test(tests, a_failed_commit_leaves_nothing);
    tcase_add_test(tests, null_arguments_are_refused);
    tcase_add_test(tests, no_memory_is_reported);
    tcase_add_test(tests, a_writer_is_a_sink);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
