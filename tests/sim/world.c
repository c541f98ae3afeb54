/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/bounds_file/bounds_file.h"
#include "adapters/chain_sandbox/chain_sandbox.h"
#include "adapters/rates_fixed/rates_fixed.h"
#include "adapters/vault_sodium/vault_sodium.h"
#include "app/account_cache.h"
#include "app/block_undo.h"
#include "app/delivery_claims.h"
#include "app/invoice_cancel.h"
#include "app/rescan.h"
#include "app/reserve.h"
#include "app/shop_create.h"
#include "base/arena.h"
#include "config.h"
#include "core/error.h"
#include "gateway_chains.h"
#include "ports/bounds.h"
#include "ports/clock.h"
#include "ports/notices.h"
#include "ports/sandbox.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/store_rollup.h"
#include "ports/store_shop.h"
#include "ports/vault.h"
#include "recover.h"
#include "workers/chain_watcher.h"
#include "workers/committer.h"
#include "workers/expiry_worker.h"

enum { WORLD_ARENA_BYTES = 256 << 20, SETTLE_TURNS_MAX = 10000 };

/* A queue whose submit commits at once: the whole world is one thread. */
struct step_queue {
    struct job_queue port; /* first */
    struct committer *committer;
};

struct world {
    struct arena *arena;
    struct arena *start_arena;
    struct config config;
    struct clock clock;
    int64_t now_ms;
    struct app app;
    struct vault *vault;
    struct bounds *bounds;
    struct store *store;
    struct store_conn *reader;
    struct store_conn *watcher_reader;
    struct committer *committer;
    struct step_queue queue;
    struct notices notices;
    struct gateway_chains chains;
    struct chain_watcher *watcher;
    struct expiry_worker *expiry;
};

static void must(struct result result, const char *what) {
    if (!result_is_ok(result)) {
        (void)fprintf(stderr, "%s: %s (%s)\n", what, result.code->name, result_text(result));
        abort();
    }
}

static int64_t tell_now(void *context) {
    return ((struct world *)context)->now_ms;
}

static struct result submit(struct job_queue *port, struct job *job) {
    struct step_queue *queue = (struct step_queue *)port;
    struct job_queue *inner = committer_queue(queue->committer);
    TRY(inner->submit(inner, job));
    while (committer_step(queue->committer)) {
    }
    return RESULT_OK;
}

static void note_invoice(void *context, int64_t invoice_id) {
    (void)context;
    (void)invoice_id;
}

static void note_delivery(void *context, const struct delivery_row *delivery) {
    (void)context;
    (void)delivery;
}

static void open_store(struct world *world, const char *folder, bool *ret_bounds_found) {
    struct arena *arena = world->start_arena;
    must(vault_sodium_open(arena, arena_printf(arena, "%s/till.key", folder), true, &world->vault),
         "vault");
    world->app.vault = world->vault;
    uint8_t key[VAULT_INVOICE_KEY_BYTES];
    vault_invoice_key(world->vault, key);
    invoice_id_key_init(&world->app.id_key, key);
    const char *url = arena_printf(arena, "sqlite:%s/till.db", folder);
    must(store_open(arena, str_from_c(url), &world->store), "store");
    world->app.store = world->store;
    must(bounds_file_open(arena, arena_printf(arena, "%s/till.db.bounds", folder), &world->bounds,
                          ret_bounds_found),
         "bounds");
    must(store_reader_open(world->store, &world->reader), "reader");
    must(store_reader_open(world->store, &world->watcher_reader), "reader");
}

static void open_app(struct world *world) {
    static const struct fixed_rate rates[] = {{"BTC", "USD", "60000"}, {"LTC", "USD", "80"}};
    must(rates_fixed_new(world->start_arena, &world->clock, rates, 2, &world->app.rates), "rates");
    world->notices = (struct notices){note_invoice, note_delivery, world};
    world->app.reserve = reserve_new(world->bounds, &world->clock);
    world->app.claims = delivery_claims_new();
    world->app.accounts = account_cache_new();
    struct committer_options options = {
        .app = &world->app, .store = world->store, .notices = &world->notices};
    world->committer = committer_new(&options);
    world->queue = (struct step_queue){.port.submit = submit, .committer = world->committer};
    world->app.queue = &world->queue.port;
}

