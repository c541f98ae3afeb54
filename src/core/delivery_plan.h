/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_DELIVERY_PLAN_H
#define TILL_CORE_DELIVERY_PLAN_H

/* What follows an attempt to deliver a postback: done, again after a wait, or parked. The waits are
 * 5 s, 30 s, 2, 5, 15, 30 min, 1, 2, 4, 8 h, then 12 h each to day 30, all +-15 %. Pure: the caller
 * passes times, counts and randomness. Waits are relative, so that a wall clock that jumps can
 * neither start a storm nor lose a retry. */

#include <stdbool.h>
#include <stdint.h>

enum {
    DELIVERY_RETRY_AFTER_S_MAX = 3600, /* more than this of a receiver's own wish is not granted */
    DELIVERY_LIFE_DAYS = 30,
    /* Thirty days of plain failures take between 53 and 80 attempts. Below the first of these two
     * bounds nothing is parked, whatever the clock says; at the second everything is. */
    DELIVERY_ATTEMPTS_MIN = 50,
    DELIVERY_ATTEMPTS_MAX = 100,
};

/* How an attempt ended. */
enum delivery_outcome {
    DELIVERY_OUTCOME_ACCEPTED, /* any 2xx, complete */
    DELIVERY_OUTCOME_REFUSED,  /* another status: the endpoint lives and does not want this one */
    DELIVERY_OUTCOME_BUSY,     /* 408, 425, 429 or 5xx: the endpoint is not well */
    DELIVERY_OUTCOME_GONE,     /* 410: the slow lane at once, and an alarm */
    DELIVERY_OUTCOME_UNREACHABLE, /* no complete answer */
};

/* `status` 0 when there was none. Redirects are refusals: they are never followed. */
enum delivery_outcome delivery_outcome_of(int status, bool is_complete);

struct delivery_attempt {
    enum delivery_outcome outcome;
    uint32_t attempts;     /* made so far, this one included */
    int64_t first_at_ms;   /* when the first one was made; same clock as `now_ms` */
    int64_t now_ms;        /* when this one ended */
    int64_t retry_after_s; /* the receiver's wish with 429 or 503; negative: none */
    uint32_t random;       /* evenly distributed; for the jitter */
};

enum delivery_follow {
    DELIVERY_FOLLOW_DONE,
    DELIVERY_FOLLOW_RETRY,
    DELIVERY_FOLLOW_PARK,
};

struct delivery_next {
    enum delivery_follow follow;
    int64_t wait_ms; /* RETRY: from the end of this attempt */
    bool alarm;      /* an operator should hear of it: parked, or told 410 */
};

struct delivery_next delivery_next(const struct delivery_attempt *attempt);

/* What is left of a wait noted in a store by wall time. Never more than the plan's longest wait, so
 * that a clock set back cannot postpone a delivery for years. */
int64_t delivery_wait_left_ms(int64_t next_attempt_at_ms, int64_t now_ms);

#endif
