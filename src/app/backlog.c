/* SPDX-License-Identifier: MIT */
#include "app/backlog.h"

#include "ports/store_delivery.h"
#include "ports/store_journal.h"

struct result backlog_read(struct store_conn *reader, struct arena *arena,
                           struct backlog *ret_backlog) {
    struct store_delivery_counts deliveries;
    const struct alarm_count_row *alarms;
    size_t alarm_count;
    TRY(store_delivery_count(reader, &deliveries));
    TRY(store_alarm_count(reader, arena, &alarms, &alarm_count));
    *ret_backlog = (struct backlog){
        .queued = deliveries.by_state[DELIVERY_QUEUED],
        .deferred = deliveries.by_state[DELIVERY_DEFERRED],
        .parked = deliveries.by_state[DELIVERY_PARKED],
    };
    for (size_t i = 0; i < alarm_count && i < BACKLOG_ALARM_CODES_MAX; i++) {
        ret_backlog->alarms[ret_backlog->alarm_code_count++] =
            (struct backlog_alarm){.code = alarms[i].code, .count = alarms[i].count};
    }
    return RESULT_OK;
}
