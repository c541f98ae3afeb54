/* SPDX-License-Identifier: MIT */
/* One file of sections under one digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "adapters/backup_file/backup_file.h"
#include "base/arena.h"
#include "core/error.h"

enum { CONTENT_BYTES_MAX = 1 << 20 };

struct fixture {
    struct arena *arena;
    char folder[32];
    const char *path;  /* of the backup */
    const char *other; /* of another file */
};

static int setup(void **state) {
    struct arena *arena = arena_new(64 << 20);
    struct fixture *fixture = ARENA_NEW(arena, struct fixture);
    fixture->arena = arena;
    memcpy(fixture->folder, "/tmp/till-backup-XXXXXX", sizeof "/tmp/till-backup-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->path = arena_printf(arena, "%s/backup", fixture->folder);
    fixture->other = arena_printf(arena, "%s/other", fixture->folder);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    (void)unlink(fixture->path);
    (void)unlink(fixture->other);
    (void)rmdir(fixture->folder);
    arena_free(fixture->arena);
    return 0;
}

static void put_file(const char *path, struct bytes content) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.ptr, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
}

static struct bytes get_file(struct arena *arena, const char *path) {
    uint8_t *content = arena_alloc(arena, CONTENT_BYTES_MAX);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(content, 1, CONTENT_BYTES_MAX, file);
    assert_int_equal(fclose(file), 0);
    return (struct bytes){.ptr = content, .len = len};
}

static struct bytes bytes_of(const char *text) {
    return bytes_from_str(str_from_c(text));
}

/* A text, nothing, and a file with every byte. */
static void write_sample(struct fixture *fixture, struct backup_report *ret_report) {
    uint8_t every[700];
    for (size_t i = 0; i < sizeof every; i++) {
        every[i] = (uint8_t)i;
    }
    put_file(fixture->other, BYTES_OF(every));
    const struct backup_section sections[] = {
        {.name = "text", .bytes = bytes_of("section text 3\nabc")},
        {.name = "empty"},
        {.name = "file", .path = fixture->other},
    };
    struct result written =
        backup_file_write(fixture->arena, fixture->path, sections, 3, ret_report);
    assert_true(result_is_ok(written));
    assert_int_equal(unlink(fixture->other), 0);
}

static void test_sections_come_back_as_they_were_put(void **state) {
    struct fixture *fixture = *state;
    struct backup_report report;
    write_sample(fixture, &report);
    struct stat status;
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, report.size_bytes);

    struct backup_file *file;
    struct bytes read;
    assert_true(result_is_ok(backup_file_open(fixture->arena, fixture->path, &file)));
    assert_string_equal(backup_file_report(file)->sha256, report.sha256);
    assert_true(result_is_ok(backup_file_read(file, fixture->arena, "text", &read)));
    assert_true(bytes_eq(read, bytes_of("section text 3\nabc")));
    assert_true(result_is_ok(backup_file_read(file, fixture->arena, "empty", &read)));
    assert_int_equal(read.len, 0);
    assert_true(result_is_ok(backup_file_extract(file, fixture->arena, "file", fixture->other)));
    read = get_file(fixture->arena, fixture->other);
    assert_int_equal(read.len, 700);
    for (size_t i = 0; i < read.len; i++) {
        assert_int_equal(read.ptr[i], (uint8_t)i);
    }
    assert_false(backup_file_has(file, "nothing"));
    assert_ptr_equal(backup_file_read(file, fixture->arena, "nothing", &read).code,
                     &ERR_BACKUP_FILE);
    backup_file_close(file);
}

static void assert_refused(struct fixture *fixture) {
    struct backup_file *file = NULL;
    struct result opened = backup_file_open(fixture->arena, fixture->path, &file);
    assert_ptr_equal(opened.code, &ERR_BACKUP_FILE);
    assert_non_null(opened.detail);
    assert_null(file);
}

static void test_each_flipped_bit_is_noticed(void **state) {
    struct fixture *fixture = *state;
    struct backup_report report;
    write_sample(fixture, &report);
    struct bytes sound = get_file(fixture->arena, fixture->path);
    for (size_t i = 0; i < sound.len; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(4 << 20);
        char *broken = arena_copy(arena, sound.ptr, sound.len);
        broken[i] = (char)(broken[i] ^ 0x10);
        put_file(fixture->path, bytes_from_str((struct str){.ptr = broken, .len = sound.len}));
        struct backup_file *file = NULL;
        assert_false(result_is_ok(backup_file_open(arena, fixture->path, &file)));
    }
}

static void test_each_missing_or_further_byte_is_noticed(void **state) {
    struct fixture *fixture = *state;
    struct backup_report report;
    write_sample(fixture, &report);
    struct bytes sound = get_file(fixture->arena, fixture->path);
    for (size_t len = 0; len < sound.len; len += 13) {
        put_file(fixture->path, (struct bytes){.ptr = sound.ptr, .len = len});
        struct backup_file *file = NULL;
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(4 << 20);
        assert_false(result_is_ok(backup_file_open(arena, fixture->path, &file)));
    }
    char *longer = arena_alloc(fixture->arena, sound.len + 1);
    memcpy(longer, sound.ptr, sound.len);
    longer[sound.len] = '\n';
    put_file(fixture->path, bytes_from_str((struct str){.ptr = longer, .len = sound.len + 1}));
    assert_refused(fixture);
}

static void test_nothing_is_overwritten_and_nothing_half_done_is_left(void **state) {
    struct fixture *fixture = *state;
    struct backup_report report;
    const struct backup_section missing = {.name = "file", .path = "/nowhere/file"};
    struct result written = backup_file_write(fixture->arena, fixture->path, &missing, 1, &report);
    assert_ptr_equal(written.code, &ERR_BACKUP_FILE);
    assert_non_null(strstr(written.detail, "/nowhere/file"));
    assert_int_equal(access(fixture->path, F_OK), -1);

    write_sample(fixture, &report);
    const struct backup_section fine = {.name = "text", .bytes = bytes_of("x")};
    written = backup_file_write(fixture->arena, fixture->path, &fine, 1, &report);
    assert_ptr_equal(written.code, &ERR_BACKUP_FILE);
    struct backup_file *file;
    assert_true(result_is_ok(backup_file_open(fixture->arena, fixture->path, &file)));
    assert_true(backup_file_has(file, "empty"));
    put_file(fixture->other, bytes_of("mine"));
    assert_false(result_is_ok(backup_file_extract(file, fixture->arena, "file", fixture->other)));
    assert_true(bytes_eq(get_file(fixture->arena, fixture->other), bytes_of("mine")));
    backup_file_close(file);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_sections_come_back_as_they_were_put),
        TEST(test_each_flipped_bit_is_noticed),
        TEST(test_each_missing_or_further_byte_is_noticed),
        TEST(test_nothing_is_overwritten_and_nothing_half_done_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
