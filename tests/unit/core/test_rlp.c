/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "core/rlp.h"

static void assert_hex(struct arena *arena, const struct buf *buf, const char *expected) {
    assert_false(buf->failed);
    assert_string_equal(hex_encode(arena, buf_bytes(buf)).ptr, expected);
}

static struct bytes text(const char *c_string) {
    return bytes_from_str(str_from_c(c_string));
}

static void test_strings_have_the_heads_of_the_yellow_paper(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *encoded;
    } rows[] = {
        {"", "80"},
        {"d", "64"},
        {"\x7f", "7f"},
        {"\x80", "8180"},
        {"dog", "83646f67"},
        {"0123456789abcdef0123456789abcdef0123456789abcdef0123456",
         "b730313233343536373839616263646566303132333435363738396162636465663031323334353637383961"
         "62636465663031323334353"
         "6"},
        {"Lorem ipsum dolor sit amet, consectetur adipisicing elit",
         "b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164"
         "6970697369"
         "63696e6720656c6974"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
        struct buf buf = buf_in(arena);
        rlp_put_bytes(&buf, text(rows[i].text));
        assert_hex(arena, &buf, rows[i].encoded);
    }
}

static void test_numbers_have_no_leading_zeros(void **state) {
    (void)state;
    static const struct {
        uint64_t value;
        const char *encoded;
    } rows[] = {{0, "80"},     {15, "0f"},       {127, "7f"},
                {128, "8180"}, {1024, "820400"}, {UINT64_MAX, "88ffffffffffffffff"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
        struct buf buf = buf_in(arena);
        rlp_put_u64(&buf, rows[i].value);
        assert_hex(arena, &buf, rows[i].encoded);
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct buf buf = buf_in(arena);
    rlp_put_number(&buf, (struct bytes){.ptr = (const uint8_t *)"\1\0\0\0\0\0\0\0\0", .len = 9});
    rlp_put_number(&buf, (struct bytes){.ptr = (const uint8_t *)"\0\0\0", .len = 3});
    rlp_put_number(&buf, (struct bytes){.ptr = (const uint8_t *)"\0\0\x04\x00", .len = 4});
    assert_hex(arena, &buf, "8901000000000000000080820400");
}

/* The set-theoretical representation of three, from Ethereum's own description of RLP. */
static void test_lists_stand_in_lists(void **state) {
    (void)state;
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 16);
    struct buf buf = buf_in(arena);
    size_t three = rlp_list_begin(&buf);
    size_t zero = rlp_list_begin(&buf);
    rlp_list_end(&buf, zero);
    size_t one = rlp_list_begin(&buf);
    rlp_list_end(&buf, rlp_list_begin(&buf));
    rlp_list_end(&buf, one);
    size_t two = rlp_list_begin(&buf);
    rlp_list_end(&buf, rlp_list_begin(&buf));
    one = rlp_list_begin(&buf);
    rlp_list_end(&buf, rlp_list_begin(&buf));
    rlp_list_end(&buf, one);
    rlp_list_end(&buf, two);
    rlp_list_end(&buf, three);
    assert_hex(arena, &buf, "c7c0c1c0c3c0c1c0");
}

static void test_a_long_list_says_its_length_in_bytes_of_its_own(void **state) {
    (void)state;
    static const struct {
        size_t payload;
        const char *head;
        size_t head_bytes;
    } rows[] = {{55, "f7", 1},
                {56, "f838", 2},
                {255, "f8ff", 2},
                {256, "f90100", 3},
                {65536, "fa010000", 4}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(arena_cleanup) struct arena *arena = arena_new(1 << 20);
        struct buf buf = buf_in(arena);
        size_t list = rlp_list_begin(&buf);
        for (size_t k = 0; k < rows[i].payload; k++) {
            rlp_put_u64(&buf, k % 127 + 1);
        }
        rlp_list_end(&buf, list);
        assert_int_equal(buf.len, rows[i].payload + rows[i].head_bytes);
        struct bytes head = {.ptr = (const uint8_t *)buf.ptr, .len = rows[i].head_bytes};
        assert_string_equal(hex_encode(arena, head).ptr, rows[i].head);
        for (size_t k = 0; k < rows[i].payload; k++) {
            assert_int_equal((uint8_t)buf.ptr[rows[i].head_bytes + k], k % 127 + 1);
        }
    }
}

static void test_a_buffer_that_is_too_small_is_left_whole_and_failed(void **state) {
    (void)state;
    char memory[8] = "........";
    struct buf buf = buf_over(memory, sizeof memory - 1);
    size_t list = rlp_list_begin(&buf);
    rlp_put_bytes(&buf, text("dog"));
    rlp_put_bytes(&buf, text("dog"));
    rlp_list_end(&buf, list);
    assert_true(buf.failed);
    assert_int_equal(memory[7], '.');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings_have_the_heads_of_the_yellow_paper),
        cmocka_unit_test(test_numbers_have_no_leading_zeros),
        cmocka_unit_test(test_lists_stand_in_lists),
        cmocka_unit_test(test_a_long_list_says_its_length_in_bytes_of_its_own),
        cmocka_unit_test(test_a_buffer_that_is_too_small_is_left_whole_and_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
