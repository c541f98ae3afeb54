/* SPDX-License-Identifier: MIT */
#include "workers/chain_watcher.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/block_apply.h"
#include "app/block_undo.h"
#include "app/rescan.h"
#include "app/token_check.h"
#include "base/arena.h"
#include "base/log.h"
#include "core/chain_cursor.h"
#include "core/chain_pause.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/store_payment.h"
#include "workers/balance_watch.h"
#include "workers/block_match.h"
#include "workers/chain_rescan.h"
#include "workers/chain_warning.h"
#include "workers/finality_watch.h"
#include "workers/mempool_watch.h"
#include "workers/token_watch.h"

enum {
    STEP_ARENA_BYTES = 512 << 20, /* a full block's outputs and their rows */
    START_BACK_BLOCKS =
        10, /* a new store begins this far below the tip, so that early reorgs find ground */
    RETRY_MS = 1000,
    STUCK_MS = 5 * 60000,   /* what passes by itself has passed by then */
    BEHIND_MS = 30000,      /* so are the slower nodes of one balancer */
    THREAD_NAME_BYTES = 16, /* as many as the kernel keeps */
};

struct chain_watcher {
    struct chain_watcher_options options;
    const struct network *network;
    struct arena *arena; /* of the step */
    bool identified;
    bool stopped_for_good;  /* a hard refusal: only a restart looks again */
    int64_t node_tip_at_ms; /* the own time of the node's tip */
    struct block_hash node_tip;
    struct finality_watch finality;
    struct chain_warning warning;
    struct block_reopen reopen; /* what an undo left to be done */
    int64_t well_at_tick_ms;    /* when a look last went well */
    int64_t level_at_tick_ms;   /* when the node last was as far as we are */
    int64_t reorg_from_height;  /* our tip before the reorg in progress; 0: none */
    struct block_hash known_tip;
    struct mempool_watch *mempool;
    struct balance_watch *balances;
    struct token_watch tokens;
    struct chain_rescan rescan;
    struct network_health health;
    atomic_bool stopping;
    bool has_thread;
    pthread_t thread;
};

/* ---- health */

static void tell_blindness(struct chain_watcher *watcher) {
    chain_blind_note(&watcher->warning, watcher->options.app, watcher->options.chain,
                     watcher->arena, &watcher->health);
}

/* `reason` NULL: the node can be trusted. */
static void set_blind(struct chain_watcher *watcher, const char *reason) {
    watcher->health.blind = reason != NULL;
    watcher->health.checked_at_ms = clock_wall_ms(watcher->options.app->clock);
    (void)snprintf(watcher->health.reason, sizeof watcher->health.reason, "%s",
                   reason == NULL ? "" : reason);
    network_health_set(watcher->options.followed, &watcher->health);
    tell_blindness(watcher);
}

static void set_tip(struct chain_watcher *watcher, const struct block_header *tip) {
    watcher->health.ready = true;
    watcher->health.height = tip->height;
    watcher->health.proven_ms = tip->proven_ms;
    watcher->health.tip_at_ms = tip->time_ms;
    watcher->known_tip = tip->hash;
    network_health_set(watcher->options.followed, &watcher->health);
}

static bool is_main(const struct chain_watcher *watcher) {
    return str_eq(str_from_c(watcher->options.followed->chain_name), STR("main"));
}

struct chain_watcher *chain_watcher_new(const struct chain_watcher_options *options) {
    struct chain_watcher *watcher = calloc(1, sizeof *watcher);
    BUG_IF(watcher == NULL);
    watcher->options = *options;
    watcher->network = options->followed->network;
    watcher->arena = arena_new(STEP_ARENA_BYTES);
    watcher->well_at_tick_ms = app_tick_ms(options->app);
    watcher->health = network_health_get(options->followed);
    struct mempool_watch_options mempool = {options->app, options->chain, watcher->network,
                                            options->reader};
    watcher->mempool = mempool_watch_new(&mempool);
    struct balance_watch_options balances = {options->app, options->chain, watcher->network,
                                             options->reader};
    watcher->balances = balance_watch_new(&balances);
    watcher->rescan =
        (struct chain_rescan){options->app, options->chain, options->followed, options->reader};
    rescan_open(options->followed);
    watcher->finality = (struct finality_watch){
        .chain = options->chain, .reader = options->reader, .is_main = is_main(watcher)};
    struct result loaded =
        finality_watch_need(&watcher->finality, &options->followed->confirmations);
    if (result_is_ok(loaded)) {
        loaded = token_changes_load(options->reader, watcher->arena, options->followed);
    }
    if (!result_is_ok(loaded)) {
        log_event(LOG_WARN, "watch_not_loaded", LOG_RESULT(loaded));
    }
    struct block_header tip;
    /* A network followed before may issue addresses at once: what pays them will be found. */
    if (result_is_ok(store_block_tip(options->reader, watcher->network, &tip))) {
        set_tip(watcher, &tip);
    }
    return watcher;
}

