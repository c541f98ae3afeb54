/* SPDX-License-Identifier: MIT */
/* Questions of which a quorum must say the same, but for the tip. */
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "core/error.h"

/* Near the tip nodes may differ for a moment: that is to be looked at again, not to be judged. */
struct result quorum_hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct quorum *self = quorum_of(chain);
    const struct question question = {.kind = QUESTION_HASH, .height = height};
    const char *about = arena_printf(arena, "which block is at height %lld", (long long)height);
    const struct answer *agreed;
    struct result asked = quorum_agree(self, arena, &question, about, &agreed);
    if (asked.code == &ERR_NODES_DISAGREE &&
        height > self->agreed_tip.height - QUORUM_WALK_BLOCKS) {
        quorum_note_split(self, QUESTION_HASH, "");
        return result_fail(&ERR_BLOCK_UNKNOWN);
    }
    TRY(asked);
    *ret_hash = agreed->hash;
    return RESULT_OK;
}

static struct result copy_outputs(struct arena *arena, const struct answer *answer,
                                  struct chain_block *ret_block) {
    struct chain_output *outputs =
        arena_try_alloc(arena, sizeof *outputs * (answer->output_count + 1));
    ENSURE(outputs != NULL, ERR_NODE_ANSWER);
    memcpy(outputs, answer->outputs, sizeof *outputs * answer->output_count);
    *ret_block = (struct chain_block){answer->header, outputs, answer->output_count, answer->flaws};
    return RESULT_OK;
}

/* Blocks vanish in reorgs. One whose hash is told again and again while too few have it does not.
 */
static struct result judge_denial(struct quorum *self, struct arena *arena, struct block_hash hash,
                                  const char *about) {
    self->denials = block_hash_eq(self->denied, hash) ? self->denials + 1 : 1;
    self->denied = hash;
    ENSURE(self->denials >= QUORUM_DENIALS_MAX, ERR_BLOCK_UNKNOWN);
    const char *text =
        arena_printf(arena, "too few nodes tell %s, though enough tell of it", about);
    quorum_note_split(self, QUESTION_BLOCK, text);
    return result_failf(arena, &ERR_NODES_DISAGREE, "%s", text);
}

struct result quorum_block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct quorum *self = quorum_of(chain);
    const struct question question = {.kind = QUESTION_BLOCK, .hash = hash};
    struct str hex = hex_encode(arena, BYTES_OF(hash.bytes));
    const char *about = arena_printf(arena, "what is in block %.*s", STR_ARG(hex));
    const struct answer *agreed;
    struct result asked = quorum_agree(self, arena, &question, about, &agreed);
    if (asked.code == &ERR_BLOCK_UNKNOWN) {
        return judge_denial(self, arena, hash, about);
    }
    TRY(asked);
    self->denials = 0;
    quorum_note_header(self, &agreed->header);
    return copy_outputs(arena, agreed, ret_block);
}

/* ---- finality */

enum { FINALITY_GRACE_MS = 200 }; /* for those who are further than the first */

struct claims {
    int64_t heights[CHAIN_QUORUM_NODES_MAX]; /* -1: none */
};

/* The height that `rank` nodes claim at least; -1 if there are not so many. */
static int64_t claimed_height(const struct claims *claims, size_t rank) {
    int64_t claimed = -1;
    for (size_t i = 0; i < CHAIN_QUORUM_NODES_MAX; i++) {
        size_t as_high = 0;
        for (size_t j = 0; j < CHAIN_QUORUM_NODES_MAX; j++) {
            as_high += claims->heights[j] >= claims->heights[i];
        }
        if (as_high >= rank && claims->heights[i] > claimed) {
            claimed = claims->heights[i];
        }
    }
    return claimed;
}

/* A quorum of those who claim this height must have one block there. */
static bool is_backed(const struct panel *panel, const struct claims *claims, int64_t height,
                      struct block_hash *ret_hash) {
    for (size_t i = 0; i < panel_count(panel); i++) {
        const struct answer *one = panel_answer(panel, i);
        if (one == NULL || !result_is_ok(one->result)) {
            continue;
        }
        size_t alike = 0;
        for (size_t j = 0; j < panel_count(panel); j++) {
            const struct answer *other = panel_answer(panel, j);
            alike += other != NULL && claims->heights[j] >= height && result_is_ok(other->result) &&
                     digest_eq(&one->digest, &other->digest);
        }
        if (alike >= panel_quorum(panel)) {
            *ret_hash = one->hash;
            return true;
        }
    }
    return false;
}

static struct result find_final(struct quorum *self, struct arena *arena,
                                const struct claims *claims, struct block_ref *ret_ref) {
    for (size_t rank = panel_quorum(self->panel); rank <= panel_count(self->panel); rank++) {
        int64_t height = claimed_height(claims, rank);
        if (height < 0) {
            break;
        }
        const struct panel_round round = {.question = {.kind = QUESTION_HASH, .height = height},
                                          .is_enough = panel_is_decided,
                                          .grace_ms = FINALITY_GRACE_MS};
        struct block_hash hash;
        panel_ask(self->panel, &round);
        bool backed = is_backed(self->panel, claims, height, &hash);
        panel_settle(self->panel, NULL);
        if (backed) {
            *ret_ref = (struct block_ref){height, hash};
            return RESULT_OK;
        }
    }
    quorum_note_split(self, QUESTION_FINALITY, "the nodes disagree about which blocks are final");
    return result_failf(arena, &ERR_NODES_DISAGREE,
                        "the nodes disagree about which blocks are "
                        "final");
}

struct result quorum_finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {.question = {.kind = QUESTION_FINALITY},
                                      .is_enough = panel_has_quorum,
                                      .grace_ms = FINALITY_GRACE_MS};
    panel_ask(self->panel, &round);
    struct claims safe;
    struct claims finalized;
    for (size_t i = 0; i < CHAIN_QUORUM_NODES_MAX; i++) {
        const struct answer *answer =
            i < panel_count(self->panel) ? panel_answer(self->panel, i) : NULL;
        bool told = answer != NULL && result_is_ok(answer->result);
        safe.heights[i] = told ? answer->finality.safe.height : -1;
        finalized.heights[i] = told ? answer->finality.finalized.height : -1;
    }
    bool is_quorum = panel_good_count(self->panel) >= panel_quorum(self->panel);
    struct result failed = is_quorum ? RESULT_OK : quorum_failure(self, arena, &round.question, "");
    panel_settle(self->panel, NULL);
    TRY(failed);
    struct chain_finality finality;
    TRY(find_final(self, arena, &safe, &finality.safe));
    TRY(find_final(self, arena, &finalized, &finality.finalized));
    quorum_note_split(self, QUESTION_FINALITY, "");
    *ret_finality = finality;
    return RESULT_OK;
}
