/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/doubts.h"

bool tron_doubts_had(struct tron_doubts *doubts, const struct tron_block *block) {
    size_t at = 0;
    while (at < TRON_DOUBTS_MAX && !block_hash_eq(doubts->blocks[at], block->header.hash)) {
        at++;
    }
    bool had = at < TRON_DOUBTS_MAX && memcmp(doubts->roots[at], block->tx_root, HASH_BYTES) == 0;
    if (at == TRON_DOUBTS_MAX) {
        at = doubts->next;
        doubts->next = (at + 1) % TRON_DOUBTS_MAX;
    }
    doubts->blocks[at] = block->header.hash;
    memcpy(doubts->roots[at], block->tx_root, HASH_BYTES);
    return had;
}
