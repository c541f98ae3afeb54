/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/form.h"
#include "http/limits.h"

static struct arena *arena;
static struct form form;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(4 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static bool parse(const char *text) {
    const char *problem = NULL;
    bool is_form = form_parse(arena, str_from_c(text), &form, &problem);
    assert_true(is_form == (problem == NULL));
    return is_form;
}

static void assert_pair(size_t i, const char *path, const char *value) {
    assert_true(i < form.count);
    assert_int_equal(form.pairs[i].path.len, strlen(path));
    assert_memory_equal(form.pairs[i].path.ptr, path, strlen(path));
    assert_int_equal(form.pairs[i].value.len, strlen(value));
    assert_memory_equal(form.pairs[i].value.ptr, value, strlen(value));
}

static void test_pairs_are_decoded(void **state) {
    (void)state;
    assert_true(parse("a=1&b=x+y%26%3D&c=&d&&e=a=b"));
    assert_int_equal(form.count, 5);
    assert_pair(0, "a", "1");
    assert_pair(1, "b", "x y&=");
    assert_pair(2, "c", "");
    assert_pair(3, "d", "");
    assert_pair(4, "e", "a=b");
}

static void test_brackets_become_paths(void **state) {
    (void)state;
    assert_true(parse("add_fields[time_to_pay][hours]=1&uuids[]=a&uuids%5B%5D=b&x[0]=c"));
    assert_pair(0, "add_fields.time_to_pay.hours", "1");
    assert_pair(1, "uuids", "a");
    assert_pair(2, "uuids", "b");
    assert_pair(3, "x.0", "c");
    assert_false(form.pairs[0].is_list);
    assert_true(form.pairs[1].is_list && form.pairs[2].is_list);
}

static void test_odd_keys_have_no_path(void **state) {
    (void)state;
    static const char *const odd[] = {"=1",     "a.b=1",    "a[b=1",   "a]b=1",    "[a]=1",
                                      "a[]b=1", "a[][b]=1", "a[b]c=1", "a[b.c]=1", "a[[b]]=1"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_true(parse(odd[i]));
        assert_pair(0, "", "1");
    }
}

static void test_broken_escapes_are_refused(void **state) {
    (void)state;
    static const char *const broken[] = {"a=%", "a=%4", "a=%4g", "a=%zz", "%=1", "a=%+1"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_false(parse(broken[i]));
    }
}

static void test_what_is_no_text_is_left_empty(void **state) {
    (void)state;
    static const char *const binary[] = {"a=%00",  "a=%ff",       "a=%c3",
                                         "a=\xff", "a=%ed%a0%80", "a=b%00c"};
    for (size_t i = 0; i < sizeof binary / sizeof binary[0]; i++) {
        assert_true(parse(binary[i]));
        assert_pair(0, "a", "");
        assert_true(form.pairs[0].is_binary);
    }
    assert_true(parse("%00=1&%ff=2"));
    assert_int_equal(form.pairs[0].path.len + form.pairs[1].path.len, 0);
}

/* A shop's cart may be in it: items[0][options][color][name]. */
static void test_a_key_that_is_too_deep_or_too_long_is_nobodys(void **state) {
    (void)state;
    struct buf buf = buf_in(arena);
    assert_true(parse("a[b][c][d]=1&a[b][c][d][e]=2"));
    assert_pair(0, "a.b.c.d", "1");
    assert_pair(1, "", "2");
    buf_puts(&buf, "a");
    for (int i = 0; i < 10000; i++) {
        buf_puts(&buf, "[a]");
    }
    buf_put(&buf, "=1", 3);
    assert_true(parse(buf.ptr));
    assert_pair(0, "", "1");
}

static void test_the_count_is_bounded(void **state) {
    (void)state;
    struct buf buf = buf_in(arena);
    for (size_t i = 0; i < FORM_PAIRS_MAX - 1; i++) {
        buf_puts(&buf, "a=1&");
    }
    buf_put(&buf, "b=2", 4);
    assert_true(parse(buf.ptr));
    assert_int_equal(form.count, FORM_PAIRS_MAX);
    buf.len--;
    buf_put(&buf, "&c=3", 5);
    assert_false(parse(buf.ptr));
}

static void test_running_out_of_memory_is_an_answer(void **state) {
    (void)state;
    for (size_t bytes = 0; bytes < 400; bytes += 16) {
        struct arena *small = arena_new(bytes);
        const char *problem = NULL;
        if (!form_parse(small, STR("a[b]=1&c=2"), &form, &problem)) {
            assert_non_null(problem);
        }
        arena_free(small);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pairs_are_decoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_brackets_become_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_keys_have_no_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_escapes_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_text_is_left_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_key_that_is_too_deep_or_too_long_is_nobodys, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_the_count_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_running_out_of_memory_is_an_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
