/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/chain_sandbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "adapters/chain_sandbox/event_file.h"
#include "adapters/chain_sandbox/ledger.h"
#include "base/arena.h"
#include "core/error.h"
#include "ports/chain.h"
#include "ports/clock.h"
#include "ports/sandbox.h"

enum {
    COMPACT_BYTES_DEFAULT = 32 << 20,
    CONTROL_ARENA_BYTES = 64 << 20,
};

struct sandbox {
    struct chain chain;
    const struct clock *clock;
    struct sandbox_ledger *ledger;
    struct event_file *file;
    uint64_t mempool_mark; /* of the watcher */
    bool hint;             /* something happened that the watcher may want to see */
    pthread_mutex_t mutex; /* guards all of the above */
    pthread_cond_t changed;
};

static struct sandbox *from_chain(struct chain *chain) {
    return (struct sandbox *)((char *)chain - offsetof(struct sandbox, chain));
}

static void unlock(pthread_mutex_t **mutex) {
    pthread_mutex_unlock(*mutex);
}

#define LOCKED(sandbox)                                                                            \
    CLEANUP(unlock) pthread_mutex_t *lock_ = &(sandbox)->mutex;                                    \
    pthread_mutex_lock(lock_)

/* ---- the chain port */

static struct result identify(struct chain *chain, struct arena *arena,
                              struct chain_identity *ret_identity) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    *ret_identity = (struct chain_identity){.genesis = sandbox_ledger_genesis(sandbox->ledger),
                                            .network = "sandbox",
                                            .version = "till sandbox"};
    return RESULT_OK;
}

static struct result tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    *ret_tip = sandbox_ledger_tip(sandbox->ledger);
    return RESULT_OK;
}

static struct result hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    struct block_header header;
    ENSURE(sandbox_ledger_header_at(sandbox->ledger, height, &header), ERR_BLOCK_UNKNOWN);
    *ret_hash = header.hash;
    return RESULT_OK;
}

static struct result block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    struct chain_block found = {.flaws = {0}};
    ENSURE(sandbox_ledger_header_by_hash(sandbox->ledger, hash, &found.header), ERR_BLOCK_UNKNOWN);
    TRY(sandbox_ledger_block_outputs(sandbox->ledger, sandbox->file, arena, found.header.height,
                                     &found.outputs, &found.output_count));
    *ret_block = found;
    return RESULT_OK;
}

static struct result mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    return sandbox_ledger_mempool_outputs(sandbox->ledger, sandbox->file, arena,
                                          &sandbox->mempool_mark, ret_outputs, ret_count);
}

static struct result mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has) {
    (void)arena;
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    *ret_has = sandbox_ledger_mempool_has(sandbox->ledger, txid);
    return RESULT_OK;
}

/* Only news end it, not a tip that the watcher has seen and cannot follow now: it tries again after
 * its time, and not at once. */
static void wait(struct chain *chain, struct block_hash known_tip, uint32_t timeout_ms) {
    struct sandbox *sandbox = from_chain(chain);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    LOCKED(sandbox);
    while (!sandbox->hint) {
        if (pthread_cond_timedwait(&sandbox->changed, &sandbox->mutex, &until) != 0) {
            break;
        }
    }
    sandbox->hint = false;
}

static void tell_watcher(struct sandbox *sandbox) {
    sandbox->hint = true;
    pthread_cond_broadcast(&sandbox->changed);
}

static void wake(struct chain *chain) {
    struct sandbox *sandbox = from_chain(chain);
    LOCKED(sandbox);
    tell_watcher(sandbox);
}

static void close_chain(struct chain *chain) {
    (void)chain;
}

static const struct chain_ops ops = {
    .identify = identify,
    .tip = tip,
    .hash_at = hash_at,
    .block = block,
    .mempool = mempool,
    .mempool_has = mempool_has,
    .wait = wait,
    .wake = wake,
    .stop = wake, /* there is nobody to be asked */
    .close = close_chain,
};

/* ---- control */

/* Writes what happened, then makes it happen. */
static struct result commit(struct sandbox *sandbox, struct bytes record) {
    uint64_t offset;
    TRY(event_file_append(sandbox->file, record, &offset));
    struct result applied = sandbox_ledger_apply(sandbox->ledger, sandbox->file, offset, record);
    BUG_IF(!result_is_ok(applied));
    tell_watcher(sandbox);
    return RESULT_OK;
}

struct result sandbox_pay(struct sandbox *sandbox, const struct sandbox_output *outputs,
                          size_t count, struct txid *ret_txid) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CONTROL_ARENA_BYTES);
    LOCKED(sandbox);
    struct bytes record;
    struct txid txid;
    TRY(sandbox_ledger_record_pay(sandbox->ledger, arena, outputs, count, &record, &txid));
    TRY(commit(sandbox, record));
    *ret_txid = txid;
    return RESULT_OK;
}

static struct result change_blocks(struct sandbox *sandbox, uint32_t depth,
                                   enum sandbox_reorg_mode mode, uint32_t count,
                                   enum sandbox_ledger_take take) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CONTROL_ARENA_BYTES);
    struct bytes record;
    TRY(sandbox_ledger_record_blocks(sandbox->ledger, sandbox->file, arena, depth, mode, count,
                                     take, clock_wall_ms(sandbox->clock), &record));
    return commit(sandbox, record);
}

