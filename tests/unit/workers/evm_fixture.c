/* SPDX-License-Identifier: MIT */
#include "evm_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/wallet_add.h"
#include "base/arena.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "workers/chain_watcher.h"

/* m/44'/60'/0' of the published mnemonic "abandon ... about". */
#define EVM_XPUB                                                                                   \
    "xpub6DCoCpSuQZB2jawqnGMEPS63ePKWkwWPH4TU45Q7LPXWuNd8TMtVxRrgjtEshuqpK3mdhaWHPFsBngh5GFZaM6si" \
    "3"                                                                                            \
    "yZdUsT8ddYM3PwnATt"
#define EVM_TPUB FIXTURE_TPUB

static void must(struct result result) {
    if (!result_is_ok(result)) {
        (void)fprintf(stderr, "# fixture: %s: %s\n", result.code->name, result_text(result));
    }
    BUG_IF(!result_is_ok(result));
}

static void follow_eth(struct evm_fixture *fixture, const char *name, const char *confirmations) {
    struct followed_network *eth = &fixture->eth;
    eth->network = network_by_key(STR("eth"));
    eth->chain_name = name;
    eth->chain_id = eth->network->chain_id;
    token_list_init(&eth->tokens, eth->network, eth->chain_id);
    must(confirmation_tiers_from_text(str_from_c(confirmations), &eth->confirmations));
    eth->health.blind = true;
    BUG_IF(pthread_mutex_init(&eth->lock, NULL) != 0);
    fixture->till->app.networks.followed[fixture->till->app.networks.count++] = eth;
}

static void start_watcher(struct evm_fixture *fixture) {
    struct chain_watcher_options options = {.app = &fixture->till->app,
                                            .chain = &fixture->chain.port,
                                            .followed = &fixture->eth,
                                            .reader = fixture->reader,
                                            .poll_ms = 1000};
    fixture->watcher = chain_watcher_new(&options);
}

struct evm_fixture *evm_fixture_new(const char *name, const char *confirmations) {
    struct evm_fixture *fixture = calloc(1, sizeof *fixture);
    BUG_IF(fixture == NULL);
    fixture->till = app_fixture_new();
    follow_eth(fixture, name, confirmations);
    fake_chain_init(&fixture->chain, "eth", name);
    must(store_reader_open(fixture->till->app.store, &fixture->reader));
    start_watcher(fixture);
    static const struct shop_row wanted = {.name = {"Shop", 4}};
    fixture->shop = fixture_add_bare_shop(fixture->till, &wanted);
    struct wallet_add *add = ARENA_NEW(fixture->till->arena, struct wallet_add);
    bool is_main = str_eq(str_from_c(name), STR("main"));
    struct wallet_wanted wallet = {.shop_id = fixture->shop.id,
                                   .network = fixture->eth.network,
                                   .text = is_main ? STR(EVM_XPUB) : STR(EVM_TPUB)};
    must(wallet_prepare(&fixture->till->app, fixture->till->arena, &wallet, add));
    fixture_run(fixture->till, &wallet_add_use_case, add);
    evm_mine(fixture, 1);
    return fixture;
}

void evm_fixture_free(struct evm_fixture *fixture) {
    chain_watcher_free(fixture->watcher);
    store_reader_close(fixture->reader);
    app_fixture_free(fixture->till);
    free(fixture);
}

void evm_restart_watcher(struct evm_fixture *fixture) {
    chain_watcher_free(fixture->watcher);
    start_watcher(fixture);
}

void evm_follow(struct evm_fixture *fixture) {
    while (chain_watcher_step(fixture->watcher)) {
    }
}

void evm_mine(struct evm_fixture *fixture, int blocks) {
    for (int i = 0; i < blocks; i++) {
        fake_chain_mine(&fixture->chain, atomic_load(&fixture->till->now_ms));
        evm_follow(fixture);
    }
}

struct result evm_prepare(struct evm_fixture *fixture, const char *asset, const char *usd,
                          struct invoice_create *ret_create) {
    struct shop_row shop = fixture_shop_row(fixture->till, &fixture->shop);
    struct invoice_wanted wanted = {
        .amount = str_from_c(usd), .fiat = fiat_usd(), .asset = asset_by_code(str_from_c(asset))};
    return invoice_prepare(&fixture->till->app, fixture->reader, fixture->till->arena, &shop,
                           &wanted, ret_create);
}

struct invoice_create *evm_invoice(struct evm_fixture *fixture, const char *asset,
                                   const char *usd) {
    struct invoice_create *create = ARENA_NEW(fixture->till->arena, struct invoice_create);
    must(evm_prepare(fixture, asset, usd, create));
    fixture_run(fixture->till, &invoice_create_use_case, create);
    return create;
}

struct invoice_row evm_invoice_row(struct evm_fixture *fixture, int64_t id) {
    struct invoice_row row;
    must(store_invoice_by_id(fixture->reader, fixture->till->arena, id, &row));
    return row;
}

const struct payment_row *evm_payments(struct evm_fixture *fixture, int64_t invoice_id,
                                       size_t *ret_count) {
    const struct payment_row *rows;
    must(store_payment_of_invoice(fixture->reader, fixture->till->arena, invoice_id, &rows,
                                  ret_count));
    return rows;
}

const char *evm_alarm(struct evm_fixture *fixture, const char *code, const char *subject) {
    const struct alarm_row *rows;
    size_t count;
    must(store_alarm_list(fixture->reader, fixture->till->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rows[i].code, str_from_c(code)) &&
            (subject == NULL || str_eq(rows[i].subject, str_from_c(subject)))) {
            return str_to_c(fixture->till->arena, rows[i].detail);
        }
    }
    return NULL;
}
