/* SPDX-License-Identifier: MIT */
#include "workers/delivery_lanes.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/id_map.h"
#include "base/result.h"
#include "workers/lane.h"

enum { CHUNK_DELIVERIES = 1024 };

/* What the lanes know of one row of the outbox. */
enum delivery_place {
    PLACE_BEHIND,  /* another one of its invoice goes first */
    PLACE_WAITING, /* in its lane's heap, first of its invoice */
    PLACE_IN_FLIGHT,
};

struct lane_delivery {
    struct heap_node due; /* key: due at; tie: the id */
    struct lane *lane;
    int64_t invoice_id;
    int64_t taken_at_ms;
    struct lane_delivery *next; /* of its invoice, by id; or of the free list */
    enum delivery_place place;
    bool is_probe; /* in flight for a lane that was suspect when it was taken */
};

struct delivery_chunk {
    struct delivery_chunk *next;
    struct lane_delivery deliveries[CHUNK_DELIVERIES];
};

struct delivery_lanes {
    struct lane_set set;
    struct id_map by_id;      /* struct lane_delivery */
    struct id_map by_invoice; /* the first struct lane_delivery of each invoice */
    struct delivery_chunk *chunks;
    struct lane_delivery *free_deliveries;
};

/* ---- memory */

static struct delivery_chunk *chunk_new(struct delivery_chunk *next) {
    struct delivery_chunk *chunk = calloc(1, sizeof *chunk);
    BUG_IF(chunk == NULL);
    chunk->next = next;
    return chunk;
}

static struct lane_delivery *delivery_take_free(struct delivery_lanes *lanes) {
    if (lanes->free_deliveries == NULL) {
        lanes->chunks = chunk_new(lanes->chunks);
        for (size_t i = 0; i < CHUNK_DELIVERIES; i++) {
            struct lane_delivery *delivery = &lanes->chunks->deliveries[i];
            delivery->next = lanes->free_deliveries;
            lanes->free_deliveries = delivery;
        }
    }
    struct lane_delivery *delivery = lanes->free_deliveries;
    lanes->free_deliveries = delivery->next;
    return delivery;
}

/* ---- the order within an invoice */

static void delivery_wait(struct delivery_lanes *lanes, struct lane_delivery *delivery) {
    heap_insert(&delivery->lane->waiting, &delivery->due);
    delivery->place = PLACE_WAITING;
    lane_settle(&lanes->set, delivery->lane);
}

static void delivery_step_back(struct delivery_lanes *lanes, struct lane_delivery *delivery) {
    heap_remove(&delivery->lane->waiting, &delivery->due);
    delivery->place = PLACE_BEHIND;
    lane_settle(&lanes->set, delivery->lane);
}

/* After any change to an invoice: its first delivery waits for its turn unless one is in flight,
 * the others stand behind. */
static void invoice_settle(struct delivery_lanes *lanes, int64_t invoice_id) {
    struct lane_delivery *first = id_map_get(&lanes->by_invoice, invoice_id);
    bool is_busy = false;
    for (struct lane_delivery *one = first; one != NULL; one = one->next) {
        is_busy |= one->place == PLACE_IN_FLIGHT;
    }
    for (struct lane_delivery *one = first; one != NULL; one = one->next) {
        bool may_wait = one == first && !is_busy;
        if (one->place == PLACE_WAITING && !may_wait) {
            delivery_step_back(lanes, one);
        } else if (one->place == PLACE_BEHIND && may_wait) {
            delivery_wait(lanes, one);
        }
    }
}

static void invoice_join(struct delivery_lanes *lanes, struct lane_delivery *delivery) {
    struct lane_delivery *first = id_map_get(&lanes->by_invoice, delivery->invoice_id);
    if (first == NULL || first->due.tie > delivery->due.tie) {
        delivery->next = first;
        id_map_put(&lanes->by_invoice, delivery->invoice_id, delivery);
        return;
    }
    struct lane_delivery *before = first;
    while (before->next != NULL && before->next->due.tie < delivery->due.tie) {
        before = before->next;
    }
    delivery->next = before->next;
    before->next = delivery;
}

