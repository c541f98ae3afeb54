/* SPDX-License-Identifier: MIT */
#include "adapters/bounds_file/bounds_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/error.h"

static struct arena *arena;
static char folder[] = "/tmp/till-bounds-XXXXXX";

static const char *path_of(const char *name) {
    return arena_printf(arena, "%s/%s", folder, name);
}

static struct bounds *open_at(const char *path, bool *ret_found) {
    struct bounds *bounds;
    assert_true(result_is_ok(bounds_file_open(arena, path, &bounds, ret_found)));
    return bounds;
}

static void raise(struct bounds *bounds, const char *counter, int64_t bound) {
    assert_true(result_is_ok(bounds_raise(bounds, str_from_c(counter), bound)));
}

static void write_file(const char *path, const char *text, size_t size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    assert_int_equal(close(fd), 0);
}

/* As `cp` does it. */
static void copy_file(const char *from, const char *to) {
    char text[4096];
    int fd = open(from, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t size = read(fd, text, sizeof text);
    assert_true(size > 0);
    assert_int_equal(close(fd), 0);
    write_file(to, text, (size_t)size);
}

static bool tells_birth(const char *path) {
    struct statx status;
    return statx(AT_FDCWD, path, 0, STATX_BTIME, &status) == 0 &&
           (status.stx_mask & STATX_BTIME) != 0;
}

static void test_what_was_raised_is_read_again(void **state) {
    (void)state;
    bool found;
    const char *path = path_of("again");
    struct bounds *bounds = open_at(path, &found);
    assert_false(found);
    raise(bounds, "invoice", 64);
    raise(bounds, "key 00ff", 128);
    raise(bounds, "invoice", 63);
    assert_true(result_is_ok(bounds_set_stop_mark(bounds, STR("a1b2"))));
    bounds_file_close(bounds);

    bounds = open_at(path, &found);
    assert_true(found);
    assert_int_equal(bounds_get(bounds, STR("invoice")), 64);
    assert_int_equal(bounds_get(bounds, STR("key 00ff")), 128);
    assert_int_equal(bounds_get(bounds, STR("key 01")), 0);
    assert_true(str_eq(bounds_stop_mark(bounds), STR("a1b2")));
    bounds_file_close(bounds);
}

enum { CLOCK_TICK_US = 50000 };

static void test_a_copy_is_not_the_file_that_was_written(void **state) {
    (void)state;
    bool found;
    const char *path = path_of("original");
    struct bounds *bounds = open_at(path, &found);
    raise(bounds, "invoice", 64);
    assert_true(result_is_ok(bounds_set_stop_mark(bounds, STR("a1b2"))));
    if (!tells_birth(path)) {
        bounds_file_close(bounds);
        skip();
    }
    /* File systems tell the time of birth by a clock that ticks every few milliseconds. */
    (void)usleep(CLOCK_TICK_US);
    copy_file(path, path_of("copy"));
    raise(bounds, "invoice", 128);
    bounds_file_close(bounds);
    (void)usleep(CLOCK_TICK_US);
    /* In place of the newer one, either way. */
    copy_file(path_of("copy"), path);
    const char *const copies[] = {path, path_of("copy")};
    for (size_t i = 0; i < 2; i++) {
        bounds = open_at(copies[i], &found);
        assert_false(found);
        assert_int_equal(bounds_get(bounds, STR("invoice")), 64);
        assert_true(str_is_empty(bounds_stop_mark(bounds)));
        bounds_file_close(bounds);
    }
}

static void test_other_owners_and_names_make_no_copy(void **state) {
    (void)state;
    bool found;
    const char *path = path_of("before");
    struct bounds *bounds = open_at(path, &found);
    raise(bounds, "invoice", 64);
    bounds_file_close(bounds);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(rename(path, path_of("after")), 0);
    bounds_file_close(open_at(path_of("after"), &found));
    assert_true(found);
}

static void test_a_damaged_file_is_refused(void **state) {
    (void)state;
    static const char *const damaged[] = {
        "",
        "till bounds 2\n",
        "till bounds 1\n64 invoice",
        "till bounds 1\n-1 invoice\n",
        "till bounds 1\n64\n",
        "till bounds 1\n64 invoice\n65 invoice\n",
        "till bounds 1\nborn yesterday\n",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        write_file(path_of("damaged"), damaged[i], strlen(damaged[i]));
        struct bounds *bounds;
        bool found;
        struct result opened = bounds_file_open(arena, path_of("damaged"), &bounds, &found);
        assert_ptr_equal(opened.code, &ERR_BOUNDS_FILE);
    }
}

static int make_folder(void **state) {
    (void)state;
    arena = arena_new(1 << 20);
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state) {
    (void)state;
    static const char *const names[] = {"again", "original", "copy", "after", "damaged"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(path_of(names[i]));
    }
    arena_free(arena);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_raised_is_read_again),
        cmocka_unit_test(test_a_copy_is_not_the_file_that_was_written),
        cmocka_unit_test(test_other_owners_and_names_make_no_copy),
        cmocka_unit_test(test_a_damaged_file_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
