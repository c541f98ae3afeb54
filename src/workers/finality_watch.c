/* SPDX-License-Identifier: MIT */
#include "workers/finality_watch.h"

#include "core/confirmations.h"
#include "core/error.h"
#include "ports/store_payment.h"

enum {
    SILENT_MS = 5 * 60000, /* what passes by itself has passed by then */
    STILL_MS = 30 * 60000, /* several times what any network needs from one to the next */
    STILL_BLOCKS = 64,     /* where blocks are rare they are final late */
};

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

struct result finality_watch_need(struct finality_watch *watch,
                                  const struct confirmation_tiers *tiers) {
    for (size_t i = 0; i < tiers->count; i++) {
        watch->safe_tag.is_needed |= tiers->tiers[i].rule == CONFIRMED_SAFE;
        watch->finalized_tag.is_needed |= tiers->tiers[i].rule == CONFIRMED_FINALIZED;
    }
    struct store_waits waits;
    TRY(store_payment_waits(watch->reader, watch->chain->network, &waits));
    watch->safe_tag.is_needed |= waits.for_safe;
    watch->finalized_tag.is_needed |= waits.for_finalized;
    return RESULT_OK;
}

/* `told`: height 0 if it is not. */
static void note_tag(struct finality_tag *tag, struct block_ref told, int64_t tip_height,
                     int64_t tick_ms) {
    bool is_told = told.height > 0;
    bool moves = is_told && !block_hash_eq(told.hash, tag->last.hash);
    if (!tag->is_asked || is_told) {
        tag->told_at_tick_ms = tick_ms;
    }
    if (!tag->is_asked || moves) {
        tag->moved_at_tick_ms = tick_ms;
        tag->moved_at_height = tip_height;
    }
    tag->has_moved |= moves && (tag->last.height > 0 || tag->is_silent);
    tag->last = is_told ? told : tag->last;
    tag->is_asked = true;
    tag->is_silent = tick_ms - tag->told_at_tick_ms >= SILENT_MS;
    tag->is_still = tick_ms - tag->moved_at_tick_ms >= STILL_MS &&
                    tip_height - tag->moved_at_height >= STILL_BLOCKS;
}

static void note(struct finality_watch *watch, struct chain_finality told,
                 const struct block_header *block, int64_t tick_ms) {
    note_tag(&watch->safe_tag, told.safe, block->height, tick_ms);
    note_tag(&watch->finalized_tag, told.finalized, block->height, tick_ms);
}

struct result finality_watch_ask(struct finality_watch *watch, struct arena *arena,
                                 const struct block_header *block, int64_t tick_ms) {
    struct chain *chain = watch->chain;
    struct chain_finality told;
    if (chain->ops->finality == NULL) {
        return RESULT_OK;
    }
    if (!result_is_ok(chain->ops->finality(chain, arena, &told))) {
        note(watch, (struct chain_finality){.safe = {0}}, block, tick_ms);
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
    note(watch, (struct chain_finality){watch->safe, watch->finalized}, block, tick_ms);
    return RESULT_OK;
}

const char *finality_watch_warning(const struct finality_watch *watch) {
    const struct finality_tag *safe = &watch->safe_tag;
    const struct finality_tag *finalized = &watch->finalized_tag;
    if ((safe->is_needed && safe->is_silent) || (finalized->is_needed && finalized->is_silent)) {
        return "the node does not tell which of our blocks are safe or finalized; payments that "
               "wait for it are not confirmed";
    }
    if (finalized->is_needed && finalized->is_still) {
        return "the chain goes on and no further block becomes finalized; payments that wait for "
               "it are not confirmed";
    }
    if (safe->is_needed && safe->is_still) {
        return "the chain goes on and no further block becomes safe; payments that wait for it are "
               "not confirmed";
    }
    bool is_well =
        (!safe->is_needed || safe->has_moved) && (!finalized->is_needed || finalized->has_moved);
    return is_well ? "" : NULL;
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
