/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/store_sql/migrate.h"
#include "store_fixture.h"

static void test_a_store_opened_again_has_what_was_committed(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    assert_ok(store_commit(fixture->writer));
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 2);
    store_rollback(fixture->writer);
    fixture_reopen(fixture);
    int64_t highest;
    assert_ok(store_invoice_highest_id(fixture->reader, &highest));
    assert_int_equal(highest, 1);
    assert_ok(store_verify(fixture->reader, fixture->arena));
}

static void test_only_our_user_can_read_the_files(void **state) {
    struct fixture *fixture = *state;
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < 4; i++) {
        struct stat about;
        const char *path = arena_printf(fixture->arena, "%s%s", fixture->path, endings[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
    }
}

static void test_a_second_opener_in_this_process_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct store *second = NULL;
    struct result result = store_open(fixture->arena, fixture->url, &second);
    assert_ptr_equal(result.code, &ERR_STORE_LOCKED);
    assert_non_null(strstr(result_text(result), fixture->path));
    assert_null(second);
    /* The first one still holds it. */
    assert_fault(store_open(fixture->arena, fixture->url, &second), ERR_STORE_LOCKED);
}

static void test_a_second_process_is_refused_and_told_who_has_the_store(void **state) {
    struct fixture *fixture = *state;
    pid_t parent = getpid();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *second;
        struct result result = store_open(fixture->arena, fixture->url, &second);
        const char *owner = arena_printf(fixture->arena, "(%ld)", (long)parent);
        bool is_right = result.code == &ERR_STORE_LOCKED && strstr(result_text(result), owner);
        _exit(is_right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_a_file_of_another_program_is_left_alone(void **state) {
    struct fixture *fixture = *state;
    int fd = open(fixture->path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "not a database, but long enough to look like one to some", 56), 56);
    close(fd);
    struct store *store;
    assert_fault(store_open(fixture->arena, fixture->url, &store), ERR_STORE_BROKEN);
    struct stat about;
    assert_int_equal(stat(fixture->path, &about), 0);
    assert_int_equal(about.st_size, 56);
}

static void test_an_unknown_kind_of_store_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct store *store;
    assert_fault(store_open(fixture->arena, STR("mysql:x"), &store), ERR_STORE_BROKEN);
    assert_fault(store_open(fixture->arena, STR("sqlite:"), &store), ERR_STORE_BROKEN);
    assert_fault(store_open(fixture->arena, STR("sqlite:/nowhere/at/all.db"), &store),
                 ERR_STORE_BROKEN);
}

static void test_a_temporary_store_works_and_leaves_nothing(void **state) {
    struct fixture *fixture = *state;
    struct store *store;
    struct store_conn *reader;
    assert_ok(store_open(fixture->arena, STR("sqlite::memory:"), &store));
    assert_ok(store_reader_open(store, &reader));
    assert_ok(store_begin(store_writer(store)));
    assert_ok(store_setting_set(store_writer(store), STR("a"), STR("b")));
    assert_ok(store_commit(store_writer(store)));
    struct str value;
    assert_ok(store_setting_get(reader, fixture->arena, STR("a"), &value));
    assert_str(value, "b");
    store_reader_close(reader);
    store_close(store);
}

static const struct migration knows[] = {
    {1, "one", "11111111111111111111111111111111111111111111111111111111111111aa",
     "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT"},
    {2, "two", "22222222222222222222222222222222222222222222222222222222222222aa",
     "CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT"},
};

/* The program's own list with two more at its end: what a newer version brings. */
static struct migration_list newer_list(struct fixture *fixture) {
    int count = migrations_sqlite.count;
    struct migration *migrations = ARENA_ARRAY(fixture->arena, struct migration, count + 2);
    memcpy(migrations, migrations_sqlite.migrations, (size_t)count * sizeof *migrations);
    for (int i = 0; i < 2; i++) {
        migrations[count + i] = knows[i];
        migrations[count + i].number = count + 1 + i;
    }
    return (struct migration_list){migrations_sqlite.bookkeeping, migrations, count + 2};
}

static void test_a_newer_version_adds_its_migrations_once(void **state) {
    struct fixture *fixture = *state;
    struct migration_list newer = newer_list(fixture);
    assert_ok(migrate(fixture->writer, fixture->arena, &newer));
    assert_ok(migrate(fixture->writer, fixture->arena, &newer));
}

static void test_a_store_of_a_newer_version_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct migration_list newer = newer_list(fixture);
    assert_ok(migrate(fixture->writer, fixture->arena, &newer));
    fixture_close(fixture);
    struct store *store;
    struct result result = store_open(fixture->arena, fixture->url, &store);
    assert_ptr_equal(result.code, &ERR_STORE_SCHEMA);
    assert_non_null(strstr(result_text(result), "newer"));
}

