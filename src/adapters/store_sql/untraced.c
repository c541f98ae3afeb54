/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "core/error.h"
#include "ports/store_payment.h"

struct run {
    int64_t first;
    int64_t last;
};

QUERY(untraced_at, "SELECT first_height, last_height FROM untraced "
                   "WHERE network_id = $1 AND first_height <= $2 "
                   "ORDER BY first_height DESC LIMIT 1");

/* The run that begins last among those that begin at or below the height; else one that ends before
 * every block. */
static struct result run_at(struct store_conn *conn, const struct network *network, int64_t height,
                            struct run *ret_run) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &untraced_at);
    bind_network(stmt, network);
    bind_i64(stmt, height);
    struct run run = {.first = -2, .last = -2};
    if (stmt_next(stmt)) {
        run.first = take_i64(stmt);
        run.last = take_i64(stmt);
    }
    TRY(stmt_result(stmt));
    *ret_run = run;
    return RESULT_OK;
}

QUERY(untraced_put, "INSERT INTO untraced (network_id, first_height, last_height) "
                    "VALUES ($1, $2, $3) ON CONFLICT (network_id, first_height) "
                    "DO UPDATE SET last_height = excluded.last_height");

/* Nothing if the run is empty. */
static struct result put(struct store_conn *conn, const struct network *network, struct run run) {
    if (run.first > run.last) {
        return RESULT_OK;
    }
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &untraced_put);
    bind_network(stmt, network);
    bind_i64(stmt, run.first);
    bind_i64(stmt, run.last);
    return stmt_run(stmt);
}

QUERY(untraced_delete, "DELETE FROM untraced WHERE network_id = $1 AND first_height = $2");

static struct result drop(struct store_conn *conn, const struct network *network, int64_t first) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &untraced_delete);
    bind_network(stmt, network);
    bind_i64(stmt, first);
    return stmt_run_one(stmt);
}

struct result store_untraced_add(struct store_conn *conn, const struct network *network,
                                 int64_t height) {
    struct run run;
    TRY(run_at(conn, network, height, &run));
    if (height <= run.last) {
        return RESULT_OK;
    }
    int64_t first = run.last == height - 1 ? run.first : height;
    return put(conn, network, (struct run){first, height});
}

struct result store_untraced_remove(struct store_conn *conn, const struct network *network,
                                    int64_t height, bool *ret_removed) {
    struct run run;
    TRY(run_at(conn, network, height, &run));
    *ret_removed = height <= run.last;
    if (!*ret_removed) {
        return RESULT_OK;
    }
    TRY(drop(conn, network, run.first));
    TRY(put(conn, network, (struct run){run.first, height - 1}));
    return put(conn, network, (struct run){height + 1, run.last});
}

QUERY(untraced_sum, "SELECT coalesce(sum(last_height - first_height + 1), 0), "
                    "coalesce(min(first_height), 0), coalesce(max(last_height), 0) "
                    "FROM untraced WHERE network_id = $1");

struct result store_untraced_sum(struct store_conn *conn, const struct network *network,
                                 struct untraced_sum *ret_sum) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &untraced_sum);
    bind_network(stmt, network);
    struct untraced_sum sum = {.count = 0};
    if (stmt_next(stmt)) {
        sum.count = take_i64(stmt);
        sum.first_height = take_i64(stmt);
        sum.last_height = take_i64(stmt);
    }
    TRY(stmt_found(stmt));
    *ret_sum = sum;
    return RESULT_OK;
}
