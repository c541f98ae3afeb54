/* SPDX-License-Identifier: MIT */
#include "app/backlog.h"

#include "ports/store_delivery.h"
#include "ports/store_journal.h"

/* The count of this code; NULL if there are more codes than the program raises. */
static int64_t *count_of(struct backlog *backlog, struct str code) {
    for (size_t i = 0; i < backlog->alarm_code_count; i++) {
        if (str_eq(backlog->alarms[i].code, code)) {
            return &backlog->alarms[i].count;
        }
    }
    if (backlog->alarm_code_count == BACKLOG_ALARM_CODES_MAX) {
        return NULL;
    }
    struct backlog_alarm *added = &backlog->alarms[backlog->alarm_code_count++];
    added->code = code;
    return &added->count;
}

struct result backlog_read(struct store_conn *reader, struct arena *arena,
                           struct backlog *ret_backlog) {
    struct store_delivery_counts deliveries;
    const struct alarm_row *alarms;
    size_t alarm_count;
    TRY(store_delivery_count(reader, &deliveries));
    TRY(store_alarm_list(reader, arena, &alarms, &alarm_count));
    *ret_backlog = (struct backlog){
        .queued = deliveries.by_state[DELIVERY_QUEUED],
        .deferred = deliveries.by_state[DELIVERY_DEFERRED],
        .parked = deliveries.by_state[DELIVERY_PARKED],
    };
    for (size_t i = 0; i < alarm_count; i++) {
        int64_t *count = count_of(ret_backlog, alarms[i].code);
        if (count != NULL) {
            (*count)++;
        }
    }
    return RESULT_OK;
}
