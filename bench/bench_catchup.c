/* SPDX-License-Identifier: MIT */
/* After seven days away from Tron: every block of them, through the watcher, the join and the
 * committer, with a sync each.
 *
 *     bench_catchup seed PATH                         makes a store with one invoice of one address
 *     bench_catchup run PATH BLOCKS OUTPUTS OURS      follows so many blocks with so many
 * transfers, OURS of a million of them to us
 *
 * Between the two, fill_addresses.py makes the one invoice many. A line of JSON. */

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/clock_os/clock_os.h"
#include "app/rollup_rebuild.h"
#include "base/arena.h"
#include "base/log.h"
#include "bench_app.h"
#include "catchup_chain.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"
#include "rows.h"
#include "workers/chain_watcher.h"

enum {
    WEEK_MS = 7 * 86400000,
    ARENA_BYTES = 16 << 20,
    FIRST_HEIGHT = 60000000,
    TRIES_MAX = 100,
    RETRY_US = 100000
};

/* ---- the store */

static void seed_rows(struct store_conn *writer, int64_t now_ms) {
    const struct network *tron = network_by_key(STR("tron"));
    const struct asset *token = asset_by_code(STR("USDT_TRC20"));
    struct shop_row shop = {.public_id = STR("0123456789abcdef"),
                            .name = STR("bench"),
                            .notify_url = STR("http://127.0.0.1:9/postback"),
                            .invoice_ttl_s = 86400};
    struct account_key_row key = {.account_id = {1}};
    struct wallet_row wallet = {.network = tron, .chain_name = STR("main")};
    struct rate_quote_row quote = {
        .pair = STR("USDT_USD"), .rate = STR("1"), .source = STR("fixed")};
    struct address_row address = {.invoice_id = 1,
                                  .network = tron,
                                  .program = catchup_program(1),
                                  .asset = token,
                                  .due = amount_from_u64(token, CATCHUP_DUE_UNITS),
                                  .address_index = 1,
                                  .issued_at_ms = now_ms - WEEK_MS};
    must(store_shop_insert(writer, &shop, &wallet.shop_id));
    must(store_account_key_insert(writer, &key, &wallet.account_key_id));
    must(store_wallet_insert(writer, &wallet, &address.wallet_id));
    must(store_rate_quote_intern(writer, &quote, &address.rate_quote_id));
    address.account_key_id = wallet.account_key_id;
    struct invoice_row invoice = {.id = 1,
                                  .shop_id = wallet.shop_id,
                                  .status = INVOICE_CREATED,
                                  .order_id = STR("1000017-A"),
                                  .price = amount_from_u64(fiat_usd(), 1000),
                                  .price_usd = amount_from_u64(fiat_usd(), 1000),
                                  .underpaid_tolerance = STR("0"),
                                  .overpaid_tolerance = STR("0"),
                                  .created_at_ms = now_ms - WEEK_MS,
                                  .expires_at_ms = now_ms + WEEK_MS};
    must(store_invoice_insert(writer, &invoice));
    must(store_address_insert(writer, &address, &address.id));
}

static void seed(const char *path) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    struct store *store;
    const char *url = arena_printf(arena, "sqlite:%s", path);
    struct clock clock = clock_os();
    must(store_open(arena, str_from_c(url), &store));
    struct store_conn *writer = store_writer(store);
    must(store_begin(writer));
    seed_rows(writer, clock_wall_ms(&clock));
    must(store_commit(writer));
    store_close(store);
}

/* ---- following */

struct catchup {
    struct bench_app till;
    struct catchup_plan plan;
    struct catchup_chain chain;
    struct chain_watcher *watcher;
};

/* Where the store is, which a run goes on from. */
static void find_first(struct catchup *catchup) {
    struct block_header tip;
    struct result found =
        store_block_tip(catchup->till.reader, catchup->till.followed.network, &tip);
    catchup->plan.is_fresh = found.code == &ERR_NOT_FOUND;
    catchup->plan.first = (struct block_ref){.height = FIRST_HEIGHT};
    if (!catchup->plan.is_fresh) {
        must(found);
        catchup->plan.first = (struct block_ref){tip.height, tip.hash};
    }
}

