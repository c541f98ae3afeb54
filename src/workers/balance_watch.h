/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_BALANCE_WATCH_H
#define TILL_WORKERS_BALANCE_WATCH_H

/* The part of watching a chain whose blocks do not show every transfer of the native coin (see the
 * `balances` of ports/chain.h): between blocks, what addresses hold is compared with what was
 * recorded. A bounded number of addresses for each block, in turn: open invoices, those that ended
 * within a day, and where something was found before. */

#include "base/result.h"
#include "core/chain_types.h"

struct app;
struct arena;
struct balance_watch;
struct chain;
struct network;
struct store_conn;

enum { BALANCE_WATCH_ADDRESSES_MAX = 100 }; /* asked after at each block */

struct balance_watch_options {
    const struct app *app;
    struct chain *chain;
    const struct network *network;
    struct store_conn *reader;
};

/* Does nothing on a chain without `balances`. */
struct balance_watch *balance_watch_new(const struct balance_watch_options *options);
void balance_watch_free(struct balance_watch *watch);

/* `tip` is our tip, and the node's. Asks once for each tip, and not more often than every ten
 * seconds (Tron: a minute). That a node cannot tell balances is no
 * failure of the watcher; it is told to the operator. */
struct result balance_watch_step(struct balance_watch *watch, struct arena *arena,
                                 struct block_ref tip);

#endif
