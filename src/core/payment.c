/* SPDX-License-Identifier: MIT */
#include "core/payment.h"

bool payment_is_on_time(struct payment_times times, int64_t deadline_ms) {
    bool mined_on_time = times.block_time_ms != 0 && times.block_time_ms <= deadline_ms;
    bool seen_on_time = times.first_seen_at_ms != 0 && times.first_seen_at_ms <= deadline_ms;
    return mined_on_time || seen_on_time;
}

int64_t payment_arrived_ms(struct payment_times times, int64_t created_at_ms) {
    int64_t at_ms = times.first_seen_at_ms;
    if (at_ms == 0 || (times.block_time_ms != 0 && times.block_time_ms < at_ms)) {
        at_ms = times.block_time_ms;
    }
    /* Miners' clocks are not exact. */
    return at_ms < created_at_ms ? created_at_ms : at_ms;
}

int64_t payment_first_seen_ms(struct payment_times times, int64_t now_ms) {
    return times.first_seen_at_ms != 0 ? times.first_seen_at_ms : now_ms;
}
