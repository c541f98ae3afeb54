/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_shop.h"

#define ACCOUNT_KEY_COLUMNS "id, account_id, fingerprint, next_index"

static void take_account_key(struct stmt *stmt, struct account_key_row *key) {
    key->id = take_i64(stmt);
    take_bytes(stmt, key->account_id, sizeof(key->account_id));
    take_bytes(stmt, key->fingerprint, sizeof(key->fingerprint));
    key->next_index = take_i64(stmt);
}

QUERY_INSERT(account_key_insert, "INSERT INTO account_key (account_id, fingerprint, next_index) "
                                 "VALUES ($1, $2, $3)");

struct result store_account_key_insert(struct store_conn *conn, const struct account_key_row *key,
                                       int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &account_key_insert);
    bind_bytes(stmt, key->account_id, sizeof(key->account_id));
    bind_bytes(stmt, key->fingerprint, sizeof(key->fingerprint));
    bind_i64(stmt, key->next_index);
    return stmt_run_insert(stmt, ret_id);
}

QUERY(account_key_by_account_id,
      "SELECT " ACCOUNT_KEY_COLUMNS " FROM account_key WHERE account_id = $1");

struct result store_account_key_by_account_id(struct store_conn *conn,
                                              const uint8_t account_id[ACCOUNT_ID_BYTES],
                                              struct account_key_row *ret_key) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &account_key_by_account_id);
    bind_bytes(stmt, account_id, ACCOUNT_ID_BYTES);
    struct account_key_row key = {0};
    if (stmt_next(stmt)) {
        take_account_key(stmt, &key);
    }
    TRY(stmt_found(stmt));
    *ret_key = key;
    return RESULT_OK;
}

QUERY(account_key_list, "SELECT " ACCOUNT_KEY_COLUMNS " FROM account_key ORDER BY id");

struct result store_account_key_list(struct store_conn *conn, struct arena *arena,
                                     const struct account_key_row **ret_keys, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &account_key_list);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct account_key_row));
    while (stmt_next(stmt)) {
        struct account_key_row *key = row_list_add(&list);
        if (key != NULL) {
            take_account_key(stmt, key);
        }
    }
    TRY(stmt_result(stmt));
    *ret_keys = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(account_key_raise,
      "UPDATE account_key SET next_index = $2 WHERE id = $1 AND next_index < $2");

struct result store_account_key_raise(struct store_conn *conn, int64_t id, int64_t next_index) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &account_key_raise);
    bind_i64(stmt, id);
    bind_i64(stmt, next_index);
    return stmt_run(stmt);
}

QUERY(account_key_issued, "SELECT coalesce(max(address_index), -1) FROM address "
                          "WHERE account_key_id = $1 AND kind <> 'quarantined'");

/* Walk down from the highest index to the first that was paid to. */
QUERY(account_key_paid, "SELECT coalesce((SELECT address_index FROM address AS a "
                        "WHERE account_key_id = $1 AND kind <> 'quarantined' "
                        "AND EXISTS (SELECT 1 FROM payment AS p WHERE p.address_id = a.id) "
                        "ORDER BY address_index DESC LIMIT 1), -1)");

QUERY(account_key_quarantined_paid,
      "SELECT coalesce((SELECT address_index FROM address AS a "
      "WHERE account_key_id = $1 AND kind = 'quarantined' "
      "AND EXISTS (SELECT 1 FROM payment AS p WHERE p.address_id = a.id) "
      "ORDER BY address_index DESC LIMIT 1), -1)");

static struct result index_of(struct store_conn *conn, const struct query *query,
                              int64_t account_key_id, int64_t *ret_index) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, query);
    bind_i64(stmt, account_key_id);
    return stmt_run_i64(stmt, ret_index);
}

struct result store_account_key_issued(struct store_conn *conn, int64_t account_key_id,
                                       int64_t *ret_index) {
    return index_of(conn, &account_key_issued, account_key_id, ret_index);
}

struct result store_account_key_use(struct store_conn *conn, int64_t account_key_id,
                                    struct store_index_use *ret_use) {
    struct store_index_use use;
    int64_t quarantined;
    TRY(store_account_key_issued(conn, account_key_id, &use.issued));
    TRY(index_of(conn, &account_key_paid, account_key_id, &use.paid));
    TRY(index_of(conn, &account_key_quarantined_paid, account_key_id, &quarantined));
    use.paid = quarantined > use.paid ? quarantined : use.paid;
    *ret_use = use;
    return RESULT_OK;
}

QUERY(account_key_longest_gap,
      "SELECT coalesce(max(address_index - previous - 1), 0) FROM ("
      "SELECT address_index, lag(address_index, 1, -1) OVER (ORDER BY address_index) AS previous "
      "FROM address AS a WHERE account_key_id = $1 AND kind <> 'quarantined' "
      "AND EXISTS (SELECT 1 FROM payment AS p WHERE p.address_id = a.id)) AS paid");

struct result store_account_key_longest_gap(struct store_conn *conn, int64_t account_key_id,
                                            int64_t *ret_gap) {
    return index_of(conn, &account_key_longest_gap, account_key_id, ret_gap);
}
