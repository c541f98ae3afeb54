/* SPDX-License-Identifier: MIT */
#include "workers/lane.h"

#include <search.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/result.h"

enum {
    PAUSE_FIRST_MS = 1000,
    PAUSE_DOUBLINGS_MAX = 20,
};
static_assert(offsetof(struct lane, endpoint) == 0);

static int endpoint_compare(const void *left, const void *right) {
    const struct str *a = left;
    const struct str *b = right;
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return memcmp(a->ptr, b->ptr, a->len);
}

static struct lane *lane_new(struct str endpoint) {
    struct lane *lane = calloc(1, sizeof *lane + endpoint.len);
    BUG_IF(lane == NULL);
    memcpy(lane->endpoint_text, endpoint.ptr, endpoint.len);
    lane->endpoint = (struct str){.ptr = lane->endpoint_text, .len = endpoint.len};
    lane->width = 1;
    return lane;
}

void lane_set_init(struct lane_set *set, const struct delivery_lanes_limits *limits) {
    *set = (struct lane_set){.limits = *limits};
    TAILQ_INIT(&set->healthy);
    TAILQ_INIT(&set->suspect);
}

void lane_set_release(struct lane_set *set) {
    tdestroy(set->by_endpoint, free);
    set->by_endpoint = NULL;
}

bool lane_is_suspect(const struct lane *lane) {
    return lane->failures > 0;
}

static struct lane_ring *ring_for(struct lane_set *set, const struct lane *lane) {
    return lane_is_suspect(lane) ? &set->suspect : &set->healthy;
}

/* Takes it out of the ring or the heap. */
static void lane_to_idle(struct lane_set *set, struct lane *lane) {
    switch (lane->place) {
    case LANE_IDLE:
        return;
    case LANE_SLEEPING:
        heap_remove(&set->sleeping, &lane->wake);
        break;
    case LANE_READY:
        TAILQ_REMOVE(lane->ring, lane, turn);
        break;
    }
    lane->place = LANE_IDLE;
}

static bool lane_may_send(const struct lane *lane) {
    uint32_t width = lane_is_suspect(lane) ? 1 : lane->width;
    return lane->waiting.root != NULL && lane->in_flight < width;
}

static int64_t lane_wakes_at_ms(const struct lane *lane) {
    int64_t due_ms = lane->waiting.root->key;
    return due_ms > lane->paused_until_ms ? due_ms : lane->paused_until_ms;
}

/* A ready lane keeps its turn while it stays in the same ring; whether its first delivery is still
 * due is looked at when it is drawn. */
void lane_settle(struct lane_set *set, struct lane *lane) {
    if (lane->place == LANE_READY && lane->ring == ring_for(set, lane) && lane_may_send(lane)) {
        return;
    }
    lane_to_idle(set, lane);
    if (lane_may_send(lane)) {
        lane->wake.key = lane_wakes_at_ms(lane);
        heap_insert(&set->sleeping, &lane->wake);
        lane->place = LANE_SLEEPING;
    }
}

struct lane *lane_join(struct lane_set *set, struct str endpoint) {
    struct lane **found = tfind(&endpoint, &set->by_endpoint, endpoint_compare);
    if (found != NULL) {
        (*found)->deliveries++;
        return *found;
    }
    if (set->count == set->limits.lanes_max) {
        return NULL;
    }
    struct lane *lane = lane_new(endpoint);
    BUG_IF(tsearch(lane, &set->by_endpoint, endpoint_compare) == NULL);
    lane->wake.tie = ++set->last_number;
    lane->deliveries = 1;
    set->count++;
    return lane;
}

void lane_leave(struct lane_set *set, struct lane *lane) {
    if (--lane->deliveries > 0) {
        lane_settle(set, lane);
        return;
    }
    BUG_IF(lane->in_flight > 0 || lane->waiting.root != NULL);
    lane_to_idle(set, lane);
    (void)tdelete(lane, &set->by_endpoint, endpoint_compare);
    set->count--;
    set->suspect_count -= lane_is_suspect(lane) ? 1 : 0;
    free(lane);
}

static void ready_all_due(struct lane_set *set, int64_t now_ms) {
    while (set->sleeping.root != NULL && set->sleeping.root->key <= now_ms) {
        struct heap_node *first = set->sleeping.root;
        struct lane *lane = HEAP_ENTRY(first, struct lane, wake);
        lane_to_idle(set, lane);
        lane->ring = ring_for(set, lane);
        TAILQ_INSERT_TAIL(lane->ring, lane, turn);
        lane->place = LANE_READY;
    }
}

