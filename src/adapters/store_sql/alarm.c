/* SPDX-License-Identifier: MIT */
#include "adapters/store_sql/values.h"
#include "ports/store_journal.h"

QUERY(alarm_raise, "INSERT INTO alarm (code, subject, detail, since_ms) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (code, subject) WHERE cleared_ms IS NULL "
                   "DO UPDATE SET detail = excluded.detail");

struct result store_alarm_raise(struct store_conn *conn, const struct alarm_row *alarm) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &alarm_raise);
    bind_str(stmt, alarm->code);
    bind_str(stmt, alarm->subject);
    bind_str(stmt, alarm->detail);
    bind_i64(stmt, alarm->since_ms);
    return stmt_run(stmt);
}

QUERY(alarm_clear, "UPDATE alarm SET cleared_ms = $3 "
                   "WHERE code = $1 AND subject = $2 AND cleared_ms IS NULL");

struct result store_alarm_clear(struct store_conn *conn, struct str code, struct str subject,
                                int64_t cleared_ms) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &alarm_clear);
    bind_str(stmt, code);
    bind_str(stmt, subject);
    bind_i64(stmt, cleared_ms);
    return stmt_run(stmt);
}

static void take_alarm(struct stmt *stmt, struct arena *arena, struct alarm_row *alarm) {
    alarm->id = take_i64(stmt);
    alarm->code = take_str(stmt, arena);
    alarm->subject = take_str(stmt, arena);
    alarm->detail = take_str(stmt, arena);
    alarm->since_ms = take_i64(stmt);
    alarm->cleared_ms = take_i64(stmt);
}

QUERY(alarm_list, "SELECT id, code, subject, detail, since_ms, cleared_ms FROM "
                  "(SELECT id, code, subject, detail, since_ms, cleared_ms, "
                  "row_number() OVER (PARTITION BY code ORDER BY since_ms, id) AS place FROM alarm "
                  "WHERE cleared_ms IS NULL) AS standing WHERE place <= $1 ORDER BY since_ms, id");

struct result store_alarm_list(struct store_conn *conn, struct arena *arena,
                               const struct alarm_row **ret_alarms, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &alarm_list);
    bind_i64(stmt, ALARMS_OF_CODE_MAX);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct alarm_row));
    while (stmt_next(stmt)) {
        struct alarm_row *alarm = row_list_add(&list);
        if (alarm != NULL) {
            take_alarm(stmt, arena, alarm);
        }
    }
    TRY(stmt_result(stmt));
    *ret_alarms = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}

QUERY(alarm_count, "SELECT code, count(*) FROM alarm WHERE cleared_ms IS NULL "
                   "GROUP BY code ORDER BY code");

struct result store_alarm_count(struct store_conn *conn, struct arena *arena,
                                const struct alarm_count_row **ret_counts, size_t *ret_count) {
    CLEANUP(stmt_close) struct stmt *stmt = stmt_open(conn, &alarm_count);
    struct row_list list = row_list_of(stmt, arena, sizeof(struct alarm_count_row));
    while (stmt_next(stmt)) {
        struct alarm_count_row *row = row_list_add(&list);
        if (row != NULL) {
            row->code = take_str(stmt, arena);
            row->count = take_i64(stmt);
        }
    }
    TRY(stmt_result(stmt));
    *ret_counts = list.rows;
    *ret_count = list.count;
    return RESULT_OK;
}