static void open_workers(struct world *world) {
    struct chain_watcher_options watcher = {
        .app = &world->app,
        .chain = chain_sandbox_chain(world->chains.sandbox),
        .followed = world->app.networks.followed[0],
        .reader = world->watcher_reader,
    };
    world->watcher = chain_watcher_new(&watcher);
    world->expiry = expiry_worker_new(&world->app, world->reader);
}

static void ensure_shop(struct world *world) {
    const struct shop_row *shops;
    size_t count;
    must(store_shop_list(world->reader, world->start_arena, &shops, &count), "shops");
    if (count > 0) {
        return;
    }
    struct shop_row wanted = {
        .name = STR("sim"), .test = true, .notify_url = STR("http://127.0.0.1:1/")};
    struct shop_create create;
    must(shop_prepare(&world->app, world->start_arena, &wanted, &create), "shop");
    must(job_run(world->app.queue, &shop_create_use_case, &create, world->start_arena), "shop");
    secret_wipe(&create.secret);
}

struct world *world_open(const char *folder, const char *confirmations, int64_t now_ms) {
    struct world *world = calloc(1, sizeof *world);
    BUG_IF(world == NULL);
    world->arena = arena_new(WORLD_ARENA_BYTES);
    world->start_arena = arena_new(WORLD_ARENA_BYTES);
    world->now_ms = now_ms;
    world->clock = (struct clock){tell_now, tell_now, world};
    world->app.clock = &world->clock;
    world->app.postback_schemes = ENDPOINT_HTTP_TOO;
    world->app.base_url = STR("http://sim");
    bool bounds_found;
    open_store(world, folder, &bounds_found);
    world->config.sandbox =
        (struct config_sandbox){.enabled = true, .block_ms = 1000, .confirmations = confirmations};
    world->chains.app = &world->app;
    world->chains.store = world->store;
    must(gateway_chains_open(&world->chains, world->start_arena, &world->config,
                             arena_printf(world->start_arena, "%s/till.db", folder)),
         "chains");
    open_app(world);
    struct recovery recovery = {&world->app, world->bounds, bounds_found, world->reader};
    must(recover_counters(&recovery, world->start_arena), "recover");
    must(recover_rollups(&recovery, world->start_arena), "rollups");
    must(gateway_chains_add_sandbox_wallets(&world->chains, world->start_arena), "wallets");
    ensure_shop(world);
    open_workers(world);
    world_settle(world);
    return world;
}

void world_close(struct world *world, bool orderly) {
    if (orderly) {
        must(mark_orderly_stop(&world->app, world->store, world->bounds, world->arena), "stop");
    }
    chain_watcher_free(world->watcher);
    expiry_worker_free(world->expiry);
    gateway_chains_close(&world->chains);
    committer_free(world->committer);
    account_cache_free(world->app.accounts);
    delivery_claims_free(world->app.claims);
    reserve_free(world->app.reserve);
    rates_fixed_free(world->app.rates);
    store_reader_close(world->reader);
    store_reader_close(world->watcher_reader);
    bounds_file_close(world->bounds);
    store_close(world->store);
    vault_sodium_close(world->vault);
    invoice_id_key_release(&world->app.id_key);
    arena_free(world->start_arena);
    arena_free(world->arena);
    free(world);
}

struct arena *world_arena(struct world *world) {
    return world->arena;
}

const struct app *world_app(struct world *world) {
    return &world->app;
}

struct store_conn *world_reader(struct world *world) {
    return world->reader;
}

struct chain *world_chain(struct world *world) {
    return chain_sandbox_chain(world->chains.sandbox);
}

int64_t world_now_ms(const struct world *world) {
    return world->now_ms;
}

void world_pass(struct world *world, int64_t ms) {
    world->now_ms += ms;
}

void world_settle(struct world *world) {
    arena_reset(world->arena);
    for (int turn = 0;; turn++) {
        BUG_IF(turn == SETTLE_TURNS_MAX);
        bool moved = chain_watcher_step(world->watcher);
        moved = expiry_worker_step(world->expiry) > 0 || moved;
        moved = committer_step(world->committer) || moved;
        if (!moved) {
            return;
        }
    }
}