/* Steps until the watcher has the node's tip. A read that took longer than a second, on a machine
 * with other work, is tried again, as the watcher's own thread does. */
static void follow(struct catchup *catchup) {
    struct network_health health = {0};
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        while (chain_watcher_step(catchup->watcher)) {
        }
        health = network_health_get(&catchup->till.followed);
        if (health.height == catchup->chain.tip_height) {
            return;
        }
        (void)usleep(RETRY_US);
    }
    must((struct result){.code = &ERR_NODE_ANSWER, .detail = health.reason});
}

static long memory_peak_kb(void) {
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void report(const struct catchup *catchup, double took_s, double cpu_s) {
    const struct catchup_plan *plan = &catchup->plan;
    double own_s = took_s - catchup->chain.making_s;
    (void)printf("{\"blocks\":%llu,\"outputs\":%llu,\"ours\":%llu,\"addresses\":%llu,"
                 "\"seconds\":%.3f,\"decoding_seconds\":%.3f,\"text_bytes\":%llu,"
                 "\"cpu_seconds\":%.3f,\"blocks_per_s\":%.1f,\"outputs_per_s\":%.0f,"
                 "\"memory_peak_kb\":%ld}\n",
                 (unsigned long long)plan->blocks, (unsigned long long)plan->outputs,
                 (unsigned long long)catchup->chain.ours, (unsigned long long)plan->addresses,
                 own_s, catchup->chain.decoding_s, (unsigned long long)catchup->chain.text_bytes,
                 cpu_s, (double)plan->blocks / own_s, (double)plan->outputs / own_s,
                 memory_peak_kb());
}

static void run(const char *path, const struct catchup_plan *plan) {
    struct catchup catchup = {.plan = *plan};
    bench_app_open(&catchup.till, path, "tron", "main");
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(ARENA_BYTES);
    int64_t counted;
    must(rollup_ensure(&catchup.till.app, catchup.till.reader, arena, &counted));
    int64_t addresses;
    must(store_address_highest_id(catchup.till.reader, &addresses));
    catchup.plan.addresses = (uint64_t)addresses;
    find_first(&catchup);
    catchup.plan.last_at_ms = clock_wall_ms(&catchup.till.clock);
    catchup_chain_init(&catchup.chain, catchup.till.followed.network, &catchup.plan);
    struct chain_watcher_options options = {.app = &catchup.till.app,
                                            .chain = &catchup.chain.chain,
                                            .followed = &catchup.till.followed,
                                            .reader = catchup.till.reader};
    catchup.watcher = chain_watcher_new(&options);
    follow(&catchup);
    catchup.chain.making_s = 0;
    catchup.chain.decoding_s = 0;
    catchup.chain.text_bytes = 0;
    catchup.chain.tip_height += (int64_t)plan->blocks;
    double start = now_s();
    double cpu_before_us = cpu_us();
    follow(&catchup);
    double took_s = now_s() - start;
    double cpu_s = (cpu_us() - cpu_before_us) / 1e6 - catchup.chain.making_s;
    report(&catchup, took_s, cpu_s);
    chain_watcher_free(catchup.watcher);
    catchup_chain_release(&catchup.chain);
    bench_app_close(&catchup.till);
}

static int usage(void) {
    (void)fputs("usage: bench_catchup seed PATH | run PATH BLOCKS OUTPUTS OURS\n", stderr);
    return 2;
}

int main(int argc, char **argv) {
    struct catchup_plan plan = {0};
    log_set_level(LOG_ERROR);
    if (argc == 3 && strcmp(argv[1], "seed") == 0) {
        seed(argv[2]);
        return 0;
    }
    if (argc != 6 || strcmp(argv[1], "run") != 0 ||
        !str_to_u64(str_from_c(argv[3]), &plan.blocks) || plan.blocks == 0 ||
        !str_to_u64(str_from_c(argv[4]), &plan.outputs) ||
        !str_to_u64(str_from_c(argv[5]), &plan.ours_per_million)) {
        return usage();
    }
    run(argv[2], &plan);
    return 0;
}
