/* SPDX-License-Identifier: MIT */
/* Text, bytes and their forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"

static void test_utf8_is_judged_and_made_alike_for_every_code_point(void **state) {
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff) {
            continue;
        }
        char bytes[4];
        size_t len = str_utf8_encode(code_point, bytes);
        struct str text = {.ptr = bytes, .len = len};
        assert_int_equal(str_utf8_len(text), len);
        assert_true(str_is_utf8(text));
        assert_true(len == 1 || str_utf8_len(str_slice(text, 0, len - 1)) == 0);
    }
    assert_false(str_is_utf8(STR("a\xc0\x80")));
    assert_false(str_is_utf8(STR("\xed\xa0\x80")));
    assert_false(str_is_utf8(STR("\xf4\x90\x80\x80")));
    assert_false(str_is_utf8(STR("\xe2\x82")));
    assert_true(str_is_utf8(STR("")));
}

static void test_whole_numbers_are_digits_that_fit(void **state) {
    (void)state;
    uint64_t u64 = 7;
    assert_true(str_to_u64(STR("18446744073709551615"), &u64) && u64 == UINT64_MAX);
    assert_true(str_to_u64(STR("007"), &u64) && u64 == 7);
    static const char *const bad[] = {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(str_to_u64(str_from_c(bad[i]), &u64));
    }
    assert_int_equal(u64, 7);
    int64_t i64;
    assert_true(str_to_i64(STR("-12"), &i64) && i64 == -12);
    assert_false(str_to_i64(STR("-"), &i64));
    assert_false(str_to_i64(STR("--1"), &i64));
    assert_false(str_to_i64(STR("9223372036854775808"), &i64));
}

static void test_parts_are_split_and_trimmed(void **state) {
    (void)state;
    struct str rest = STR(" a ,,b");
    struct str part;
    assert_true(str_split_next(&rest, ',', &part));
    assert_true(str_eq(str_trim(part), STR("a")));
    assert_true(str_split_next(&rest, ',', &part));
    assert_true(str_is_empty(part));
    assert_true(str_split_next(&rest, ',', &part));
    assert_true(str_eq(part, STR("b")));
    assert_false(str_split_next(&rest, ',', &part));
    assert_true(str_eq_nocase(STR("aBc-1"), STR("AbC-1")));
    assert_false(str_eq_nocase(STR("a"), STR("ab")));
    assert_true(str_starts_with(STR("abc"), STR("ab")));
    assert_false(str_starts_with(STR("a"), STR("ab")));
}

static void test_hex_and_base64_follow_rfc_4648(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    static const struct {
        const char *text;
        const char *hex;
        const char *base64url;
        const char *base64;
    } vectors[] = {
        {"", "", "", ""},
        {"f", "66", "Zg", "Zg=="},
        {"fo", "666f", "Zm8", "Zm8="},
        {"foo", "666f6f", "Zm9v", "Zm9v"},
        {"foob", "666f6f62", "Zm9vYg", "Zm9vYg=="},
        {"fooba", "666f6f6261", "Zm9vYmE", "Zm9vYmE="},
        {"foobar", "666f6f626172", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xbf", "fbffbf", "-_-_", "+/+/"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct str hex = str_from_c(vectors[i].hex);
        struct bytes bytes = bytes_from_str(str_from_c(vectors[i].text));
        assert_true(str_eq(hex_encode(arena, bytes), hex));
        assert_true(str_eq(base64url_encode(arena, bytes), str_from_c(vectors[i].base64url)));
        struct str base64 = base64_encode(arena, bytes);
        struct bytes decoded;
        assert_true(str_eq(base64, str_from_c(vectors[i].base64)));
        assert_true(base64_decode(arena, base64, &decoded));
        assert_true(bytes_eq(decoded, bytes));
        uint8_t again[8];
        assert_true(hex_decode(hex, again, bytes.len));
        assert_true(bytes_eq((struct bytes){.ptr = again, .len = bytes.len}, bytes));
    }
    static const char *const wrong[] = {"Zg",   "Zg=",  "Zg===",  "Zh==",     "Zm9=", "=g==",
                                        "Z===", "Zm-v", "Zm9v\n", "Zg==Zm9v", "====", "Zm ="};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bytes decoded;
        assert_false(base64_decode(arena, str_from_c(wrong[i]), &decoded));
    }
    uint8_t two[2] = {7, 7};
    assert_false(hex_decode(STR("66"), two, 2));
    assert_false(hex_decode(STR("66f"), two, 2));
    assert_false(hex_decode(STR("66fg"), two, 2));
    assert_int_equal(two[0], 7);
}

static void test_secrets_are_equal_only_as_a_whole(void **state) {
    (void)state;
    static const uint8_t a[] = {1, 2, 3};
    static const uint8_t b[] = {1, 2, 4};
    assert_true(bytes_eq_secret(BYTES_OF(a), BYTES_OF(a)));
    assert_false(bytes_eq_secret(BYTES_OF(a), BYTES_OF(b)));
    assert_false(bytes_eq_secret(BYTES_OF(a), (struct bytes){.ptr = a, .len = 2}));
}

static void test_big_endian_stores_and_loads(void **state) {
    (void)state;
    uint8_t bytes[8];
    u64_store_be(bytes, 0x0102030405060708);
    assert_int_equal(bytes[0], 1);
    assert_int_equal(bytes[7], 8);
    assert_true(u64_load_be(bytes) == 0x0102030405060708);
    u32_store_be(bytes, 0xfffefdfc);
    assert_int_equal(u32_load_be(bytes), 0xfffefdfc);
}

static void test_a_full_buf_drops_what_follows(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1024);
    struct buf buf = buf_in(arena);
    buf_puts(&buf, "begin");
    buf_putf(&buf, "%4000d", 1);
    assert_true(buf.failed);
    buf_puts(&buf, "end");
    assert_true(str_eq(buf_str(&buf), STR("begin")));

    char memory[8];
    buf = buf_over(memory, sizeof memory);
    buf_put_u64(&buf, 1234567);
    assert_false(buf.failed);
    buf_puts(&buf, "89");
    assert_true(buf.failed);
    assert_true(str_eq(buf_str(&buf), STR("1234567")));
}

static void test_a_format_longer_than_the_stack_buffer_is_whole(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct buf buf = buf_in(arena);
    buf_putf(&buf, "%0600d|", 7);
    buf_putf(&buf, "%s", "x");
    struct str text = buf_str(&buf);
    assert_int_equal(text.len, 602);
    assert_true(str_ends_with(text, STR("07|x")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_is_judged_and_made_alike_for_every_code_point),
        cmocka_unit_test(test_whole_numbers_are_digits_that_fit),
        cmocka_unit_test(test_parts_are_split_and_trimmed),
        cmocka_unit_test(test_hex_and_base64_follow_rfc_4648),
        cmocka_unit_test(test_secrets_are_equal_only_as_a_whole),
        cmocka_unit_test(test_big_endian_stores_and_loads),
        cmocka_unit_test(test_a_full_buf_drops_what_follows),
        cmocka_unit_test(test_a_format_longer_than_the_stack_buffer_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