static void invoice_part(struct delivery_lanes *lanes, struct lane_delivery *delivery) {
    struct lane_delivery *first = id_map_get(&lanes->by_invoice, delivery->invoice_id);
    if (first != delivery) {
        while (first->next != delivery) {
            first = first->next;
        }
        first->next = delivery->next;
    } else if (delivery->next != NULL) {
        id_map_put(&lanes->by_invoice, delivery->invoice_id, delivery->next);
    } else {
        id_map_remove(&lanes->by_invoice, delivery->invoice_id);
    }
}

static void delivery_due_by(struct delivery_lanes *lanes, struct lane_delivery *delivery,
                            int64_t due_at_ms) {
    if (delivery->place == PLACE_IN_FLIGHT || delivery->due.key <= due_at_ms) {
        return;
    }
    bool is_waiting = delivery->place == PLACE_WAITING;
    if (is_waiting) {
        delivery_step_back(lanes, delivery);
    }
    delivery->due.key = due_at_ms;
    if (is_waiting) {
        delivery_wait(lanes, delivery);
    }
}

/* This one and all that go before it. */
static void invoice_due_by(struct delivery_lanes *lanes, const struct lane_delivery *delivery,
                           int64_t due_at_ms) {
    struct lane_delivery *one = id_map_get(&lanes->by_invoice, delivery->invoice_id);
    for (; one != NULL && one->due.tie <= delivery->due.tie; one = one->next) {
        delivery_due_by(lanes, one, due_at_ms);
    }
}

/* Not in flight any more, if it was, and in no lane. */
static void delivery_leave(struct delivery_lanes *lanes, struct lane_delivery *delivery) {
    int64_t invoice_id = delivery->invoice_id;
    invoice_part(lanes, delivery);
    id_map_remove(&lanes->by_id, delivery->due.tie);
    lane_leave(&lanes->set, delivery->lane);
    *delivery = (struct lane_delivery){.next = lanes->free_deliveries};
    lanes->free_deliveries = delivery;
    invoice_settle(lanes, invoice_id);
}

/* ---- public */

struct delivery_lanes *delivery_lanes_new(const struct delivery_lanes_limits *limits) {
    BUG_IF(limits->in_flight_max < 2 || limits->per_lane_max == 0 || limits->pause_ms_max < 0);
    struct delivery_lanes *lanes = calloc(1, sizeof *lanes);
    BUG_IF(lanes == NULL);
    lane_set_init(&lanes->set, limits);
    return lanes;
}

void delivery_lanes_free(struct delivery_lanes *lanes) {
    if (lanes == NULL) {
        return;
    }
    lane_set_release(&lanes->set);
    while (lanes->chunks != NULL) {
        struct delivery_chunk *next = lanes->chunks->next;
        free(lanes->chunks);
        lanes->chunks = next;
    }
    id_map_release(&lanes->by_id);
    id_map_release(&lanes->by_invoice);
    free(lanes);
}

bool delivery_lanes_add(struct delivery_lanes *lanes, const struct delivery_to_send *wanted) {
    struct lane_delivery *known = id_map_get(&lanes->by_id, wanted->id);
    if (known != NULL && known->place == PLACE_IN_FLIGHT) {
        return true;
    }
    if (known != NULL) {
        (void)delivery_lanes_remove(lanes, wanted->id);
    }
    if (lanes->by_id.count >= lanes->set.limits.waiting_max) {
        return false;
    }
    struct lane *lane = lane_join(&lanes->set, wanted->endpoint);
    if (lane == NULL) {
        return false;
    }
    struct lane_delivery *delivery = delivery_take_free(lanes);
    *delivery = (struct lane_delivery){
        .due = {.key = wanted->due_at_ms, .tie = wanted->id},
        .lane = lane,
        .invoice_id = wanted->invoice_id,
        .place = PLACE_BEHIND,
    };
    id_map_put(&lanes->by_id, wanted->id, delivery);
    invoice_join(lanes, delivery);
    invoice_due_by(lanes, delivery, wanted->due_at_ms);
    invoice_settle(lanes, wanted->invoice_id);
    return true;
}

