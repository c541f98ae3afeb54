/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

static void test_memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t size = 1; size < 300; size += 7) {
        unsigned char *p = arena_alloc(arena, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
            p[i] = 0xff;
        }
    }
    arena_free(arena);
}

static void test_reset_forgets_but_zeroes_again(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    unsigned char *p = arena_alloc(arena, 64);
    p[0] = 7;
    arena_reset(arena);
    unsigned char *again = arena_alloc(arena, 64);
    assert_int_equal(again[0], 0);
    arena_free(arena);
}

static void test_allocation_past_the_limit_answers_null(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    assert_null(arena_try_alloc(arena, 8192));
    assert_non_null(arena_try_alloc(arena, 100));
    arena_free(arena);
}

static void test_buf_formats_and_grows(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct buf buf = buf_in(arena);
    for (int i = 0; i < 1000; i++) {
        buf_putf(&buf, "%d,", i);
    }
    struct str text = buf_str(&buf);
    assert_true(str_starts_with(text, STR("0,1,2,3,")));
    assert_true(str_ends_with(text, STR("998,999,")));
    arena_free(arena);
}

static void test_what_is_left_and_what_is_used_make_the_limit(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1000);
    assert_int_equal(arena_left_bytes(arena), 1000);
    (void)arena_alloc(arena, 300);
    assert_int_equal(arena_left_bytes(arena) + arena_used_bytes(arena), 1000);
    assert_null(arena_try_alloc(arena, arena_left_bytes(arena) + 1));
    assert_non_null(arena_try_alloc(arena, arena_left_bytes(arena)));
    assert_int_equal(arena_left_bytes(arena), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left_and_what_is_used_make_the_limit),
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_reset_forgets_but_zeroes_again),
        cmocka_unit_test(test_allocation_past_the_limit_answers_null),
        cmocka_unit_test(test_buf_formats_and_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
