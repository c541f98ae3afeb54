/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>

#include "faulty_disk.h"
#include "store_fixture.h"

static int setup(void **state) {
    faulty_disk_install();
    return fixture_setup(state);
}

static struct result insert(struct fixture *fixture, int64_t id) {
    struct invoice_row invoice = an_invoice(fixture, id);
    struct address_row address = an_address(fixture, id, (uint32_t)id);
    TRY(store_begin(fixture->writer));
    TRY(store_invoice_insert(fixture->writer, &invoice));
    TRY(store_address_insert(fixture->writer, &address, &address.id));
    return store_commit(fixture->writer);
}

static int64_t highest_id(struct fixture *fixture) {
    int64_t highest = -1;
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    return highest;
}

static void test_a_full_disk_refuses_and_recovers_by_itself(void **state) {
    struct fixture *fixture = *state;
    assert_ok(insert(fixture, 1));
    uint64_t call = 0;
    bool came_to_pass;
    do {
        faulty_disk_plan(DISK_WRITE, ++call, SQLITE_FULL);
        struct result result = insert(fixture, 2);
        came_to_pass = faulty_disk_repair();
        if (came_to_pass) {
            assert_ptr_equal(result.code, &ERR_STORE_FULL);
            store_rollback(fixture->writer);
            assert_int_equal(highest_id(fixture), 1);
        }
    } while (came_to_pass);
    assert_true(call > 3);
    assert_int_equal(highest_id(fixture), 2);
    fixture_reopen(fixture);
    assert_int_equal(highest_id(fixture), 2);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_a_disk_that_cannot_write_stops_the_store(void **state) {
    struct fixture *fixture = *state;
    for (uint64_t call = 1; call <= 4; call++) {
        int64_t before = highest_id(fixture);
        faulty_disk_plan(DISK_WRITE, call, SQLITE_IOERR_WRITE);
        assert_fault(insert(fixture, before + 1), ERR_STORE_BROKEN);
        assert_true(faulty_disk_repair());
        store_rollback(fixture->writer);
        assert_fault(insert(fixture, before + 1), ERR_STORE_BROKEN);
        fixture_reopen(fixture);
        assert_int_equal(highest_id(fixture), before);
        assert_ok(insert(fixture, before + 1));
        assert_ok(store_verify(fixture->reader, fixture->arena));
    }
}

static void test_a_sync_that_failed_is_not_tried_again(void **state) {
    struct fixture *fixture = *state;
    assert_ok(insert(fixture, 1));
    faulty_disk_plan(DISK_SYNC, 1, SQLITE_IOERR_FSYNC);
    assert_fault(insert(fixture, 2), ERR_STORE_BROKEN);
    assert_true(faulty_disk_repair());
    store_rollback(fixture->writer);
    /* The disk would sync now; what it lost before nobody knows. */
    assert_fault(store_begin(fixture->writer), ERR_STORE_BROKEN);
    fixture_reopen(fixture);
    /* Nobody was told; so it may be there or not, but whole. */
    int64_t highest = highest_id(fixture);
    assert_in_range(highest, 1, 2);
    const struct address_row *addresses;
    size_t count;
    assert_ok(
        store_address_of_invoice(fixture->reader, fixture->arena, highest, &addresses, &count));
    assert_int_equal(count, 1);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_a_checkpoint_that_finds_no_room_loses_nothing(void **state) {
    struct fixture *fixture = *state;
    assert_ok(insert(fixture, 1));
    faulty_disk_plan(DISK_WRITE, 1, SQLITE_FULL);
    assert_fault(store_checkpoint(fixture->writer, true), ERR_STORE_FULL);
    assert_true(faulty_disk_repair());
    assert_ok(insert(fixture, 2));
    assert_ok(store_checkpoint(fixture->writer, true));
    fixture_reopen(fixture);
    assert_int_equal(highest_id(fixture), 2);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_a_checkpoint_that_cannot_sync_stops_the_store(void **state) {
    struct fixture *fixture = *state;
    assert_ok(insert(fixture, 1));
    faulty_disk_plan(DISK_SYNC, 1, SQLITE_IOERR_FSYNC);
    assert_fault(store_checkpoint(fixture->writer, true), ERR_STORE_BROKEN);
    assert_true(faulty_disk_repair());
    assert_fault(insert(fixture, 2), ERR_STORE_BROKEN);
    store_rollback(fixture->writer);
    fixture_reopen(fixture);
    assert_int_equal(highest_id(fixture), 1);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_a_page_that_cannot_be_read_is_a_fault_of_the_reader(void **state) {
    struct fixture *fixture = *state;
    assert_ok(insert(fixture, 1));
    fixture_reopen(fixture);
    struct invoice_row invoice;
    faulty_disk_plan(DISK_READ, 1, SQLITE_IOERR_READ);
    assert_fault(store_invoice_by_id(fixture->reader, fixture->arena, 1, &invoice),
                 ERR_STORE_BROKEN);
    assert_true(faulty_disk_repair());
    assert_ok(store_invoice_by_id(fixture->reader, fixture->arena, 1, &invoice));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_full_disk_refuses_and_recovers_by_itself),
        TEST(test_a_disk_that_cannot_write_stops_the_store),
        TEST(test_a_sync_that_failed_is_not_tried_again),
        TEST(test_a_checkpoint_that_finds_no_room_loses_nothing),
        TEST(test_a_checkpoint_that_cannot_sync_stops_the_store),
        TEST(test_a_page_that_cannot_be_read_is_a_fault_of_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
