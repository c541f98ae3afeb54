/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "store_fixture.h"

static struct idempotency_key_row a_key(const struct fixture *fixture, const char *key,
                                        int64_t created_at_ms) {
    return (struct idempotency_key_row){.shop_id = fixture->shop_id,
                                        .key = str_from_c(key),
                                        .request_hash = {1, [31] = 9},
                                        .made_id = 1,
                                        .reply = STR("{\"status\":\"success\"}"),
                                        .created_at_ms = created_at_ms};
}

static void put(struct fixture *fixture, const char *key, int64_t created_at_ms) {
    struct idempotency_key_row row = a_key(fixture, key, created_at_ms);
    assert_ok(store_idempotency_key_insert(fixture->writer, &row));
}

static bool has(struct fixture *fixture, const char *key) {
    struct idempotency_key_row row;
    return result_is_ok(store_idempotency_key_find(fixture->reader, fixture->arena,
                                                   fixture->shop_id, str_from_c(key), &row));
}

static void test_a_key_comes_back_as_it_was_put_to_its_shop_only(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    (void)put_invoice(fixture, 1);
    put(fixture, "order 1", 7);
    assert_ok(store_commit(fixture->writer));
    struct idempotency_key_row row;
    assert_ok(store_idempotency_key_find(fixture->reader, fixture->arena, fixture->shop_id,
                                         STR("order 1"), &row));
    struct idempotency_key_row wanted = a_key(fixture, "order 1", 7);
    assert_int_equal(row.shop_id, fixture->shop_id);
    assert_str(row.key, "order 1");
    assert_memory_equal(row.request_hash, wanted.request_hash, sizeof row.request_hash);
    assert_int_equal(row.made_id, 1);
    assert_str(row.reply, "{\"status\":\"success\"}");
    assert_int_equal(row.created_at_ms, 7);
    assert_fault(store_idempotency_key_find(fixture->reader, fixture->arena, fixture->shop_id + 1,
                                            STR("order 1"), &row),
                 ERR_NOT_FOUND);
    assert_false(has(fixture, "ORDER 1"));
}

static void test_a_key_is_used_once(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    (void)put_invoice(fixture, 1);
    put(fixture, "a", 7);
    struct idempotency_key_row again = a_key(fixture, "a", 8);
    assert_fault(store_idempotency_key_insert(fixture->writer, &again), ERR_STORE_TAKEN);
    store_rollback(fixture->writer);
}

static void test_the_oldest_are_forgotten_first(void **state) {
    struct fixture *fixture = *state;
    int64_t oldest_ms;
    assert_ok(store_idempotency_key_oldest(fixture->reader, &oldest_ms));
    assert_int_equal(oldest_ms, 0);
    assert_ok(store_begin(fixture->writer));
    (void)put_invoice(fixture, 1);
    put(fixture, "c", 30);
    put(fixture, "a", 10);
    put(fixture, "b", 20);
    assert_ok(store_idempotency_key_prune(fixture->writer, 30, 1));
    assert_ok(store_commit(fixture->writer));
    assert_false(has(fixture, "a"));
    assert_true(has(fixture, "b"));
    assert_ok(store_idempotency_key_oldest(fixture->reader, &oldest_ms));
    assert_int_equal(oldest_ms, 20);
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_idempotency_key_prune(fixture->writer, 30, 100));
    assert_ok(store_commit(fixture->writer));
    assert_false(has(fixture, "b"));
    assert_true(has(fixture, "c"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_key_comes_back_as_it_was_put_to_its_shop_only),
        TEST(test_a_key_is_used_once),
        TEST(test_the_oldest_are_forgotten_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
