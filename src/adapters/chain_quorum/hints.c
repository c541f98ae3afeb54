/* SPDX-License-Identifier: MIT */
/* The mempool: a hint of any node is good enough, for a block decides what was paid. */
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    HINTS_MAX = 1 << 15, /* more at once are left to their blocks */
    HAS_TIMEOUT_MS = 2000,
};

void quorum_add_hints(struct quorum *self, const struct answer *answer) {
    if (!result_is_ok(answer->result) || answer->output_count == 0) {
        return;
    }
    if (self->hints == NULL) {
        self->hints = ARENA_ARRAY(self->hint_arena, struct chain_output, HINTS_MAX);
    }
    size_t room = HINTS_MAX - self->hint_count;
    size_t count = answer->output_count < room ? answer->output_count : room;
    memcpy(self->hints + self->hint_count, answer->outputs, sizeof *self->hints * count);
    self->hint_count += count;
}

static bool is_same_place(const struct chain_output *a, const struct chain_output *b) {
    return txid_eq(a->txid, b->txid) && a->ordinal == b->ordinal;
}

/* Each outpoint once. */
static struct result take_hints(struct quorum *self, struct arena *arena,
                                const struct chain_output **ret_outputs, size_t *ret_count) {
    struct chain_output *outputs = arena_try_alloc(arena, sizeof *outputs * (self->hint_count + 1));
    ENSURE(outputs != NULL, ERR_NODE_ANSWER);
    size_t count = 0;
    chain_outputs_sort(self->hints, self->hint_count);
    for (size_t i = 0; i < self->hint_count; i++) {
        if (count == 0 || !is_same_place(&self->hints[i], &outputs[count - 1])) {
            outputs[count++] = self->hints[i];
        }
    }
    arena_reset(self->hint_arena);
    self->hints = NULL;
    self->hint_count = 0;
    *ret_outputs = outputs;
    *ret_count = count;
    return RESULT_OK;
}

/* Who is slow is heard the next time. */
struct result quorum_mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {.question = {.kind = QUESTION_MEMPOOL},
                                      .is_enough = panel_has_quorum};
    panel_ask(self->panel, &round);
    bool is_any = panel_good_count(self->panel) > 0;
    struct result failed = is_any ? RESULT_OK : quorum_failure(self, arena, &round.question, "");
    panel_settle(self->panel, NULL);
    TRY(failed);
    return take_hints(self, arena, ret_outputs, ret_count);
}

static bool is_found(const struct panel *panel, const void *context) {
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *answer = panel_answer(panel, i);
        if (answer != NULL && result_is_ok(answer->result) && answer->has) {
            return true;
        }
    }
    return false;
}

struct result quorum_mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {.question = {.kind = QUESTION_MEMPOOL_HAS, .txid = txid},
                                      .is_enough = is_found,
                                      .timeout_ms = HAS_TIMEOUT_MS};
    panel_ask(self->panel, &round);
    bool has = is_found(self->panel, NULL);
    bool is_any = panel_good_count(self->panel) > 0;
    struct result failed = is_any ? RESULT_OK : quorum_failure(self, arena, &round.question, "");
    panel_settle(self->panel, NULL);
    TRY(failed);
    *ret_has = has;
    return RESULT_OK;
}
