/* SPDX-License-Identifier: MIT */
#include "workers/finality_watch.h"

#include "core/error.h"
#include "ports/store_payment.h"

enum agreement { AGREES, CONTRADICTS, UNKNOWN };

static struct result compare(const struct finality_watch *watch, const struct block_header *block,
                             struct block_ref told, enum agreement *ret_agreement) {
    *ret_agreement = UNKNOWN;
    if (told.height <= 0 || told.height > block->height) {
        return RESULT_OK;
    }
    if (told.height == block->height) {
        *ret_agreement = block_hash_eq(told.hash, block->hash) ? AGREES : CONTRADICTS;
        return RESULT_OK;
    }
    struct block_header ours;
    struct result found = store_block_at(watch->reader, watch->chain->network, told.height, &ours);
    if (found.code == &ERR_NOT_FOUND) {
        *ret_agreement = AGREES;
        return RESULT_OK;
    }
    TRY(found);
    *ret_agreement = block_hash_eq(told.hash, ours.hash) ? AGREES : CONTRADICTS;
    return RESULT_OK;
}

struct result finality_watch_ask(struct finality_watch *watch, struct arena *arena,
                                 const struct block_header *block) {
    struct chain *chain = watch->chain;
    struct chain_finality told;
    if (chain->ops->finality == NULL || !result_is_ok(chain->ops->finality(chain, arena, &told))) {
        return RESULT_OK;
    }
    enum agreement safe;
    enum agreement finalized;
    TRY(compare(watch, block, told.safe, &safe));
    TRY(compare(watch, block, told.finalized, &finalized));
    ENSURE(finalized != CONTRADICTS || !watch->is_main, ERR_FINALITY_BROKEN);
    watch->known = true;
    watch->lag_blocks = block->height - told.finalized.height;
    watch->safe = safe == AGREES ? told.safe : (struct block_ref){0};
    watch->finalized = finalized == AGREES ? told.finalized : (struct block_ref){0};
    return RESULT_OK;
}

struct result finality_watch_undo(struct finality_watch *watch, int64_t height) {
    ENSURE(!watch->is_main || height > watch->finalized.height, ERR_FINALITY_BROKEN);
    if (height <= watch->safe.height) {
        watch->safe = (struct block_ref){0};
    }
    if (height <= watch->finalized.height) {
        watch->finalized = (struct block_ref){0};
    }
    return RESULT_OK;
}
