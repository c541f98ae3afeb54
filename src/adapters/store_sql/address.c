/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "adapters/store_sql/values.h"
#include "ports/store.h"
#include "ports/store_invoice.h"

static const char *const kinds[] = {
    [ADDRESS_INVOICE] = "invoice",
    [ADDRESS_STATIC] = "static",
    [ADDRESS_QUARANTINED] = "quarantined",
    [ADDRESS_CHANGE] = "change",
};

#define ADDRESS_COLUMNS                                                                            \
    "id, kind, invoice_id, network_id, program, asset, due, rate_quote_id, wallet_id, "            \
    "account_key_id, address_index, mac, issued_at_ms"

static struct script take_script(struct stmt *stmt) {
    struct script script = {0};
    if (!script_from_bytes(take_view(stmt), &script)) {
        stmt_fail(stmt, &ERR_STORE_BROKEN, "a program is too long");
    }
    return script;
}

static void take_address(struct stmt *stmt, struct address_row *address) {
    address->id = take_i64(stmt);
    address->kind = (enum address_kind)take_word(stmt, WORDS_OF(kinds));
    address->invoice_id = take_i64(stmt);
    address->network = take_network(stmt);
    address->program = take_script(stmt);
    address->asset = take_asset(stmt);
    address->due = take_amount(stmt, address->asset);
    address->rate_quote_id = take_i64(stmt);
    address->wallet_id = take_i64(stmt);
    address->account_key_id = take_i64(stmt);
    address->address_index = take_u32(stmt);
    take_bytes(stmt, address->mac, sizeof(address->mac));
    address->issued_at_ms = take_i64(stmt);
}

QUERY_INSERT(
    address_insert,
    "INSERT INTO address (kind, invoice_id, network_id, program, asset, due, rate_quote_id, "
    "wallet_id, account_key_id, address_index, mac, issued_at_ms) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

struct result store_address_insert(struct store_conn *conn, const struct address_row *address,
                                   int64_t *ret_id) {
    assert(address->due.asset == address->asset);
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_insert);
    bind_word(stmt, WORDS_OF(kinds), address->kind);
    bind_or_null(stmt, address->invoice_id);
    bind_network(stmt, address->network);
    bind_bytes(stmt, address->program.bytes, address->program.len);
    bind_asset(stmt, address->asset);
    bind_amount(stmt, address->due);
    bind_or_null(stmt, address->rate_quote_id);
    bind_i64(stmt, address->wallet_id);
    bind_i64(stmt, address->account_key_id);
    bind_i64(stmt, address->address_index);
    bind_bytes(stmt, address->mac, sizeof(address->mac));
    bind_i64(stmt, address->issued_at_ms);
    struct result result = stmt_run_insert(stmt, ret_id);
    if (result.code == &ERR_STORE_TAKEN) {
        result.code = &ERR_ADDRESS_TAKEN;
    }
    return result;
}

static struct result one_address(struct stmt *stmt, struct address_row *ret_address) {
    struct address_row address = {0};
    if (stmt_next(stmt)) {
        take_address(stmt, &address);
    }
    TRY(stmt_found(stmt));
    *ret_address = address;
    return RESULT_OK;
}

QUERY(address_by_id, "SELECT " ADDRESS_COLUMNS " FROM address WHERE id = $1");

struct result store_address_by_id(struct store_conn *conn, int64_t id,
                                  struct address_row *ret_address) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_by_id);
    bind_i64(stmt, id);
    return one_address(stmt, ret_address);
}

static struct result addresses_of(struct stmt *stmt, struct arena *arena,
                                  const struct address_row **ret_addresses, size_t *ret_count) {
    struct row_list list = row_list_of(stmt, arena, sizeof(struct address_row));
    while (stmt_next(stmt)) {
        struct address_row *address = row_list_add(&list);
        if (address != NULL) {
            take_address(stmt, address);
        }
    }
    TRY(stmt_result(stmt));
    *ret_addresses = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(address_of_invoice,
      "SELECT " ADDRESS_COLUMNS " FROM address WHERE invoice_id = $1 ORDER BY id");

/* The address of the wallet, with what is the receipt's own. */
QUERY(address_of_receipt,
      "SELECT a.id, a.kind, a.invoice_id, a.network_id, a.program, a.asset, r.due, "
      "r.rate_quote_id, a.wallet_id, a.account_key_id, a.address_index, a.mac, a.issued_at_ms "
      "FROM static_receipt AS r JOIN static_wallet AS w ON w.id = r.static_wallet_id "
      "JOIN address AS a ON a.id = w.address_id WHERE r.invoice_id = $1");

static struct result options_by(struct store_conn *conn, struct arena *arena,
                                const struct query *query, int64_t invoice_id,
                                const struct address_row **ret_addresses, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, query);
    bind_i64(stmt, invoice_id);
    return addresses_of(stmt, arena, ret_addresses, ret_count);
}

