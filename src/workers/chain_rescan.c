/* SPDX-License-Identifier: MIT */
#include "workers/chain_rescan.h"

#include "app/app.h"
#include "app/block_apply.h"
#include "app/rescan.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/error.h"
#include "workers/block_match.h"
#include "workers/token_watch.h"

enum {
    BLOCK_ARENA_BYTES = 512 << 20, /* as much as the watcher's own has */
    STEP_MS = 500,                 /* then the tip is looked at */
    PART_MS = 3000,                /* then who asked hears how far it is */
    WAIT_MS = 30000,
    /* In a row. So few that even the slowest traces do not make the adapter give the node up. */
    FAILURES_MAX = 3,
};

/* Another one than before begins anew; false if there is none. */
static bool take(struct chain_rescan *rescan) {
    const struct rescan *current = rescan_current(rescan->followed);
    if (current == NULL) {
        rescan->current = NULL;
        return false;
    }
    if (current != rescan->current) {
        rescan->current = current;
        rescan->taken_at_tick_ms = app_tick_ms(rescan->app);
        rescan->failures = 0;
    }
    return true;
}

static void finish(struct chain_rescan *rescan, struct result outcome) {
    rescan->current = NULL;
    rescan_finish(rescan->followed, outcome);
}

static struct result fetch(const struct chain_rescan *rescan, struct arena *arena, int64_t height,
                           struct chain_block *ret_block) {
    const struct chain_ops *ops = rescan->chain->ops;
    struct block_hash hash;
    TRY(ops->hash_at(rescan->chain, arena, height, &hash));
    TRY(ops->block(rescan->chain, arena, hash, ret_block));
    ENSURE(ret_block->header.height == height, ERR_NODE_ANSWER);
    token_watch_trim(rescan->followed, arena, ret_block);
    return RESULT_OK;
}

static struct result read_block(const struct chain_rescan *rescan, struct arena *arena,
                                int64_t height, struct rescan_tally *tally) {
    const struct network *network = rescan->followed->network;
    struct chain_block block;
    TRY(fetch(rescan, arena, height, &block));
    struct block_match match;
    TRY(block_match_all(rescan->reader, arena, &rescan->app->networks, network, &block, &match));
    struct block_apply apply = {.network = network,
                                .block = &block,
                                .hits = match.hits,
                                .hit_count = match.hit_count,
                                .snapshot_address_id = match.snapshot_address_id};
    TRY(job_run(rescan->app->queue, &block_reread_use_case, &apply, arena));
    tally->blocks_read++;
    tally->blocks_untraced += block.flaws.is_untraced || block.flaws.is_traceless;
    tally->payments_found += (int64_t)apply.payments_found;
    tally->payments_known += (int64_t)apply.payments_known;
    if (apply.payments_found > 0) {
        log_event(LOG_INFO, "payments_found_again", LOG_STR("network", str_from_c(network->key)),
                  LOG_I64("height", height), LOG_U64("payments", apply.payments_found));
    }
    return RESULT_OK;
}

/* What was read before counts, and whoever goes on there hears of the failure. */
static void note_failure(struct chain_rescan *rescan, const struct rescan *current,
                         struct arena *arena, struct result failed) {
    bool is_over = ++rescan->failures >= FAILURES_MAX || failed.code == &ERR_NODE_STOPPED;
    if (!is_over) {
        return;
    }
    if (current->tally.blocks_read > 0) {
        finish(rescan, RESULT_OK);
        return;
    }
    finish(rescan, result_failf(arena, failed.code, "block %lld could not be read again: %s",
                                (long long)current->next_height, result_text(failed)));
}

/* True if another block may follow at once. */
static bool read_next(struct chain_rescan *rescan, struct rescan *current, struct arena *arena) {
    struct result read = read_block(rescan, arena, current->next_height, &current->tally);
    if (!result_is_ok(read)) {
        note_failure(rescan, current, arena, read);
        return false;
    }
    rescan->failures = 0;
    bool is_last = current->next_height == current->to_height;
    current->next_height = is_last ? RESCAN_ENDED : current->next_height + 1;
    if (is_last || app_tick_ms(rescan->app) - rescan->taken_at_tick_ms >= PART_MS) {
        finish(rescan, RESULT_OK);
        return false;
    }
    return true;
}

bool chain_rescan_step(struct chain_rescan *rescan) {
    if (!take(rescan)) {
        return false;
    }
    struct rescan *current = rescan_current(rescan->followed);
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(BLOCK_ARENA_BYTES);
    int64_t began_at_tick_ms = app_tick_ms(rescan->app);
    bool has_more = true;
    while (has_more && app_tick_ms(rescan->app) - began_at_tick_ms < STEP_MS) {
        arena_reset(arena);
        has_more = read_next(rescan, current, arena);
    }
    return has_more;
}

void chain_rescan_wait(struct chain_rescan *rescan) {
    if (!take(rescan) || app_tick_ms(rescan->app) - rescan->taken_at_tick_ms < WAIT_MS) {
        return;
    }
    const struct rescan *current = rescan->current;
    if (current->tally.blocks_read > 0) {
        finish(rescan, RESULT_OK);
        return;
    }
    struct network_health health = network_health_get(rescan->followed);
    finish(rescan,
           (struct result){&ERR_NODE_NOT_READY,
                           health.blind ? health.reason
                                        : "the network has newer blocks to read first; ask again "
                                          "when till chain status shows it level with its node"});
}
