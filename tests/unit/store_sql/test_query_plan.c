/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "adapters/store_sql/driver.h"
#include "store_fixture.h"

struct leave {
    const char *query;
    const char *why;
};

/* Queries that may read a whole table: small tables, and what only an operator asks for. */
static const struct leave may_scan[] = {
    {"account_key_list", "few rows"},
    {"account_key_longest_gap", "the addresses of one key, found by their index; for wallet show"},
    {"alarm_count", "along the index of those not cleared"},
    {"alarm_list", "along the index of those not cleared"},
    {"delivery_count", "along the index of those not delivered"},
    {"digest_blocks", "the digest is of everything"},
    {"digest_invoices", "the digest is of everything"},
    {"digest_payments", "the digest is of everything"},
    {"invoice_list", "the operator's, down from the newest id, to the limit"},
    {"migration_list_done", "few rows"},
    {"shop_day_total", "the operator's, one row for each shop and day"},
    {"shop_list", "few rows"},
    {"trusted_rate_list", "few rows"},
    {"wallet_list", "few rows"},
};

/* Queries that may sort, because what they find is few by its nature. */
static const struct leave may_sort[] = {
    {"alarm_list", "the operator's, and at a start"},
    {"delivery_list_since", "the operator's, what was made since a time"},
    {"payment_matured_from", "what the undo of a block takes back"},
    {"payment_maturing", "what a block matures"},
    {"payment_seen", "what is in the mempool"},
    {"wallet_list_of_shop", "few rows"},
};

static bool has_leave(const char *name, const struct leave *leaves, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, leaves[i].query) == 0) {
            return true;
        }
    }
    return false;
}

struct plan {
    bool scans;
    bool sorts;
    bool goes_the_way;
};

static struct plan plan_of(sqlite3 *db, const struct query *query, const char *way) {
    char *sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", query->sql);
    sqlite3_stmt *handle = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &handle, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", query->name, sqlite3_errmsg(db));
    }
    struct plan plan = {0};
    while (sqlite3_step(handle) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(handle, 3);
        bool scans = strncmp(line, "SCAN ", 5) == 0 && strstr(line, "CONSTANT ROW") == NULL;
        bool sorts = strstr(line, "TEMP B-TREE") != NULL;
        plan.scans = plan.scans || scans;
        plan.sorts = plan.sorts || sorts;
        plan.goes_the_way = plan.goes_the_way || strstr(line, way) != NULL;
        if (scans || sorts) {
            print_message("# %s: %s\n", query->name, line);
        }
    }
    sqlite3_finalize(handle);
    sqlite3_free(sql);
    return plan;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static void test_no_query_reads_a_whole_table_but_those_listed(void **state) {
    struct fixture *fixture = *state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    size_t count = 0;
    size_t scans = 0;
    size_t sorts = 0;
    for (const struct query *query; (query = query_at(count)) != NULL; count++) {
        struct plan plan = plan_of(db, query, "");
        if (plan.scans && !has_leave(query->name, may_scan, COUNT_OF(may_scan))) {
            fail_msg("%s scans a table", query->name);
        }
        if (plan.sorts && !has_leave(query->name, may_sort, COUNT_OF(may_sort))) {
            fail_msg("%s sorts", query->name);
        }
        scans += plan.scans;
        sorts += plan.sorts;
    }
    sqlite3_close(db);
    assert_in_range(count, 60, QUERIES_MAX);
    /* No leave outlives its need. */
    assert_int_equal(scans, COUNT_OF(may_scan));
    assert_int_equal(sorts, COUNT_OF(may_sort));
}

/* Where more than one way would do and only one is fast at millions of rows. */
static const struct {
    const char *query;
    const char *way;
} ways[] = {
    {"static_wallet_by_address", "INDEX sqlite_autoindex_static_wallet_2"},
    {"static_wallet_by_key", "INDEX sqlite_autoindex_static_wallet_3"},
    {"account_key_issued", "INDEX address_account_key"},
    {"account_key_paid", "INDEX address_account_key"},
    {"account_key_quarantined_paid", "INDEX address_quarantined"},
    {"address_by_program", "INDEX address_program"},
    {"address_paid_in", "SEARCH p USING INTEGER PRIMARY KEY"},
    {"address_since", "INTEGER PRIMARY KEY"},
    {"delivery_list", "INTEGER PRIMARY KEY"},
    {"delivery_list_of_shop", "INDEX delivery_shop"},
    {"delivery_list_open", "INDEX delivery_open"},
    {"delivery_list_since", "INDEX delivery_created"},
    {"delivery_undelivered", "INDEX delivery_due"},
    {"idempotency_key_oldest", "COVERING INDEX idempotency_key_created"},
    {"idempotency_key_prune", "INDEX idempotency_key_created"},
    {"invoice_after", "INTEGER PRIMARY KEY"},
    {"invoice_expired", "INDEX invoice_expired"},
    {"invoice_expiring", "INDEX invoice_open"},
    {"invoice_list_of_shop", "INDEX invoice_shop"},
    {"invoice_next_deadline", "INDEX invoice_open"},
    {"journal_of_shop", "INDEX journal_shop"},
    {"native_inflow_after", "INTEGER PRIMARY KEY"},
    {"native_inflow_by_address", "INTEGER PRIMARY KEY"},
    {"untraced_at", "PRIMARY KEY (network_id=? AND first_height<?)"},
    {"untraced_sum", "PRIMARY KEY (network_id=?)"},
    {"payment_at_height", "INDEX payment_height"},
    {"payment_matured_from", "INDEX payment_state"},
    {"payment_maturing", "INDEX payment_state"},
    {"payment_seen", "INDEX payment_state"},
    {"payment_waits", "INDEX payment_state"},
    {"payout_latest", "INDEX payout_api_key"},
    {"payout_list", "INTEGER PRIMARY KEY"},
    {"payout_list_of_shop", "INDEX payout_shop"},
    {"payout_of_export", "INDEX payout_by_export"},
    {"payout_export_file", "INTEGER PRIMARY KEY"},
    {"payout_transfer_by_payout", "INTEGER PRIMARY KEY"},
    {"payout_sender_use", "INDEX payout_transfer_address"},
    {"sweep_plan_by_id", "INTEGER PRIMARY KEY"},
    {"sweep_plan_list", "INTEGER PRIMARY KEY"},
    {"sweep_hold_by_address", "INTEGER PRIMARY KEY"},
    {"coin_list", "INDEX payment_coin"},
    {"coin_of_export", "INDEX payout_coin_export"},
    {"coin_holder", "INDEX payout_by_export"},
    {"coin_forget_spent", "INDEX payment_spent"},
};

static const struct query *query_by_name(const char *name) {
    const struct query *query;
    for (size_t i = 0; (query = query_at(i)) != NULL; i++) {
        if (strcmp(query->name, name) == 0) {
            return query;
        }
    }
    fail_msg("there is no query %s", name);
    return NULL;
}

static void test_the_hot_queries_take_the_index_made_for_them(void **state) {
    struct fixture *fixture = *state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct plan plan = plan_of(db, query_by_name(ways[i].query), ways[i].way);
        if (!plan.goes_the_way) {
            fail_msg("%s does not use %s", ways[i].query, ways[i].way);
        }
    }
    sqlite3_close(db);
}

static void test_every_query_has_a_name_of_its_own(void **state) {
    for (size_t i = 0; query_at(i) != NULL; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(query_at(i)->name, query_at(j)->name);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_no_query_reads_a_whole_table_but_those_listed),
        TEST(test_the_hot_queries_take_the_index_made_for_them),
        TEST(test_every_query_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