bool delivery_lanes_take(struct delivery_lanes *lanes, int64_t now_ms, int64_t *ret_id) {
    bool is_probe;
    struct heap_node *taken = lane_set_take(&lanes->set, now_ms, &is_probe);
    if (taken == NULL) {
        return false;
    }
    struct lane_delivery *delivery = HEAP_ENTRY(taken, struct lane_delivery, due);
    delivery->place = PLACE_IN_FLIGHT;
    delivery->taken_at_ms = now_ms;
    delivery->is_probe = is_probe;
    *ret_id = delivery->due.tie;
    return true;
}

/* Common to both ends of an attempt. */
static struct lane_delivery *land(struct delivery_lanes *lanes, int64_t id, enum lane_health health,
                                  int64_t now_ms) {
    struct lane_delivery *delivery = id_map_get(&lanes->by_id, id);
    BUG_IF(delivery == NULL || delivery->place != PLACE_IN_FLIGHT);
    delivery->place = PLACE_BEHIND;
    lane_land(&lanes->set, delivery->lane,
              &(struct lane_landing){.health = health,
                                     .is_probe = delivery->is_probe,
                                     .taken_at_ms = delivery->taken_at_ms,
                                     .now_ms = now_ms});
    return delivery;
}

void delivery_lanes_finish_later(struct delivery_lanes *lanes, int64_t id, enum lane_health health,
                                 int64_t now_ms, int64_t due_at_ms) {
    struct lane_delivery *delivery = land(lanes, id, health, now_ms);
    delivery->due.key = due_at_ms;
    lane_settle(&lanes->set, delivery->lane);
    invoice_settle(lanes, delivery->invoice_id);
}

void delivery_lanes_finish(struct delivery_lanes *lanes, int64_t id, enum lane_health health,
                           int64_t now_ms) {
    delivery_leave(lanes, land(lanes, id, health, now_ms));
}

bool delivery_lanes_remove(struct delivery_lanes *lanes, int64_t id) {
    struct lane_delivery *delivery = id_map_get(&lanes->by_id, id);
    if (delivery == NULL || delivery->place == PLACE_IN_FLIGHT) {
        return false;
    }
    if (delivery->place == PLACE_WAITING) {
        delivery_step_back(lanes, delivery);
    }
    delivery_leave(lanes, delivery);
    return true;
}

bool delivery_lanes_hurry(struct delivery_lanes *lanes, int64_t id, int64_t now_ms) {
    struct lane_delivery *delivery = id_map_get(&lanes->by_id, id);
    if (delivery == NULL) {
        return false;
    }
    invoice_due_by(lanes, delivery, now_ms);
    delivery->lane->paused_until_ms = 0;
    lane_settle(&lanes->set, delivery->lane);
    return true;
}

bool delivery_lanes_has(const struct delivery_lanes *lanes, int64_t id) {
    return id_map_get(&lanes->by_id, id) != NULL;
}

int64_t delivery_lanes_next_due_ms(struct delivery_lanes *lanes, int64_t now_ms) {
    return lane_set_next_due_ms(&lanes->set, now_ms);
}

struct delivery_lanes_counts delivery_lanes_count(const struct delivery_lanes *lanes) {
    return (struct delivery_lanes_counts){
        .deliveries = (uint32_t)lanes->by_id.count,
        .in_flight = lanes->set.in_flight,
        .lanes = lanes->set.count,
        .suspect_lanes = lanes->set.suspect_count,
    };
}
