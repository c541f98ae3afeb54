/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PAYMENT_H
#define TILL_CORE_PAYMENT_H

/* When money counts as come: two times, each 0 while there is none. */

#include <stdbool.h>
#include <stdint.h>

struct payment_times {
    int64_t block_time_ms;    /* of the block that holds it now */
    int64_t first_seen_at_ms; /* our first sighting, by our clock */
};

/* On time if either of the two is not after the deadline. */
bool payment_is_on_time(struct payment_times times, int64_t deadline_ms);

/* The earlier of the two that are known, but not before there was anything to pay. */
int64_t payment_arrived_ms(struct payment_times times, int64_t created_at_ms);

/* What to keep as the first sighting: never moves later. */
int64_t payment_first_seen_ms(struct payment_times times, int64_t now_ms);

#endif
