/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_MEMPOOL_WATCH_H
#define TILL_WORKERS_MEMPOOL_WATCH_H

/* The mempool's part of watching a chain, when the blocks are up to date: what appeared is recorded
 * as seen, and what was seen and has left the mempool without a block is recorded as gone. Best
 * effort. */

#include "base/result.h"
#include "core/chain_types.h"

struct app;
struct arena;
struct chain;
struct mempool_watch;
struct network;
struct store_conn;

struct mempool_watch_options {
    const struct app *app;
    struct chain *chain;
    const struct network *network;
    struct store_conn *reader;
};

struct mempool_watch *mempool_watch_new(const struct mempool_watch_options *options);
void mempool_watch_free(struct mempool_watch *watch);

/* `tip` is the last block whose payments are recorded. `ret_moved`: something was recorded. */
struct result mempool_watch_step(struct mempool_watch *watch, struct arena *arena,
                                 struct block_hash tip, bool *ret_moved);

#endif