void chain_watcher_free(struct chain_watcher *watcher) {
    if (watcher == NULL) {
        return;
    }
    BUG_IF(watcher->has_thread);
    mempool_watch_free(watcher->mempool);
    balance_watch_free(watcher->balances);
    arena_free(watcher->arena);
    free(watcher);
}

/* How the chain looks with `tip` on top of ours. */
static struct result read_pause(struct chain_watcher *watcher, const struct block_header *tip,
                                enum chain_pause *ret_pause) {
    struct chain_pace pace = {
        .is_main = is_main(watcher),
        .now_ms = clock_wall_ms(watcher->options.app->clock),
        .node_tip_at_ms = watcher->node_tip_at_ms,
        .tip_at_ms = tip->time_ms,
        .finality_known = watcher->finality.known,
        .finality_lag_blocks = watcher->finality.lag_blocks,
    };
    struct block_header earlier;
    struct result found = store_block_at(watcher->options.reader, watcher->network,
                                         tip->height - CHAIN_PACE_BLOCKS, &earlier);
    if (result_is_ok(found)) {
        pace.earlier_at_ms = earlier.time_ms;
    } else if (found.code != &ERR_NOT_FOUND) {
        return found;
    }
    *ret_pause = chain_pause_of(watcher->network, &pace);
    return RESULT_OK;
}

/* Blind when the chain itself looks ill, or nobody knows how it goes on; else all is well. */
static struct result judge_pace(struct chain_watcher *watcher, const struct block_header *tip) {
    struct chain *chain = watcher->options.chain;
    const char *stuck = chain->ops->stuck == NULL ? NULL : chain->ops->stuck(chain, watcher->arena);
    enum chain_pause pause;
    TRY(read_pause(watcher, tip, &pause));
    const char *ill = pause == CHAIN_HEALTHY ? NULL : chain_pause_text(pause);
    set_blind(watcher, stuck != NULL ? stuck : ill);
    return RESULT_OK;
}

/* ---- identity */

static struct result check_pin(struct chain_watcher *watcher,
                               const struct chain_identity *identity) {
    struct chain_row pinned;
    struct result found =
        store_chain_by_network(watcher->options.reader, watcher->arena, watcher->network, &pinned);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    if (!block_hash_eq(pinned.genesis, identity->genesis) ||
        !str_eq(pinned.chain_name, str_from_c(identity->network))) {
        return result_failf(watcher->arena, &ERR_NODE_WRONG_NETWORK,
                            "the node is on %s, but this store follows %.*s; give it the node it "
                            "had, or a new store",
                            identity->network, STR_ARG(pinned.chain_name));
    }
    return RESULT_OK;
}

static struct result identify(struct chain_watcher *watcher) {
    struct chain *chain = watcher->options.chain;
    struct chain_identity identity;
    TRY(chain->ops->identify(chain, watcher->arena, &identity));
    TRY(check_pin(watcher, &identity));
    char before[sizeof watcher->health.node_version];
    memcpy(before, watcher->health.node_version, sizeof before);
    (void)snprintf(watcher->health.node_version, sizeof watcher->health.node_version, "%s",
                   identity.version);
    TRY(token_watch_note(&watcher->tokens, watcher->options.app, watcher->options.followed,
                         watcher->arena, &identity));
    watcher->identified = true;
    if (strcmp(before, watcher->health.node_version) == 0) {
        return RESULT_OK; /* the same node again, as after each failure: no news */
    }
    log_event(LOG_INFO, "node_found", LOG_STR("network", str_from_c(watcher->network->key)),
              LOG_STR("chain", str_from_c(identity.network)),
              LOG_STR("version", str_from_c(identity.version)));
    return RESULT_OK;
}

/* ---- where both chains are */

