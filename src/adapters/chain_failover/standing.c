/* SPDX-License-Identifier: MIT */
/* Who is there of those that nobody asks: a node that is lost while another stands in for it must
 * be told before that one is lost, too, and one that is back shall have its turn again. */
#include <stdio.h>
#include <string.h>

#include "adapters/chain_failover/failover.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/error.h"
#include "ports/chain_node.h"
#include "ports/clock.h"

enum {
    TIMES_MIN = 3,  /* one failure is no absence, and one answer no return */
    LOOK_COST = 20, /* a look that takes long is followed by a pause so many times as long */
    TRIAL_MS_MAX = 24 * 3600 * 1000,
};

static int64_t now_ms(const struct failover *self) {
    return clock_monotonic_ms(self->clock);
}

void standing_init(struct failover *self) {
    if (self->clock == NULL) {
        return;
    }
    self->trial_ms = CHAIN_FAILOVER_TRIAL_MS;
    for (size_t i = 0; i < self->count; i++) {
        self->standings[i].look_at_ms = now_ms(self) + CHAIN_FAILOVER_LOOK_MS;
    }
}

/* `why` NULL: it answered well. */
static void note(struct failover *self, size_t node, const char *why) {
    struct standing *standing = &self->standings[node];
    bool fails = why != NULL;
    if (standing->times == 0 || standing->fails != fails) {
        standing->fails = fails;
        standing->times = 0;
        standing->since_ms = now_ms(self);
        const char *label = standing->label;
        bool is_named = fails && strstr(why, label) != NULL;
        (void)snprintf(standing->why, sizeof standing->why, "%s%s%s", is_named ? "" : label,
                       is_named ? "" : ": ", fails ? why : "");
    }
    standing->times += standing->times < TIMES_MIN;
    standing->look_at_ms =
        now_ms(self) + (fails ? CHAIN_FAILOVER_LOOK_MS / 2 : CHAIN_FAILOVER_LOOK_MS);
}

void standing_note_tip(struct failover *self, size_t node, struct result asked,
                       const struct block_header *tip) {
    if (self->clock == NULL || asked.code == &ERR_NODE_STOPPED) {
        return;
    }
    note(self, node, result_is_ok(asked) ? NULL : result_text(asked));
    self->standings[node].is_behind = false;
    if (result_is_ok(asked)) {
        self->tip = *tip;
    }
}

/* Whoever came back and is lost again within a day must answer twice as long the next time: one
 * that tells its tip and fails at something else would change places for ever. */
void standing_note_loss(struct failover *self) {
    if (self->clock == NULL) {
        return;
    }
    struct standing *lost = &self->standings[self->active];
    lost->times = lost->fails ? lost->times : 0; /* its trial begins anew */
    if (self->has_returned) {
        bool was_short = now_ms(self) - self->returned_at_ms < TRIAL_MS_MAX;
        int64_t longer_ms = self->trial_ms * 2 < TRIAL_MS_MAX ? self->trial_ms * 2 : TRIAL_MS_MAX;
        self->trial_ms = was_short ? longer_ms : CHAIN_FAILOVER_TRIAL_MS;
        self->has_returned = false;
    }
}

/* The active one is asked anyway. `count` if nobody is due. */
static size_t find_due(const struct failover *self) {
    size_t due = self->count;
    int64_t earliest_ms = now_ms(self);
    for (size_t i = 0; i < self->count; i++) {
        if (i != self->active && self->standings[i].look_at_ms <= earliest_ms) {
            earliest_ms = self->standings[i].look_at_ms;
            due = i;
        }
    }
    return due;
}

/* One that is behind would make us wait, and one on another fork would undo what is known. */
static bool has_what_was_told(struct failover *self, size_t node) {
    struct chain *chain = self->nodes[node];
    struct block_hash hash;
    struct result asked = chain->ops->hash_at(chain, self->arena, self->tip.height, &hash);
    return result_is_ok(asked) && block_hash_eq(hash, self->tip.hash);
}

static bool has_passed_trial(const struct failover *self, size_t node) {
    const struct standing *standing = &self->standings[node];
    return !standing->fails && standing->times == TIMES_MIN &&
           now_ms(self) - standing->since_ms >= self->trial_ms;
}

void standing_look(struct failover *self) {
    if (self->clock == NULL) {
        return;
    }
    size_t node = find_due(self);
    if (node == self->count) {
        return;
    }
    struct chain *chain = self->nodes[node];
    struct block_header tip = {0};
    int64_t begun_ms = now_ms(self);
    arena_reset(self->arena);
    struct result asked = chain->ops->tip(chain, self->arena, &tip);
    if (asked.code == &ERR_NODE_STOPPED) {
        return;
    }
    bool lags = result_is_ok(asked) && chain_node_is_behind(&tip, &self->tip);
    const char *why = result_is_ok(asked) ? NULL : result_text(asked);
    note(self, node, lags ? "is far behind" : why);
    self->standings[node].is_behind = lags;
    int64_t rest_at_ms = now_ms(self) + (now_ms(self) - begun_ms) * LOOK_COST;
    struct standing *standing = &self->standings[node];
    standing->look_at_ms = rest_at_ms > standing->look_at_ms ? rest_at_ms : standing->look_at_ms;
    if (node < self->active && has_passed_trial(self, node) && has_what_was_told(self, node)) {
        self->active = node;
        self->has_returned = true;
        self->returned_at_ms = now_ms(self);
    }
}

static bool is_missing(const struct failover *self, size_t node) {
    const struct standing *standing = &self->standings[node];
    return standing->fails && standing->times == TIMES_MIN &&
           now_ms(self) - standing->since_ms >= CHAIN_FAILOVER_MISSING_MS;
}

/* If nobody answers the network is blind, and says why. */
const char *standing_missing(struct chain *chain, struct arena *arena) {
    const struct failover *self = failover_of(chain);
    if (self->clock == NULL || self->standings[self->active].fails) {
        return NULL;
    }
    struct buf out = buf_in(arena);
    for (size_t node = 0; node < self->count; node++) {
        if (is_missing(self, node)) {
            buf_puts(&out, out.len == 0 ? "" : "; ");
            buf_puts(&out, self->standings[node].why);
        }
    }
    if (out.len == 0 || out.failed) {
        return NULL;
    }
    buf_put_char(&out, '\0');
    return buf_str(&out).ptr;
}
