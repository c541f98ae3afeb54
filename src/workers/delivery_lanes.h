/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_DELIVERY_LANES_H
#define TILL_WORKERS_DELIVERY_LANES_H

/* Decides which delivery is sent next. Each endpoint (an origin: scheme, host, port) has a lane;
 * lanes take turns, so fifty thousand rows for one shop cost another shop one turn. A lane starts
 * with one attempt at a time and grows by one with each success. After a failure it is probed by
 * single attempts, with growing pauses from the second failure on, until the endpoint answers; all
 * lanes in this state together may hold half of the attempts in flight and no more.
 *
 * Deliveries of one invoice leave one after the other in id order, the next when the one before has
 * left the lanes; a new one makes those before it due when it is due itself.
 *
 * A step function without threads, clock or I/O: times are monotonic milliseconds from the caller.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct delivery_lanes;

struct delivery_lanes_limits {
    uint32_t waiting_max;   /* deliveries known at once, those in flight included */
    uint32_t lanes_max;     /* endpoints with deliveries at once */
    uint32_t in_flight_max; /* over all lanes */
    uint32_t per_lane_max;  /* what a healthy lane grows to */
    int64_t pause_ms_max;   /* between probes of a dead endpoint */
};

#define DELIVERY_LANES_LIMITS_DEFAULT                                                              \
    ((struct delivery_lanes_limits){.waiting_max = 1000000,                                        \
                                    .lanes_max = 100000,                                           \
                                    .in_flight_max = 256,                                          \
                                    .per_lane_max = 16,                                            \
                                    .pause_ms_max = 60000})

/* What the end of an attempt says about the endpoint. */
enum lane_health {
    LANE_SERVED,  /* delivered */
    LANE_REFUSED, /* answered, and did not want this one: says nothing about the others */
    LANE_FAILED,  /* no complete answer, or the endpoint is not well */
};

/* Owned by the caller. Memory for the deliveries is reserved here and used as they come. */
struct delivery_lanes *delivery_lanes_new(const struct delivery_lanes_limits *limits);
void delivery_lanes_free(struct delivery_lanes *lanes);

struct delivery_to_send {
    int64_t id; /* > 0 */
    int64_t invoice_id;
    int64_t due_at_ms;
    struct str endpoint; /* endpoint_url.origin; copied once for each lane */
};

/* False when a limit is reached: leave the row in the store and come back. Adding an id that is
 * here already moves it to the new endpoint and time, unless it is in flight. */
bool delivery_lanes_add(struct delivery_lanes *lanes, const struct delivery_to_send *delivery);

/* The next delivery to send now, which is then in flight; false when none is due or allowed. */
bool delivery_lanes_take(struct delivery_lanes *lanes, int64_t now_ms, int64_t *ret_id);

/* The end of an attempt that is not the last one: the delivery waits until `due_at_ms`. */
void delivery_lanes_finish_later(struct delivery_lanes *lanes, int64_t id, enum lane_health health,
                                 int64_t now_ms, int64_t due_at_ms);
/* The end of the last attempt: the delivery leaves the lanes, delivered or parked. */
void delivery_lanes_finish(struct delivery_lanes *lanes, int64_t id, enum lane_health health,
                           int64_t now_ms);
/* Takes a delivery out that was withdrawn. False if it is unknown, or in flight: then its end is
 * the caller's to judge. */
bool delivery_lanes_remove(struct delivery_lanes *lanes, int64_t id);
/* Makes a delivery, and those of its invoice that go before it, due now: an operator's resend, or
 * a changed endpoint. Ends the pause of its lane. False if it is unknown. */
bool delivery_lanes_hurry(struct delivery_lanes *lanes, int64_t id, int64_t now_ms);

bool delivery_lanes_has(const struct delivery_lanes *lanes, int64_t id);
/* When `take` may next have something, if nothing else happens: `now_ms` when it has, INT64_MAX
 * when only the end of an attempt, or an add, can change that. */
int64_t delivery_lanes_next_due_ms(struct delivery_lanes *lanes, int64_t now_ms);

struct delivery_lanes_counts {
    uint32_t deliveries; /* in flight and waiting */
    uint32_t in_flight;
    uint32_t lanes;
    uint32_t suspect_lanes; /* the last attempt failed */
};
struct delivery_lanes_counts delivery_lanes_count(const struct delivery_lanes *lanes);

#endif
