/* SPDX-License-Identifier: MIT */
/* Coins and fees, for putting transactions together. */
#include <stdlib.h>
#include <string.h>

#include "adapters/chain_quorum/quorum.h"
#include "base/arena.h"
#include "core/error.h"

/* A coin that is spent for some nodes and not yet for others is no reason for an alarm. */
static struct result find(struct chain *chain, struct arena *arena, struct outpoint outpoint,
                          struct chain_coin *ret_coin) {
    const struct question question = {
        .kind = QUESTION_COIN, .txid = outpoint.txid, .vout = outpoint.vout};
    const struct answer *agreed;
    struct result asked =
        quorum_agree(quorum_of(chain), arena, &question, question_subject(question.kind), &agreed);
    quorum_note_split(quorum_of(chain), question.kind, "");
    TRY(asked);
    *ret_coin = agreed->coin;
    return RESULT_OK;
}

static struct result transaction(struct chain *chain, struct arena *arena, struct txid txid,
                                 struct block_hash block, struct bytes *ret_bytes) {
    const struct question question = {.kind = QUESTION_TRANSACTION, .txid = txid, .hash = block};
    const struct answer *agreed;
    TRY(quorum_agree(quorum_of(chain), arena, &question, question_subject(question.kind), &agreed));
    uint8_t *bytes = arena_try_alloc(arena, agreed->bytes.len + 1);
    ENSURE(bytes != NULL, ERR_NODE_ANSWER);
    memcpy(bytes, agreed->bytes.ptr, agreed->bytes.len);
    *ret_bytes = (struct bytes){bytes, agreed->bytes.len};
    return RESULT_OK;
}

static int compare_rates(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* An opinion, not a fact: the nodes' own differ. As many as a quorum say this much or more, so
 * liars who are too few for one cannot drive it up beyond what an honest node says. */
static struct result fee_rate(struct chain *chain, struct arena *arena, uint32_t blocks,
                              uint64_t *ret_fee_rate) {
    struct quorum *self = quorum_of(chain);
    const struct panel_round round = {.question = {.kind = QUESTION_FEE_RATE, .blocks = blocks},
                                      .is_enough = panel_has_quorum};
    panel_ask(self->panel, &round);
    uint64_t rates[CHAIN_QUORUM_NODES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < panel_count(self->panel); i++) {
        const struct answer *answer = panel_answer(self->panel, i);
        if (answer != NULL && result_is_ok(answer->result)) {
            rates[count++] = answer->fee_rate;
        }
    }
    bool is_quorum = count >= panel_quorum(self->panel);
    struct result failed = is_quorum ? RESULT_OK : quorum_failure(self, arena, &round.question, "");
    panel_settle(self->panel, NULL);
    TRY(failed);
    qsort(rates, count, sizeof rates[0], compare_rates);
    *ret_fee_rate = rates[count - panel_quorum(self->panel)];
    return RESULT_OK;
}

const struct chain_coin_ops quorum_coin_ops = {
    .find = find,
    .transaction = transaction,
    .fee_rate = fee_rate,
};
