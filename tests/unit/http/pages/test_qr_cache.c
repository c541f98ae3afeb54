/* SPDX-License-Identifier: MIT */
/* A kept code is the one that would be drawn, and never another's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/pages/qr_cache.h"
#include "http/pages/qr_svg.h"

enum { ARENA_BYTES = 1 << 20, TEXTS = 5000, OPEN_CODES = 200 };

static struct str drawn(struct arena *arena, struct qr_cache *cache, struct str text) {
    struct buf out = buf_in(arena);
    assert_true(qr_svg(&out, cache, text, STR("label")));
    return buf_str(&out);
}

static void test_a_kept_code_is_the_one_that_would_be_drawn(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct qr_cache *cache = qr_cache_new();
    struct str plain = drawn(arena, NULL, STR("bitcoin:abc"));
    assert_true(str_eq(drawn(arena, cache, STR("bitcoin:abc")), plain));
    assert_true(str_eq(drawn(arena, cache, STR("bitcoin:abc")), plain));
    assert_false(str_eq(drawn(arena, cache, STR("bitcoin:abd")), plain));
    qr_cache_free(cache);
}

static struct str numbered(struct arena *arena, int i) {
    return str_from_c(arena_printf(arena, "text %d", i));
}

static void test_many_codes_push_each_other_out_and_are_never_confused(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct qr_cache *cache = qr_cache_new();
    for (int i = 0; i < TEXTS; i++) {
        qr_cache_put(cache, numbered(arena, i), numbered(arena, i + TEXTS), i);
        arena_reset(arena);
    }
    int kept = 0;
    for (int i = 0; i < TEXTS; i++) {
        struct buf out = buf_in(arena);
        int modules = -1;
        if (qr_cache_get(cache, numbered(arena, i), &out, &modules)) {
            assert_int_equal(modules, i);
            assert_true(str_eq(buf_str(&out), numbered(arena, i + TEXTS)));
            kept++;
        }
        assert_true(modules == i || out.len == 0);
        arena_reset(arena);
    }
    assert_true(kept > 0 && kept < TEXTS);
    qr_cache_free(cache);
}

static void test_the_codes_of_a_hundred_open_pages_all_stay(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct qr_cache *cache = qr_cache_new();
    for (int i = 0; i < OPEN_CODES; i++) {
        qr_cache_put(cache, numbered(arena, i), STR("path"), i);
    }
    for (int i = 0; i < OPEN_CODES; i++) {
        struct buf out = buf_in(arena);
        int modules;
        assert_true(qr_cache_get(cache, numbered(arena, i), &out, &modules));
        assert_int_equal(modules, i);
    }
    qr_cache_free(cache);
}

static void test_a_text_too_long_has_no_code(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    char *text = arena_alloc(arena, TEXTS);
    struct buf out = buf_in(arena);
    assert_false(qr_svg(&out, NULL, (struct str){.ptr = text, .len = TEXTS}, STR("")));
    assert_int_equal(out.len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_kept_code_is_the_one_that_would_be_drawn),
        cmocka_unit_test(test_the_codes_of_a_hundred_open_pages_all_stay),
        cmocka_unit_test(test_many_codes_push_each_other_out_and_are_never_confused),
        cmocka_unit_test(test_a_text_too_long_has_no_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