struct result store_address_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct address_row **ret_addresses,
                                       size_t *ret_count) {
    TRY(options_by(conn, arena, &address_of_invoice, invoice_id, ret_addresses, ret_count));
    if (*ret_count > 0) {
        return RESULT_OK;
    }
    return options_by(conn, arena, &address_of_receipt, invoice_id, ret_addresses, ret_count);
}

QUERY(address_since, "SELECT " ADDRESS_COLUMNS " FROM address "
                     "WHERE id > $1 AND +network_id = $2 ORDER BY id");

struct result store_address_since(struct store_conn *conn, struct arena *arena,
                                  const struct network *network, int64_t after_id,
                                  const struct address_row **ret_addresses, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_since);
    bind_i64(stmt, after_id);
    bind_network(stmt, network);
    return addresses_of(stmt, arena, ret_addresses, ret_count);
}

QUERY(address_paid_in,
      "SELECT a.id, a.kind, a.invoice_id, a.network_id, a.program, a.asset, a.due, "
      "a.rate_quote_id, a.wallet_id, a.account_key_id, a.address_index, a.mac, a.issued_at_ms "
      "FROM payment AS p JOIN address AS a ON a.id = p.address_id "
      "WHERE p.id > $1 AND p.id <= $2 AND +p.state IN ('shallow', 'confirmed') "
      "AND +a.wallet_id = $3 ORDER BY p.id DESC");

struct result store_address_paid_in(struct store_conn *conn, struct arena *arena, int64_t wallet_id,
                                    struct store_payment_range payments,
                                    const struct address_row **ret_addresses, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_paid_in);
    bind_i64(stmt, payments.after_id);
    bind_i64(stmt, payments.until_id);
    bind_i64(stmt, wallet_id);
    return addresses_of(stmt, arena, ret_addresses, ret_count);
}

QUERY(address_highest_id, "SELECT coalesce(max(id), 0) FROM address");

struct result store_address_highest_id(struct store_conn *conn, int64_t *ret_id) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_highest_id);
    return stmt_run_i64(stmt, ret_id);
}

/* A program and where the caller has it. */
struct wanted {
    const struct script *program;
    size_t place;
};

/* As the index sorts, so that the walk through it goes forward and each page is read once. */
static int compare_wanted(const void *a, const void *b) {
    const struct script *left = ((const struct wanted *)a)->program;
    const struct script *right = ((const struct wanted *)b)->program;
    size_t shared = left->len < right->len ? left->len : right->len;
    int sign = memcmp(left->bytes, right->bytes, shared);
    return sign != 0 ? sign : (int)left->len - (int)right->len;
}

static const struct wanted *sort_programs(struct arena *arena, const struct script *const *programs,
                                          size_t count) {
    struct wanted *wanted = ARENA_ARRAY(arena, struct wanted, count);
    for (size_t i = 0; i < count; i++) {
        wanted[i] = (struct wanted){.program = programs[i], .place = i};
    }
    qsort(wanted, count, sizeof(*wanted), compare_wanted);
    return wanted;
}

QUERY(address_by_program,
      "SELECT " ADDRESS_COLUMNS " FROM address WHERE network_id = $1 AND program = $2");

static struct result by_program(struct store_conn *conn, struct arena *arena,
                                const struct network *network, const struct script *program,
                                const struct address_row **ret_address) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &address_by_program);
    bind_network(stmt, network);
    bind_bytes(stmt, program->bytes, program->len);
    struct address_row *address = NULL;
    if (stmt_next(stmt)) {
        address = ARENA_NEW(arena, struct address_row);
        take_address(stmt, address);
    }
    TRY(stmt_result(stmt));
    *ret_address = address;
    return RESULT_OK;
}

static struct result match_all(struct store_conn *conn, struct arena *arena,
                               const struct network *network, const struct wanted *wanted,
                               size_t count, const struct address_row **rows) {
    for (size_t i = 0; i < count; i++) {
        bool is_repeat = i > 0 && script_eq(wanted[i].program, wanted[i - 1].program);
        if (is_repeat) {
            rows[wanted[i].place] = rows[wanted[i - 1].place];
            continue;
        }
        TRY(by_program(conn, arena, network, wanted[i].program, &rows[wanted[i].place]));
    }
    return RESULT_OK;
}

struct result store_address_match(struct store_conn *conn, struct arena *arena,
                                  const struct network *network,
                                  const struct script *const *programs, size_t count,
                                  const struct address_row *const **ret_rows) {
    const struct address_row **rows = ARENA_ARRAY(arena, const struct address_row *, count);
    const struct wanted *wanted = sort_programs(arena, programs, count);
    /* One state for all, and half the time: each read on its own would take a lock of its own. */
    bool is_alone = conn_is_reader(conn) && !conn_is_in_txn(conn);
    if (is_alone) {
        TRY(store_read_begin(conn));
    }
    struct result result = match_all(conn, arena, network, wanted, count, rows);
    if (is_alone) {
        store_read_end(conn);
    }
    TRY(result);
    *ret_rows = rows;
    return RESULT_OK;
}