static struct result read_our_tip(struct chain_watcher *watcher, struct chain_cursor *cursor,
                                  struct block_header *ret_tip) {
    struct result found = store_block_tip(watcher->options.reader, watcher->network, ret_tip);
    if (found.code == &ERR_NOT_FOUND) {
        return RESULT_OK;
    }
    TRY(found);
    struct block_header lowest;
    TRY(store_block_lowest(watcher->options.reader, watcher->network, &lowest));
    cursor->started = true;
    cursor->tip = (struct block_ref){ret_tip->height, ret_tip->hash};
    cursor->lowest_height = lowest.height;
    cursor->highest_height =
        watcher->reorg_from_height > ret_tip->height ? watcher->reorg_from_height : ret_tip->height;
    set_tip(watcher, ret_tip);
    return RESULT_OK;
}

static struct result compare_at(struct chain_watcher *watcher, int64_t height,
                                struct chain_pair *ret_pair) {
    struct chain *chain = watcher->options.chain;
    struct block_header ours;
    TRY(store_block_at(watcher->options.reader, watcher->network, height, &ours));
    *ret_pair = (struct chain_pair){.height = height, .ours = ours.hash};
    struct result asked = chain->ops->hash_at(chain, watcher->arena, height, &ret_pair->theirs);
    ret_pair->known = result_is_ok(asked);
    return asked.code == &ERR_BLOCK_UNKNOWN ? RESULT_OK : asked;
}

/* Asks until core no longer wants to compare. */
static struct result next_step(struct chain_watcher *watcher, struct chain_cursor *cursor,
                               enum chain_step *ret_step) {
    *ret_step = chain_cursor_next(cursor);
    if (*ret_step == CHAIN_STEP_COMPARE) {
        TRY(compare_at(watcher, chain_cursor_common_height(cursor), &cursor->common));
        *ret_step = chain_cursor_next(cursor);
    }
    if (*ret_step == CHAIN_STEP_COMPARE_FLOOR) {
        TRY(compare_at(watcher, chain_cursor_floor_height(cursor), &cursor->floor));
        *ret_step = chain_cursor_next(cursor);
    }
    return RESULT_OK;
}

/* ---- moving */

static struct result apply_block(struct chain_watcher *watcher, const struct chain_block *block,
                                 const struct chain_row *first) {
    if (block_hash_eq(block->header.hash, watcher->node_tip)) {
        TRY(finality_watch_ask(&watcher->finality, watcher->arena, &block->header,
                               app_tick_ms(watcher->options.app)));
    }
    enum chain_pause pause;
    TRY(read_pause(watcher, &block->header, &pause));
    set_blind(watcher, pause == CHAIN_HEALTHY ? NULL : chain_pause_text(pause));
    struct block_apply apply = {.network = watcher->network,
                                .block = block,
                                .first = first,
                                .hold_confirmations = pause != CHAIN_HEALTHY,
                                .safe_height = watcher->finality.safe.height,
                                .finalized_height = watcher->finality.finalized.height};
    struct block_match match;
    TRY(block_match_all(watcher->options.reader, watcher->arena, &watcher->options.app->networks,
                        watcher->network, block, &match));
    apply.hits = match.hits;
    apply.hit_count = match.hit_count;
    apply.snapshot_address_id = match.snapshot_address_id;
    TRY(job_run(watcher->options.app->queue, &block_apply_use_case, &apply, watcher->arena));
    if (block->header.height >= watcher->reorg_from_height) {
        watcher->reorg_from_height = 0;
    }
    chain_flaws_note(watcher->options.chain, watcher->arena, block, &watcher->health);
    set_tip(watcher, &block->header);
    log_event(LOG_DEBUG, "block_applied", LOG_STR("network", str_from_c(watcher->network->key)),
              LOG_I64("height", block->header.height), LOG_U64("outputs", block->output_count),
              LOG_U64("hits", apply.hit_count));
    return RESULT_OK;
}

static struct result fetch_at(struct chain_watcher *watcher, int64_t height,
                              struct chain_block *ret_block) {
    struct chain *chain = watcher->options.chain;
    struct block_hash hash;
    TRY(chain->ops->hash_at(chain, watcher->arena, height, &hash));
    TRY(chain->ops->block(chain, watcher->arena, hash, ret_block));
    token_watch_trim(watcher->options.followed, watcher->arena, ret_block);
    return RESULT_OK;
}

