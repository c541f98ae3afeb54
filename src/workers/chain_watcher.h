/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_CHAIN_WATCHER_H
#define TILL_WORKERS_CHAIN_WATCHER_H

/* You are here: one watcher follows one chain, block by block. A step looks at both tips, asks core
 * what is next, and applies or undoes one block through the committer; cursor and effects commit
 * together, so a crash repeats work and never skips it. Notifications and the mempool are hints.
 * While the node cannot be trusted the network is blind. */

#include <stdint.h>

#include "base/result.h"

struct app;
struct chain;
struct chain_watcher;
struct followed_network;
struct store_conn;

struct chain_watcher_options {
    const struct app *app;
    struct chain *chain; /* closed by the watcher's owner */
    struct followed_network *followed;
    struct store_conn *reader; /* the watcher's own */
    uint32_t poll_ms;
};

struct chain_watcher *chain_watcher_new(const struct chain_watcher_options *options);
void chain_watcher_free(struct chain_watcher *watcher);

/* One thing done; false when there is nothing to do until the chain moves. */
bool chain_watcher_step(struct chain_watcher *watcher);

/* Steps and waits on a thread of its own until stopped, which stops the chain as well: a node that
 * hangs is not waited for. */
void chain_watcher_start(struct chain_watcher *watcher);
void chain_watcher_stop(struct chain_watcher *watcher);

#endif
