/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SIM_WORLD_H
#define TILL_TESTS_SIM_WORLD_H

/* The real app on a real store and a simulated chain, in one thread, under a clock that the test
 * turns. Killing the world and opening it again is what a crash is. */

#include "app/app.h"
#include "app/invoice_create.h"
#include "app/invoice_view.h"
#include "app/static_wallet_create.h"
#include "ports/chain.h"
#include "ports/store.h"

struct world;

/* Everything lives in `folder`, which must exist. Confirmations as configured text. */
struct world *world_open(const char *folder, const char *confirmations, int64_t now_ms);
/* An orderly stop, or a crash: without one, counters jump at the next start. */
void world_close(struct world *world, bool orderly);

struct arena *world_arena(struct world *world); /* reset by world_settle */
const struct app *world_app(struct world *world);
struct store_conn *world_reader(struct world *world);
struct chain *world_chain(struct world *world);
int64_t world_now_ms(const struct world *world);
void world_pass(struct world *world, int64_t ms);

/* Runs watcher, expiry and committer until nothing moves. */
void world_settle(struct world *world);

/* Of the one test shop; never refused. */
struct invoice_create world_create_invoice(struct world *world, const char *amount_usd,
                                           int64_t ttl_s);
/* The customer's, made if there is none. */
struct static_wallet_create world_static_wallet(struct world *world, const char *identify);
struct result world_cancel(struct world *world, int64_t invoice_id);
struct invoice_view world_view(struct world *world, int64_t invoice_id);
struct str world_digest(struct world *world, struct arena *arena);
/* Takes the tip off as a reorg would; true if there was something to take. */
bool world_undo_tip(struct world *world);

/* Settles with a node that shows no payments in its blocks: what is in them is passed over. */
void world_settle_unseeing(struct world *world);
/* Reads these blocks again, up to our tip; how many payments it found there. */
int64_t world_rescan(struct world *world, int64_t from_height);

/* As a store from before there were rolled-up rows: the next opening counts them. */
void world_forget_rollups(struct world *world);

/* The folder of a closed world, with all in it. */
void world_remove(const char *folder);

#endif