/* Pins the network and begins a little below the tip. */
static struct result start_following(struct chain_watcher *watcher,
                                     const struct block_header *remote_tip) {
    struct chain *chain = watcher->options.chain;
    struct chain_identity identity;
    TRY(chain->ops->identify(chain, watcher->arena, &identity));
    int64_t height =
        remote_tip->height > START_BACK_BLOCKS ? remote_tip->height - START_BACK_BLOCKS : 0;
    struct chain_block block;
    TRY(fetch_at(watcher, height, &block));
    struct chain_row row = {.network = watcher->network,
                            .genesis = identity.genesis,
                            .chain_name = str_from_c(identity.network),
                            .started_at_ms = clock_wall_ms(watcher->options.app->clock)};
    return apply_block(watcher, &block, &row);
}

static struct result apply_next(struct chain_watcher *watcher, const struct chain_cursor *cursor) {
    struct chain_block block;
    TRY(fetch_at(watcher, cursor->tip.height + 1, &block));
    ENSURE(chain_cursor_continues(cursor->tip, &block.header), ERR_BLOCK_UNKNOWN);
    return apply_block(watcher, &block, NULL);
}

static struct result undo_tip(struct chain_watcher *watcher, const struct chain_cursor *cursor) {
    struct block_undo undo = {.network = watcher->network, .tip = cursor->tip};
    TRY(finality_watch_undo(&watcher->finality, cursor->tip.height));
    if (watcher->reorg_from_height == 0) {
        watcher->reorg_from_height = cursor->tip.height;
    }
    TRY(job_run(watcher->options.app->queue, &block_undo_use_case, &undo, watcher->arena));
    watcher->reopen = undo.reopen;
    log_event(LOG_WARN, "block_undone", LOG_STR("network", str_from_c(watcher->network->key)),
              LOG_I64("height", cursor->tip.height));
    return RESULT_OK;
}

/* Before anything else is done on the chain. */
static struct result reopen_more(struct chain_watcher *watcher) {
    struct block_reopen next = {.after = watcher->reopen.last,
                                .until_ms = watcher->reopen.until_ms};
    TRY(job_run(watcher->options.app->queue, &block_reopen_use_case, &next, watcher->arena));
    watcher->reopen = next;
    return RESULT_OK;
}

struct tips {
    const struct block_header *ours;
    const struct block_header *theirs;
};

static struct result take_step(struct chain_watcher *watcher, enum chain_step step,
                               const struct chain_cursor *cursor, const struct tips *tips,
                               bool *ret_moved) {
    *ret_moved = true;
    switch (step) {
    case CHAIN_STEP_START:
        return start_following(watcher, tips->theirs);
    case CHAIN_STEP_APPLY:
        return apply_next(watcher, cursor);
    case CHAIN_STEP_UNDO:
        return undo_tip(watcher, cursor);
    case CHAIN_STEP_IDLE:
        TRY(judge_pace(watcher, tips->ours));
        TRY(balance_watch_step(watcher->balances, watcher->arena, cursor->tip));
        return mempool_watch_step(watcher->mempool, watcher->arena, cursor->tip.hash, ret_moved);
    case CHAIN_STEP_WAIT:
        *ret_moved = false;
        if (app_tick_ms(watcher->options.app) - watcher->level_at_tick_ms >= BEHIND_MS) {
            set_blind(watcher, "the node is behind what it told before; waiting for it to return");
        }
        return RESULT_OK;
    case CHAIN_STEP_STOP:
        return result_fail(&ERR_REORG_TOO_DEEP);
    case CHAIN_STEP_COMPARE:
    case CHAIN_STEP_COMPARE_FLOOR:
        break;
    }
    /* The node's chain changed between two questions. */
    *ret_moved = false;
    return RESULT_OK;
}

static bool is_level(const struct chain_watcher *watcher) {
    return block_hash_eq(watcher->known_tip, watcher->node_tip);
}