struct invoice_create world_create_invoice(struct world *world, const char *amount_usd,
                                           int64_t ttl_s) {
    struct shop_row shop;
    must(store_shop_by_id(world->reader, world->arena, 1, &shop), "shop");
    struct invoice_wanted wanted = {.amount = str_from_c(amount_usd),
                                    .fiat = fiat_usd(),
                                    .asset = asset_by_code(STR("LTC")),
                                    .ttl_s = ttl_s};
    struct invoice_create create;
    must(invoice_prepare(&world->app, world->reader, world->arena, &shop, &wanted, &create),
         "invoice");
    must(job_run(world->app.queue, &invoice_create_use_case, &create, world->arena), "invoice");
    return create;
}

struct static_wallet_create world_static_wallet(struct world *world, const char *identify) {
    struct shop_row shop;
    must(store_shop_by_id(world->reader, world->arena, 1, &shop), "shop");
    struct static_wallet_create create;
    must(static_wallet_prepare(&world->app, world->reader, world->arena, &shop,
                               asset_by_code(STR("LTC")), str_from_c(identify), &create),
         "static wallet");
    if (!create.is_known) {
        must(job_run(world->app.queue, &static_wallet_create_use_case, &create, world->arena),
             "static wallet");
    }
    return create;
}

struct result world_cancel(struct world *world, int64_t invoice_id) {
    struct invoice_cancel cancel = {.invoice_id = invoice_id};
    return job_run(world->app.queue, &invoice_cancel_use_case, &cancel, world->arena);
}

struct invoice_view world_view(struct world *world, int64_t invoice_id) {
    struct invoice_view view;
    must(invoice_view_load(&world->app, world->reader, world->arena, 0, invoice_id, &view), "view");
    return view;
}

struct str world_digest(struct world *world, struct arena *arena) {
    struct str digest;
    must(store_ledger_digest(world->reader, arena, &digest), "digest");
    return digest;
}

bool world_undo_tip(struct world *world) {
    struct block_header tip;
    struct block_header lowest;
    must(store_block_tip(world->reader, network_sandbox(), &tip), "tip");
    must(store_block_lowest(world->reader, network_sandbox(), &lowest), "lowest");
    if (tip.height == lowest.height) {
        return false;
    }
    struct block_undo undo = {.network = network_sandbox(), .tip = {tip.height, tip.hash}};
    must(job_run(world->app.queue, &block_undo_use_case, &undo, world->arena), "undo");
    return true;
}

static const struct chain_ops *true_ops;

static struct result block_without_payments(struct chain *chain, struct arena *arena,
                                            struct block_hash hash, struct chain_block *ret_block) {
    TRY(true_ops->block(chain, arena, hash, ret_block));
    ret_block->output_count = 0;
    return RESULT_OK;
}

void world_settle_unseeing(struct world *world) {
    struct chain *chain = world_chain(world);
    true_ops = chain->ops;
    struct chain_ops unseeing = *true_ops;
    unseeing.block = block_without_payments;
    chain->ops = &unseeing;
    world_settle(world);
    chain->ops = true_ops;
}

static void rescan_done(struct rescan *rescan) {
    rescan->done = NULL;
}

int64_t world_rescan(struct world *world, int64_t from_height) {
    struct rescan rescan = {
        .from_height = from_height, .to_height = RESCAN_TO_TIP, .done = rescan_done};
    must(rescan_hand_in(world->app.networks.followed[0], world->arena, &rescan), "rescan");
    world_settle(world);
    BUG_IF(rescan.done != NULL);
    must(rescan.outcome, "rescan");
    BUG_IF(rescan.next_height != RESCAN_ENDED);
    return rescan.tally.payments_found;
}

void world_forget_rollups(struct world *world) {
    struct store_conn *writer = store_writer(world->store);
    must(store_begin(writer), "begin");
    must(store_rollup_clear(writer), "clear");
    must(store_setting_set(writer, STR("rollups"), STR("")), "setting");
    must(store_commit(writer), "commit");
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void world_remove(const char *folder) {
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
