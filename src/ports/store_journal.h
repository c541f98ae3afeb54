/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_JOURNAL_H
#define TILL_PORTS_STORE_JOURNAL_H

/* The append-only journal, alarms, and settings of the instance. */

#include "ports/rows.h"

struct arena;
struct store_conn;

/* Id 0: the next one. */
struct result store_journal_append(struct store_conn *conn, const struct journal_row *entry);
/* 0 if there is none. */
struct result store_journal_highest_id(struct store_conn *conn, int64_t *ret_id);
/* In the order it happened. */
struct result store_journal_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct journal_row **ret_entries,
                                       size_t *ret_count);

/* Those of the shop with id > after_id, in the order they happened; not what a create writes. */
struct result store_journal_of_shop(struct store_conn *conn, struct arena *arena, int64_t shop_id,
                                    int64_t after_id, uint32_t limit,
                                    const struct shop_event_row **ret_events, size_t *ret_count);

/* Raises the alarm unless it is raised already for this subject; then only its detail changes. */
struct result store_alarm_raise(struct store_conn *conn, const struct alarm_row *alarm);
struct result store_alarm_clear(struct store_conn *conn, struct str code, struct str subject,
                                int64_t cleared_ms);
/* Those not cleared, oldest first, of each code the oldest few: strangers can cause any number of
 * some, and these must not hide the others. */
enum { ALARMS_OF_CODE_MAX = 100 };
struct result store_alarm_list(struct store_conn *conn, struct arena *arena,
                               const struct alarm_row **ret_alarms, size_t *ret_count);

struct alarm_count_row {
    struct str code;
    int64_t count;
};
/* How many are not cleared, of each code of which there are any. */
struct result store_alarm_count(struct store_conn *conn, struct arena *arena,
                                const struct alarm_count_row **ret_counts, size_t *ret_count);

/* ERR_NOT_FOUND if it was never set. */
struct result store_setting_get(struct store_conn *conn, struct arena *arena, struct str key,
                                struct str *ret_value);
struct result store_setting_set(struct store_conn *conn, struct str key, struct str value);

#endif
