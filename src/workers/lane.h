/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_LANE_H
#define TILL_WORKERS_LANE_H

/* One half of the delivery lanes: endpoints that take turns, how many attempts each may have in
 * flight, and how an endpoint that fails is probed. Knows a delivery only as a node in its lane's
 * heap, keyed by when it is due. Lanes that could send now wait in a ring for their turn; those
 * that could later sleep in a heap; the others have nothing to send or enough in flight. */

#include <stdbool.h>
#include <sys/queue.h>

#include "base/heap.h"
#include "base/str.h"
#include "workers/delivery_lanes.h"

enum lane_place { LANE_IDLE, LANE_SLEEPING, LANE_READY };

TAILQ_HEAD(lane_ring, lane);

struct lane {
    struct str endpoint;   /* first: the tree of lanes compares by it */
    struct heap_node wake; /* key: when the first delivery may go; tie: the lane's number */
    TAILQ_ENTRY(lane) turn;
    struct lane_ring *ring; /* while ready */
    enum lane_place place;
    struct heap waiting;
    uint32_t deliveries; /* waiting here, in flight, or behind another of their invoice */
    uint32_t in_flight;
    uint32_t width;    /* how many may be in flight while it is well */
    uint32_t failures; /* in a row; more than none makes it suspect */
    int64_t failed_at_ms;
    int64_t paused_until_ms;
    char endpoint_text[];
};

struct lane_set {
    struct delivery_lanes_limits limits;
    void *by_endpoint; /* a tree of struct lane, by tsearch */
    struct heap sleeping;
    struct lane_ring healthy;
    struct lane_ring suspect;
    bool suspect_is_next; /* the rings take turns, too */
    int64_t last_number;
    uint32_t count;
    uint32_t suspect_count;
    uint32_t in_flight;
    uint32_t probes_in_flight; /* for lanes that were suspect when they began */
};

void lane_set_init(struct lane_set *set, const struct delivery_lanes_limits *limits);
void lane_set_release(struct lane_set *set);

/* The endpoint's lane, with one more delivery; NULL when there are as many lanes as there may be.
 */
struct lane *lane_join(struct lane_set *set, struct str endpoint);
/* One delivery less, which is in no heap any more. The lane goes with its last one. */
void lane_leave(struct lane_set *set, struct lane *lane);

bool lane_is_suspect(const struct lane *lane);
/* Brings a lane to the place that fits it after its heap or its health changed. */
void lane_settle(struct lane_set *set, struct lane *lane);

/* Takes the next due delivery out of the heap of the lane whose turn it is; NULL when none may be
 * sent now. `ret_is_probe` is to be given back to lane_land. */
struct heap_node *lane_set_take(struct lane_set *set, int64_t now_ms, bool *ret_is_probe);
/* When lane_set_take may next have something, if nothing else changes. */
int64_t lane_set_next_due_ms(struct lane_set *set, int64_t now_ms);

struct lane_landing {
    enum lane_health health;
    bool is_probe;
    int64_t taken_at_ms;
    int64_t now_ms;
};
/* The end of an attempt. The lane is settled by what comes next: a later due, or leaving. */
void lane_land(struct lane_set *set, struct lane *lane, const struct lane_landing *landing);

#endif