struct result sandbox_mine(struct sandbox *sandbox, uint32_t count) {
    LOCKED(sandbox);
    return change_blocks(sandbox, 0, SANDBOX_REORG_RETURN, count, SANDBOX_LEDGER_TAKE_ALL);
}

struct result sandbox_reorg(struct sandbox *sandbox, uint32_t depth, enum sandbox_reorg_mode mode) {
    LOCKED(sandbox);
    ENSURE(depth > 0 && depth < SANDBOX_LEDGER_NEW_BLOCKS_MAX, ERR_SANDBOX_DEPTH);
    return change_blocks(sandbox, depth, mode, depth + 1, SANDBOX_LEDGER_TAKE_FREE);
}

struct result sandbox_drop(struct sandbox *sandbox, struct txid txid) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(CONTROL_ARENA_BYTES);
    LOCKED(sandbox);
    struct bytes record;
    TRY(sandbox_ledger_record_drop(sandbox->ledger, arena, txid, &record));
    return commit(sandbox, record);
}

struct result sandbox_tick(struct sandbox *sandbox, int64_t now_ms, int64_t deadline_ms) {
    LOCKED(sandbox);
    bool deadline_due = deadline_ms != 0 && deadline_ms < now_ms &&
                        sandbox_ledger_tip(sandbox->ledger).time_ms <= deadline_ms;
    if (!deadline_due && !sandbox_ledger_has_free_tx(sandbox->ledger)) {
        return RESULT_OK;
    }
    return change_blocks(sandbox, 0, SANDBOX_REORG_RETURN, 1, SANDBOX_LEDGER_TAKE_FREE);
}

/* ---- life cycle */

static struct result replay(void *context, struct event_file *file, uint64_t offset,
                            struct bytes record) {
    return sandbox_ledger_apply(context, file, offset, record);
}

/* Releases what an earlier load left. */
static struct result load(struct sandbox *sandbox, const char *path, struct arena *arena) {
    event_file_close(sandbox->file);
    sandbox_ledger_free(sandbox->ledger);
    sandbox->file = NULL;
    sandbox->ledger = sandbox_ledger_new();
    return event_file_open(path, arena, replay, sandbox->ledger, &sandbox->file);
}

static struct result start_chain(struct sandbox *sandbox, struct arena *arena, uint64_t seed) {
    return commit(sandbox,
                  sandbox_ledger_record_genesis(arena, seed, clock_wall_ms(sandbox->clock)));
}

static struct result compact(struct sandbox *sandbox) {
    struct event_file *copy;
    TRY(event_file_copy_begin(sandbox->file, &copy));
    struct result saved = sandbox_ledger_save(sandbox->ledger, sandbox->file, copy);
    if (result_is_ok(saved) && event_file_bytes(copy) < event_file_bytes(sandbox->file) / 2) {
        saved = event_file_copy_finish(copy);
    }
    event_file_close(copy);
    return saved;
}

static struct result open_chain(struct sandbox *sandbox,
                                const struct chain_sandbox_options *options, struct arena *arena) {
    TRY(load(sandbox, options->path, arena));
    if (sandbox_ledger_is_empty(sandbox->ledger)) {
        return start_chain(sandbox, arena, options->seed);
    }
    uint64_t limit = options->compact_bytes ? options->compact_bytes : COMPACT_BYTES_DEFAULT;
    if (event_file_bytes(sandbox->file) > limit) {
        TRY(compact(sandbox));
        return load(sandbox, options->path, arena);
    }
    return RESULT_OK;
}

static struct sandbox *sandbox_new(const struct chain_sandbox_options *options) {
    struct sandbox *sandbox = calloc(1, sizeof(*sandbox));
    BUG_IF(sandbox == NULL);
    sandbox->chain = (struct chain){.ops = &ops, .network = options->network};
    sandbox->clock = options->clock;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&sandbox->mutex, NULL);
    pthread_cond_init(&sandbox->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return sandbox;
}

struct result chain_sandbox_open(const struct chain_sandbox_options *options, struct arena *arena,
                                 struct sandbox **ret_sandbox) {
    struct sandbox *sandbox = sandbox_new(options);
    struct result opened = open_chain(sandbox, options, arena);
    if (!result_is_ok(opened)) {
        chain_sandbox_close(sandbox);
        return opened;
    }
    *ret_sandbox = sandbox;
    return RESULT_OK;
}

void chain_sandbox_close(struct sandbox *sandbox) {
    if (sandbox == NULL) {
        return;
    }
    event_file_close(sandbox->file);
    sandbox_ledger_free(sandbox->ledger);
    pthread_cond_destroy(&sandbox->changed);
    pthread_mutex_destroy(&sandbox->mutex);
    free(sandbox);
}

struct chain *chain_sandbox_chain(struct sandbox *sandbox) {
    return &sandbox->chain;
}

struct result chain_sandbox_digest(struct sandbox *sandbox, uint8_t ret_digest[HASH_BYTES]) {
    LOCKED(sandbox);
    return sandbox_ledger_digest(sandbox->ledger, sandbox->file, ret_digest);
}
