/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/bloom.h"

/* USDT on Ethereum. */
static const uint8_t usdt[20] = {0xda, 0xc1, 0x7f, 0x95, 0x8d, 0x2e, 0xe5, 0x23, 0xa2, 0x20,
                                 0x62, 0x06, 0x99, 0x45, 0x97, 0xc1, 0x3d, 0x83, 0x1e, 0xc7};

static size_t bits_set(const struct bloom *bloom) {
    size_t count = 0;
    for (size_t i = 0; i < BLOOM_BYTES; i++) {
        count += (size_t)__builtin_popcount(bloom->bytes[i]);
    }
    return count;
}

static bool may_contain(const struct bloom *bloom, struct bytes entry) {
    struct bloom alone = {0};
    bloom_add(&alone, entry);
    return bloom_covers(bloom, &alone);
}

static void test_what_was_added_may_be_there_and_what_was_not_is_not(void **state) {
    (void)state;
    struct bloom bloom = {0};
    assert_false(may_contain(&bloom, BYTES_OF(usdt)));
    bloom_add(&bloom, BYTES_OF(usdt));
    assert_true(may_contain(&bloom, BYTES_OF(usdt)));
    assert_true(bits_set(&bloom) <= 3 && bits_set(&bloom) > 0);
    size_t taken = 0;
    for (size_t i = 0; i < 256; i++) {
        uint8_t other[20] = {(uint8_t)i};
        taken += may_contain(&bloom, BYTES_OF(other));
    }
    assert_int_equal(taken, 0);
}

/* keccak-256 of nothing begins c5d2 4601 86f7: bits 0x5d2, 0x601 and 0x6f7. */
static void test_bits_are_counted_from_the_last_byte(void **state) {
    (void)state;
    struct bloom bloom = {0};
    bloom_add(&bloom, (struct bytes){0});
    assert_int_equal(bits_set(&bloom), 3);
    assert_int_equal(bloom.bytes[255 - 0x5d2 / 8], 1u << 0x5d2 % 8);
    assert_int_equal(bloom.bytes[255 - 0x601 / 8], 1u << 0x601 % 8);
    assert_int_equal(bloom.bytes[255 - 0x6f7 / 8], 1u << 0x6f7 % 8);
}

static void test_a_union_covers_its_parts_and_they_not_it(void **state) {
    (void)state;
    struct bloom a = {0};
    struct bloom b = {0};
    bloom_add(&a, BYTES_OF(usdt));
    bloom_add(&b, (struct bytes){0});
    struct bloom both = a;
    bloom_unite(&both, &b);
    assert_true(bloom_covers(&both, &a));
    assert_true(bloom_covers(&both, &b));
    assert_false(bloom_covers(&a, &both));
    bloom_unite(&b, &a);
    assert_memory_equal(both.bytes, b.bytes, BLOOM_BYTES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_added_may_be_there_and_what_was_not_is_not),
        cmocka_unit_test(test_bits_are_counted_from_the_last_byte),
        cmocka_unit_test(test_a_union_covers_its_parts_and_they_not_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