static struct result look(struct chain_watcher *watcher, bool *ret_moved) {
    struct chain *chain = watcher->options.chain;
    if (!watcher->identified || token_watch_is_due(&watcher->tokens, watcher->options.app)) {
        TRY(identify(watcher));
    }
    struct block_header remote_tip;
    TRY(chain->ops->tip(chain, watcher->arena, &remote_tip));
    struct chain_cursor cursor = {.reorg_limit_blocks = watcher->network->reorg_limit_blocks,
                                  .remote_tip = {remote_tip.height, remote_tip.hash}};
    watcher->health.node_height = remote_tip.height;
    watcher->node_tip_at_ms = remote_tip.time_ms;
    watcher->node_tip = remote_tip.hash;
    struct block_header our_tip = {0};
    TRY(read_our_tip(watcher, &cursor, &our_tip));
    if (remote_tip.height >= our_tip.height) {
        watcher->level_at_tick_ms = app_tick_ms(watcher->options.app);
    }
    enum chain_step step;
    TRY(next_step(watcher, &cursor, &step));
    struct tips tips = {.ours = &our_tip, .theirs = &remote_tip};
    TRY(take_step(watcher, step, &cursor, &tips, ret_moved));
    if (is_level(watcher)) {
        *ret_moved = chain_rescan_step(&watcher->rescan) || *ret_moved;
    }
    return RESULT_OK;
}

/* A block that vanished between two questions, or a full queue, is no sign of blindness, unless it
 * goes on. */
static bool passes_by_itself(const struct chain_watcher *watcher, struct result failed) {
    bool may_pass = failed.code == &ERR_BLOCK_UNKNOWN || failed.code == &ERR_BLOCK_NOT_NEXT ||
                    failed.code == &ERR_QUEUE_FULL;
    return may_pass && app_tick_ms(watcher->options.app) - watcher->well_at_tick_ms < STUCK_MS;
}

static void note_failure(struct chain_watcher *watcher, struct result failed) {
    if (failed.code == &ERR_NODE_STOPPED || passes_by_itself(watcher, failed)) {
        return;
    }
    watcher->identified = watcher->identified && failed.code == &ERR_NODES_DISAGREE;
    watcher->stopped_for_good =
        failed.code == &ERR_REORG_TOO_DEEP || failed.code == &ERR_FINALITY_BROKEN;
    set_blind(watcher, result_text(failed));
}

bool chain_watcher_step(struct chain_watcher *watcher) {
    arena_reset(watcher->arena);
    if (watcher->stopped_for_good) {
        tell_blindness(watcher);
        chain_rescan_wait(&watcher->rescan);
        return false;
    }
    bool moved = watcher->reopen.has_more;
    struct result looked = moved ? reopen_more(watcher) : look(watcher, &moved);
    if (result_is_ok(looked)) {
        watcher->well_at_tick_ms = app_tick_ms(watcher->options.app);
    } else {
        note_failure(watcher, looked);
    }
    if (!result_is_ok(looked) || !is_level(watcher)) {
        chain_rescan_wait(&watcher->rescan);
    }
    struct chain_warners warners = {watcher->options.chain, &watcher->finality,
                                    result_is_ok(looked)};
    if (chain_warning_note(&watcher->warning, watcher->options.app, watcher->arena, &warners,
                           &watcher->health)) {
        network_health_set(watcher->options.followed, &watcher->health);
    }
    chain_trust_note(&watcher->warning, watcher->options.app, watcher->options.chain,
                     watcher->arena);
    return result_is_ok(looked) && moved;
}

static void *run(void *context) {
    struct chain_watcher *watcher = context;
    struct chain *chain = watcher->options.chain;
    char name[THREAD_NAME_BYTES];
    (void)snprintf(name, sizeof name, "till-%s", watcher->network->key);
    (void)pthread_setname_np(pthread_self(), name);
    while (!atomic_load(&watcher->stopping)) {
        if (!chain_watcher_step(watcher)) {
            uint32_t wait_ms = watcher->health.blind ? RETRY_MS : watcher->options.poll_ms;
            chain->ops->wait(chain, watcher->known_tip, wait_ms);
        }
    }
    return NULL;
}

void chain_watcher_start(struct chain_watcher *watcher) {
    BUG_IF(watcher->has_thread);
    BUG_IF(pthread_create(&watcher->thread, NULL, run, watcher) != 0);
    watcher->has_thread = true;
}

void chain_watcher_stop(struct chain_watcher *watcher) {
    if (!watcher->has_thread) {
        return;
    }
    atomic_store(&watcher->stopping, true);
    watcher->options.chain->ops->stop(watcher->options.chain);
    (void)pthread_join(watcher->thread, NULL);
    rescan_close(watcher->options.followed);
    watcher->has_thread = false;
}
