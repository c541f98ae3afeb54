/* SPDX-License-Identifier: MIT */
#include "workers/mempool_watch.h"

#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "app/sighting_record.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/store_payment.h"
#include "workers/block_match.h"

enum {
    GONE_CHECK_MS = 2000, /* how often to ask after what was seen */
    RECORD_TRIES_MAX = 20,
    RECORD_PAUSE_US = 100000,
    PENDING_MAX = 20000,  /* outputs that wait for a busy store; 3 MB */
    GONE_CHECK_MAX = 200, /* payments asked after at a time */
};

struct mempool_watch {
    struct mempool_watch_options options;
    int64_t gone_checked_at_mono_ms;
    struct chain_output *pending; /* told once, and not recorded yet */
    size_t pending_count;
    size_t gone_position; /* where the next round begins, so that nobody is passed over for ever */
};

struct mempool_watch *mempool_watch_new(const struct mempool_watch_options *options) {
    struct mempool_watch *watch = calloc(1, sizeof *watch);
    BUG_IF(watch == NULL);
    watch->options = *options;
    watch->pending = calloc(PENDING_MAX, sizeof *watch->pending);
    BUG_IF(watch->pending == NULL);
    return watch;
}

void mempool_watch_free(struct mempool_watch *watch) {
    if (watch != NULL) {
        free(watch->pending);
        free(watch);
    }
}

static bool is_busy(struct result result) {
    return result.code == &ERR_STORE_BUSY || result.code == &ERR_QUEUE_FULL;
}

static struct result record(struct mempool_watch *watch, struct arena *arena,
                            const struct sighting_record *sighting) {
    struct sighting_record input = *sighting;
    input.network = watch->options.network;
    return job_run(watch->options.app->queue, &sighting_record_use_case, &input, arena);
}

static struct result record_outputs(struct mempool_watch *watch, struct arena *arena,
                                    const struct chain_output *outputs, size_t count,
                                    bool *ret_moved) {
    struct block_match match;
    TRY(block_match(watch->options.reader, arena, watch->options.network, outputs, count, &match));
    if (match.hit_count == 0) {
        return RESULT_OK;
    }
    *ret_moved = true;
    struct sighting_record sighting = {.hits = match.hits, .hit_count = match.hit_count};
    return record(watch, arena, &sighting);
}

/* Past the limit they are lost: blocks will show them, and the alarm of a busy store was raised. */
static void keep_pending(struct mempool_watch *watch, const struct chain_output *outputs,
                         size_t count) {
    for (size_t i = 0; i < count && watch->pending_count < PENDING_MAX; i++) {
        watch->pending[watch->pending_count++] = outputs[i];
    }
}

static struct result record_pending(struct mempool_watch *watch, struct arena *arena,
                                    bool *ret_moved) {
    if (watch->pending_count == 0) {
        return RESULT_OK;
    }
    struct result recorded =
        record_outputs(watch, arena, watch->pending, watch->pending_count, ret_moved);
    if (!is_busy(recorded)) {
        watch->pending_count = 0;
        return recorded;
    }
    *ret_moved = false; /* wait a little */
    return RESULT_OK;
}

/* The chain tells of a transaction once, so what a busy store does not take is tried again at once,
 * before a block may come, and kept for the next look: a sighting may decide whether a payment was
 * on time. */
static struct result record_new(struct mempool_watch *watch, struct arena *arena, bool *ret_moved) {
    struct chain *chain = watch->options.chain;
    const struct chain_output *outputs;
    size_t count;
    TRY(record_pending(watch, arena, ret_moved));
    TRY(chain->ops->mempool(chain, arena, &outputs, &count));
    struct result recorded = record_outputs(watch, arena, outputs, count, ret_moved);
    for (int tries = 1; tries < RECORD_TRIES_MAX && is_busy(recorded); tries++) {
        (void)usleep(RECORD_PAUSE_US);
        recorded = record_outputs(watch, arena, outputs, count, ret_moved);
    }
    if (!is_busy(recorded)) {
        return recorded;
    }
    keep_pending(watch, outputs, count);
    *ret_moved = false;
    return RESULT_OK;
}

/* The seen payments that the mempool no longer has. */
static struct result find_gone(struct mempool_watch *watch, struct arena *arena,
                               struct sighting_record *ret_sighting) {
    struct chain *chain = watch->options.chain;
    const struct payment_row *seen;
    size_t count;
    TRY(store_payment_seen(watch->options.reader, arena, watch->options.network, &seen, &count));
    int64_t *payment_ids = ARENA_ARRAY(arena, int64_t, GONE_CHECK_MAX);
    int64_t *invoice_ids = ARENA_ARRAY(arena, int64_t, GONE_CHECK_MAX);
    *ret_sighting =
        (struct sighting_record){.gone_payment_ids = payment_ids, .gone_invoice_ids = invoice_ids};
    size_t first = watch->gone_position < count ? watch->gone_position : 0;
    for (size_t i = first; i < count && i < first + GONE_CHECK_MAX; i++) {
        bool has;
        TRY(chain->ops->mempool_has(chain, arena, seen[i].txid, &has));
        if (!has) {
            payment_ids[ret_sighting->gone_count] = seen[i].id;
            invoice_ids[ret_sighting->gone_count++] = seen[i].invoice_id;
        }
    }
    watch->gone_position = first + GONE_CHECK_MAX;
    return RESULT_OK;
}

/* A transaction also leaves the mempool by being mined, in a block that we may not have read yet:
 * what has left is gone only if the tip is still the one whose block we have. */
static struct result tip_is_still(struct mempool_watch *watch, struct arena *arena,
                                  struct block_hash tip, bool *ret_still) {
    struct block_header now;
    TRY(watch->options.chain->ops->tip(watch->options.chain, arena, &now));
    *ret_still = block_hash_eq(now.hash, tip);
    return RESULT_OK;
}

static struct result record_gone(struct mempool_watch *watch, struct arena *arena,
                                 struct block_hash tip, bool *ret_moved) {
    int64_t now_ms = clock_monotonic_ms(watch->options.app->clock);
    if (watch->options.chain->ops->mempool_has == NULL ||
        now_ms - watch->gone_checked_at_mono_ms < GONE_CHECK_MS) {
        return RESULT_OK;
    }
    watch->gone_checked_at_mono_ms = now_ms;
    struct sighting_record sighting;
    TRY(find_gone(watch, arena, &sighting));
    bool still = false;
    if (sighting.gone_count > 0) {
        TRY(tip_is_still(watch, arena, tip, &still));
    }
    if (!still) {
        return RESULT_OK;
    }
    *ret_moved = true;
    return record(watch, arena, &sighting);
}

struct result mempool_watch_step(struct mempool_watch *watch, struct arena *arena,
                                 struct block_hash tip, bool *ret_moved) {
    *ret_moved = false;
    TRY(record_new(watch, arena, ret_moved));
    return record_gone(watch, arena, tip, ret_moved);
}