static void test_a_changed_migration_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct migration_list newer = newer_list(fixture);
    assert_ok(migrate(fixture->writer, fixture->arena, &newer));
    struct migration *changed = ARENA_ARRAY(fixture->arena, struct migration, (size_t)newer.count);
    memcpy(changed, newer.migrations, (size_t)newer.count * sizeof *changed);
    changed[newer.count - 1].checksum =
        "33333333333333333333333333333333333333333333333333333333333333aa";
    struct migration_list list = {newer.bookkeeping, changed, newer.count};
    struct result result = migrate(fixture->writer, fixture->arena, &list);
    assert_ptr_equal(result.code, &ERR_STORE_SCHEMA);
    assert_non_null(strstr(result_text(result), "\"two\""));
}

static void test_a_migration_that_fails_leaves_nothing_of_itself(void **state) {
    struct fixture *fixture = *state;
    struct migration_list newer = newer_list(fixture);
    struct migration *broken = ARENA_ARRAY(fixture->arena, struct migration, (size_t)newer.count);
    memcpy(broken, newer.migrations, (size_t)newer.count * sizeof *broken);
    broken[newer.count - 1].sql =
        "CREATE TABLE two (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE two (id INTEGER)";
    struct migration_list list = {newer.bookkeeping, broken, newer.count};
    struct result result = migrate(fixture->writer, fixture->arena, &list);
    assert_false(result_is_ok(result));
    assert_non_null(strstr(result_text(result), "\"two\""));
}

static void test_a_backup_is_a_store_with_the_same_ledger(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    put_invoice(fixture, 1);
    assert_ok(store_commit(fixture->writer));
    struct str before;
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &before));
    const char *path = arena_printf(fixture->arena, "%s.backup", fixture->path);
    assert_ok(store_backup(fixture->reader, fixture->arena, path));
    assert_fault(store_backup(fixture->reader, fixture->arena, path), ERR_STORE_BACKUP);
    fixture_close(fixture);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(rename(path, fixture->path), 0);
    (void)unlink(arena_printf(fixture->arena, "%s-wal", fixture->path));
    (void)unlink(arena_printf(fixture->arena, "%s-shm", fixture->path));
    fixture_reopen(fixture);
    struct str after;
    assert_ok(store_verify(fixture->reader, fixture->arena));
    assert_ok(store_ledger_digest(fixture->reader, fixture->arena, &after));
    assert_memory_equal(before.ptr, after.ptr, 64);
}

static void test_a_flipped_page_is_found(void **state) {
    struct fixture *fixture = *state;
    assert_ok(store_begin(fixture->writer));
    for (int64_t id = 1; id <= 500; id++) {
        put_invoice(fixture, id);
    }
    assert_ok(store_commit(fixture->writer));
    fixture_close(fixture);
    int fd = open(fixture->path, O_RDWR);
    struct stat about;
    assert_int_equal(fstat(fd, &about), 0);
    uint8_t page[4096];
    memset(page, 0x5a, sizeof page);
    assert_int_equal(pwrite(fd, page, sizeof page, about.st_size / 2 / 4096 * 4096), sizeof page);
    close(fd);
    fixture_reopen(fixture);
    assert_fault(store_verify(fixture->reader, fixture->arena), ERR_STORE_BROKEN);
}

static void test_a_replaced_file_is_noticed(void **state) {
    struct fixture *fixture = *state;
    const char *aside = arena_printf(fixture->arena, "%s.backup", fixture->path);
    assert_int_equal(rename(fixture->path, aside), 0);
    assert_fault(store_begin(fixture->writer), ERR_STORE_BROKEN);
    assert_int_equal(rename(aside, fixture->path), 0);
    /* What was missed meanwhile nobody knows. */
    assert_fault(store_begin(fixture->writer), ERR_STORE_BROKEN);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
#define TEST_CLOSED(name)                                                                          \
    cmocka_unit_test_setup_teardown(name, fixture_setup_closed, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_store_opened_again_has_what_was_committed),
        TEST(test_only_our_user_can_read_the_files),
        TEST(test_a_second_opener_in_this_process_is_refused),
        TEST(test_a_second_process_is_refused_and_told_who_has_the_store),
        TEST_CLOSED(test_a_file_of_another_program_is_left_alone),
        TEST_CLOSED(test_an_unknown_kind_of_store_is_refused),
        TEST_CLOSED(test_a_temporary_store_works_and_leaves_nothing),
        TEST(test_a_newer_version_adds_its_migrations_once),
        TEST(test_a_store_of_a_newer_version_is_refused),
        TEST(test_a_changed_migration_is_refused),
        TEST(test_a_migration_that_fails_leaves_nothing_of_itself),
        TEST(test_a_backup_is_a_store_with_the_same_ledger),
        TEST(test_a_flipped_page_is_found),
        TEST(test_a_replaced_file_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