/* Endpoints that fail tie their attempts up until the deadline, so they get half and no more. */
static bool may_probe(const struct lane_set *set) {
    return set->probes_in_flight < set->limits.in_flight_max / 2;
}

/* The lane whose turn it is; NULL when no lane may send now. */
static struct lane *lane_draw(struct lane_set *set) {
    struct lane *suspect = may_probe(set) ? TAILQ_FIRST(&set->suspect) : NULL;
    struct lane *healthy = TAILQ_FIRST(&set->healthy);
    if (suspect == NULL || healthy == NULL) {
        return suspect == NULL ? healthy : suspect;
    }
    set->suspect_is_next = !set->suspect_is_next;
    return set->suspect_is_next ? suspect : healthy;
}

static struct heap_node *lane_send(struct lane_set *set, struct lane *lane, bool *ret_is_probe) {
    struct heap_node *delivery = lane->waiting.root;
    heap_remove(&lane->waiting, delivery);
    *ret_is_probe = lane_is_suspect(lane);
    lane->in_flight++;
    set->in_flight++;
    set->probes_in_flight += *ret_is_probe ? 1 : 0;
    return delivery;
}

struct heap_node *lane_set_take(struct lane_set *set, int64_t now_ms, bool *ret_is_probe) {
    ready_all_due(set, now_ms);
    if (set->in_flight == set->limits.in_flight_max) {
        return NULL;
    }
    struct heap_node *taken = NULL;
    struct lane *lane;
    while (taken == NULL && (lane = lane_draw(set)) != NULL) {
        /* To the end of the ring, or to sleep: settling again finds out which. */
        lane_to_idle(set, lane);
        if (lane_may_send(lane) && lane_wakes_at_ms(lane) <= now_ms) {
            taken = lane_send(set, lane, ret_is_probe);
        }
        lane_settle(set, lane);
        ready_all_due(set, now_ms);
    }
    return taken;
}

int64_t lane_set_next_due_ms(struct lane_set *set, int64_t now_ms) {
    if (set->in_flight == set->limits.in_flight_max) {
        return INT64_MAX;
    }
    ready_all_due(set, now_ms);
    if (!TAILQ_EMPTY(&set->healthy) || (may_probe(set) && !TAILQ_EMPTY(&set->suspect))) {
        return now_ms;
    }
    return set->sleeping.root == NULL ? INT64_MAX : set->sleeping.root->key;
}

static void set_failures(struct lane_set *set, struct lane *lane, uint32_t failures) {
    set->suspect_count -= lane_is_suspect(lane) ? 1 : 0;
    lane->failures = failures;
    set->suspect_count += lane_is_suspect(lane) ? 1 : 0;
}

static int64_t pause_ms(const struct lane_set *set, uint32_t failures) {
    if (failures < 2) {
        return 0;
    }
    uint32_t doublings = failures - 2 < PAUSE_DOUBLINGS_MAX ? failures - 2 : PAUSE_DOUBLINGS_MAX;
    int64_t pause = (int64_t)PAUSE_FIRST_MS << doublings;
    return pause < set->limits.pause_ms_max ? pause : set->limits.pause_ms_max;
}

/* Attempts that were under way together fail together: that is one failure. So one counts only if
 * it began after the last that was counted. */
static void note_failure(struct lane_set *set, struct lane *lane, int64_t taken_at_ms,
                         int64_t now_ms) {
    if (lane_is_suspect(lane) && taken_at_ms < lane->failed_at_ms) {
        return;
    }
    set_failures(set, lane, lane->failures + 1);
    lane->failed_at_ms = now_ms;
    lane->width = lane->width > 1 ? lane->width / 2 : 1;
    lane->paused_until_ms = now_ms + pause_ms(set, lane->failures);
}

void lane_land(struct lane_set *set, struct lane *lane, const struct lane_landing *landing) {
    BUG_IF(lane->in_flight == 0 || set->in_flight == 0);
    lane->in_flight--;
    set->in_flight--;
    set->probes_in_flight -= landing->is_probe ? 1 : 0;
    switch (landing->health) {
    case LANE_FAILED:
        note_failure(set, lane, landing->taken_at_ms, landing->now_ms);
        return;
    case LANE_SERVED:
        lane->width += lane->width < set->limits.per_lane_max ? 1 : 0;
        break;
    case LANE_REFUSED:
        break;
    }
    set_failures(set, lane, 0);
    lane->paused_until_ms = 0;
}
