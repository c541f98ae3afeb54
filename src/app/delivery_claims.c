/* SPDX-License-Identifier: MIT */
#include "app/delivery_claims.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/result.h"

/* Open addressing with linear probing; ended ones keep the chain together until the table is
 * made anew. */
enum claim_state { CLAIM_FREE, CLAIM_SENDING, CLAIM_BLOCKED, CLAIM_ENDED };

enum { CLAIM_SLOTS_FIRST = 256 };

struct claim_slot {
    int64_t delivery_id;
    enum claim_state state;
};

struct delivery_claims {
    pthread_mutex_t lock;
    struct claim_slot *slots;
    size_t capacity; /* a power of two */
    size_t used;     /* slots that are not free */
};

static struct claim_slot *slots_new(size_t capacity) {
    BUG_IF(capacity < CLAIM_SLOTS_FIRST);
    struct claim_slot *slots = calloc(capacity, sizeof *slots);
    BUG_IF(slots == NULL);
    return slots;
}

struct delivery_claims *delivery_claims_new(void) {
    struct delivery_claims *claims = calloc(1, sizeof *claims);
    BUG_IF(claims == NULL);
    BUG_IF(pthread_mutex_init(&claims->lock, NULL) != 0);
    claims->capacity = CLAIM_SLOTS_FIRST;
    claims->slots = slots_new(claims->capacity);
    return claims;
}

void delivery_claims_free(struct delivery_claims *claims) {
    if (claims == NULL) {
        return;
    }
    (void)pthread_mutex_destroy(&claims->lock);
    free(claims->slots);
    free(claims);
}

static struct claim_slot *slot_of(struct delivery_claims *claims, int64_t delivery_id) {
    size_t at = (uint64_t)delivery_id * 0x9e3779b97f4a7c15u >> 20;
    for (;; at++) {
        struct claim_slot *slot = &claims->slots[at & (claims->capacity - 1)];
        if (slot->state == CLAIM_FREE || slot->delivery_id == delivery_id) {
            return slot;
        }
    }
}

static bool is_live(const struct claim_slot *slot) {
    return slot->state == CLAIM_SENDING || slot->state == CLAIM_BLOCKED;
}

/* Slots of ended claims come free, so the table is as large as what is under way asks for, however
 * many deliveries there were. */
static void renew(struct delivery_claims *claims) {
    struct claim_slot *old = claims->slots;
    size_t old_capacity = claims->capacity;
    size_t live = 0;
    for (size_t i = 0; i < old_capacity; i++) {
        live += is_live(&old[i]) ? 1 : 0;
    }
    claims->capacity = live * 4 >= old_capacity ? old_capacity * 2 : old_capacity;
    claims->slots = slots_new(claims->capacity);
    claims->used = 0;
    for (size_t i = 0; i < old_capacity; i++) {
        if (is_live(&old[i])) {
            *slot_of(claims, old[i].delivery_id) = old[i];
            claims->used++;
        }
    }
    free(old);
}

/* Moves the delivery to `to` unless it is in `unless`. */
static bool move(struct delivery_claims *claims, int64_t delivery_id, enum claim_state to,
                 enum claim_state unless) {
    (void)pthread_mutex_lock(&claims->lock);
    if (claims->used * 2 >= claims->capacity) {
        renew(claims);
    }
    struct claim_slot *slot = slot_of(claims, delivery_id);
    bool moved = slot->state != unless;
    if (moved) {
        claims->used += slot->state == CLAIM_FREE ? 1 : 0;
        *slot = (struct claim_slot){.delivery_id = delivery_id, .state = to};
    }
    (void)pthread_mutex_unlock(&claims->lock);
    return moved;
}

bool delivery_claim(struct delivery_claims *claims, int64_t delivery_id) {
    return move(claims, delivery_id, CLAIM_SENDING, CLAIM_BLOCKED);
}

void delivery_unclaim(struct delivery_claims *claims, int64_t delivery_id) {
    (void)move(claims, delivery_id, CLAIM_ENDED, CLAIM_BLOCKED);
}

bool delivery_block(struct delivery_claims *claims, int64_t delivery_id) {
    return move(claims, delivery_id, CLAIM_BLOCKED, CLAIM_SENDING);
}
