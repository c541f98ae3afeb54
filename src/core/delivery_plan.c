/* SPDX-License-Identifier: MIT */
#include "core/delivery_plan.h"

#include <assert.h>
#include <stddef.h>

#include "base/result.h"

#define SECOND_MS       ((int64_t)1000)
#define MINUTE_MS       (60 * SECOND_MS)
#define HOUR_MS         (60 * MINUTE_MS)
#define SLOW_WAIT_MS    (12 * HOUR_MS)
#define JITTER_PERCENT  15
#define LONGEST_WAIT_MS (SLOW_WAIT_MS / 100 * (100 + JITTER_PERCENT))
#define LIFE_MS         (HOUR_MS * 24 * DELIVERY_LIFE_DAYS)

/* The wait after the first, second, ... attempt; after the last of these SLOW_WAIT_MS each. */
static const int64_t early_waits_ms[] = {
    5 * SECOND_MS,  30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS,
    30 * MINUTE_MS, 1 * HOUR_MS,    2 * HOUR_MS,   4 * HOUR_MS,   8 * HOUR_MS,
};
enum { EARLY_WAITS = sizeof early_waits_ms / sizeof early_waits_ms[0] };

static_assert(
    DELIVERY_ATTEMPTS_MIN * LONGEST_WAIT_MS <= LIFE_MS,
    "an endpoint that says 410 from the start must reach the lower bound within its life");
static_assert(EARLY_WAITS + LIFE_MS / (SLOW_WAIT_MS / 100 * (100 - JITTER_PERCENT)) <
                  DELIVERY_ATTEMPTS_MAX,
              "the upper bound must not cut a life short");
static_assert(DELIVERY_RETRY_AFTER_S_MAX * SECOND_MS <= SLOW_WAIT_MS);

enum delivery_outcome delivery_outcome_of(int status, bool is_complete) {
    if (!is_complete || status < 100) {
        return DELIVERY_OUTCOME_UNREACHABLE;
    }
    if (status >= 200 && status < 300) {
        return DELIVERY_OUTCOME_ACCEPTED;
    }
    if (status == 410) {
        return DELIVERY_OUTCOME_GONE;
    }
    bool is_busy = status == 408 || status == 425 || status == 429 || status >= 500;
    return is_busy ? DELIVERY_OUTCOME_BUSY : DELIVERY_OUTCOME_REFUSED;
}

static int64_t planned_wait_ms(const struct delivery_attempt *attempt) {
    if (attempt->outcome == DELIVERY_OUTCOME_GONE || attempt->attempts > EARLY_WAITS) {
        return SLOW_WAIT_MS;
    }
    return early_waits_ms[attempt->attempts - 1];
}

/* Evenly between -15 % and +15 %, so that what failed together does not come back together. */
static int64_t with_jitter_ms(int64_t wait_ms, uint32_t random) {
    int64_t spread_ms = wait_ms / 100 * JITTER_PERCENT;
    return wait_ms - spread_ms + 2 * spread_ms * (int64_t)(random % 1001) / 1000;
}

static int64_t wished_wait_ms(const struct delivery_attempt *attempt) {
    if (attempt->outcome != DELIVERY_OUTCOME_BUSY || attempt->retry_after_s <= 0) {
        return 0;
    }
    int64_t wished_s = attempt->retry_after_s < DELIVERY_RETRY_AFTER_S_MAX
                           ? attempt->retry_after_s
                           : DELIVERY_RETRY_AFTER_S_MAX;
    return wished_s * SECOND_MS;
}

struct delivery_next delivery_next(const struct delivery_attempt *attempt) {
    BUG_IF(attempt->attempts == 0);
    if (attempt->outcome == DELIVERY_OUTCOME_ACCEPTED) {
        return (struct delivery_next){.follow = DELIVERY_FOLLOW_DONE};
    }
    int64_t wait_ms = with_jitter_ms(planned_wait_ms(attempt), attempt->random);
    int64_t wished_ms = wished_wait_ms(attempt);
    if (wait_ms < wished_ms) {
        wait_ms = wished_ms;
    }
    bool is_over = attempt->now_ms - attempt->first_at_ms + wait_ms > LIFE_MS &&
                   attempt->attempts >= DELIVERY_ATTEMPTS_MIN;
    if (is_over || attempt->attempts >= DELIVERY_ATTEMPTS_MAX) {
        return (struct delivery_next){.follow = DELIVERY_FOLLOW_PARK, .alarm = true};
    }
    return (struct delivery_next){
        .follow = DELIVERY_FOLLOW_RETRY,
        .wait_ms = wait_ms,
        .alarm = attempt->outcome == DELIVERY_OUTCOME_GONE,
    };
}

int64_t delivery_wait_left_ms(int64_t next_attempt_at_ms, int64_t now_ms) {
    if (next_attempt_at_ms <= now_ms) {
        return 0;
    }
    /* Unsigned: the difference of any two times fits. */
    uint64_t left_ms = (uint64_t)next_attempt_at_ms - (uint64_t)now_ms;
    return left_ms < LONGEST_WAIT_MS ? (int64_t)left_ms : LONGEST_WAIT_MS;
}
