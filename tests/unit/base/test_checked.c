/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checked.h"

#define U128_MAX (~(u128)0)

static void test_exact_results_are_stored(void **state) {
    (void)state;
    size_t size;
    assert_true(size_add(SIZE_MAX - 1, 1, &size) && size == SIZE_MAX);
    assert_true(size_sub(1, 1, &size) && size == 0);
    assert_true(size_mul((size_t)1 << 32, (size_t)1 << 31, &size) && size == (size_t)1 << 63);
    uint64_t u64;
    assert_true(u64_add(UINT64_MAX - 1, 1, &u64) && u64 == UINT64_MAX);
    assert_true(u64_sub(UINT64_MAX, UINT64_MAX, &u64) && u64 == 0);
    assert_true(u64_mul(UINT32_MAX, UINT32_MAX, &u64) && u64 == 0xfffffffe00000001);
    int64_t i64;
    assert_true(i64_add(INT64_MIN, INT64_MAX, &i64) && i64 == -1);
    assert_true(i64_sub(-1, INT64_MAX, &i64) && i64 == INT64_MIN);
    assert_true(i64_mul(INT64_MIN / 2, 2, &i64) && i64 == INT64_MIN);
    u128 wide;
    assert_true(u128_add(U128_MAX - 1, 1, &wide) && wide == U128_MAX);
    assert_true(u128_sub(U128_MAX, 1, &wide) && wide == U128_MAX - 1);
    assert_true(u128_mul(UINT64_MAX, UINT64_MAX, &wide));
    assert_true(wide == U128_MAX - 2 * (u128)UINT64_MAX);
}

static void test_overflow_is_refused_and_stores_nothing(void **state) {
    (void)state;
    size_t size = 7;
    assert_false(size_add(SIZE_MAX, 1, &size));
    assert_false(size_sub(0, 1, &size));
    assert_false(size_mul((size_t)1 << 32, (size_t)1 << 32, &size));
    assert_int_equal(size, 7);
    uint64_t u64 = 7;
    assert_false(u64_add(UINT64_MAX, 1, &u64));
    assert_false(u64_sub(1, 2, &u64));
    assert_false(u64_mul(UINT64_MAX, 2, &u64));
    assert_int_equal(u64, 7);
    int64_t i64 = 7;
    assert_false(i64_add(INT64_MAX, 1, &i64));
    assert_false(i64_sub(INT64_MIN, 1, &i64));
    assert_false(i64_mul(INT64_MIN, -1, &i64));
    assert_int_equal(i64, 7);
    u128 wide = 7;
    assert_false(u128_add(U128_MAX, 1, &wide));
    assert_false(u128_sub(0, 1, &wide));
    assert_false(u128_mul(U128_MAX, 2, &wide));
    assert_true(wide == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_results_are_stored),
        cmocka_unit_test(test_overflow_is_refused_and_stores_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
