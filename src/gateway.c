/* SPDX-License-Identifier: MIT */
#include "gateway.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/bounds_file/bounds_file.h"
#include "adapters/clock_os/clock_os.h"
#include "adapters/http_client_curl/http_client_curl.h"
#include "adapters/vault_sodium/vault_sodium.h"
#include "app/account_cache.h"
#include "app/backup_run.h"
#include "app/delivery_claims.h"
#include "app/errand.h"
#include "app/key_uses.h"
#include "app/reader_pool.h"
#include "app/reserve.h"
#include "backup.h"
#include "base/arena.h"
#include "base/log.h"
#include "config.h"
#include "core/error.h"
#include "core/net_guard.h"
#include "gateway_chains.h"
#include "gateway_http.h"
#include "gateway_rates.h"
#include "ports/clock.h"
#include "ports/notices.h"
#include "ports/store.h"
#include "ports/vault.h"
#include "recover.h"
#include "workers/committer.h"
#include "workers/delivery_worker.h"
#include "workers/expiry_worker.h"
#include "workers/ticker.h"
#include "workers/upkeep_worker.h"

enum { EXPIRY_PAUSE_MS = 1000, UPKEEP_PAUSE_MS = 5000 };

struct gateway {
    struct arena *arena;
    const struct config *config;
    const char *store_path;
    struct clock clock;
    struct app app;
    struct vault *vault;
    struct bounds *bounds;
    bool bounds_found;
    struct store *store;
    struct reader_pool *readers;
    struct backup_of_instance backup;
    struct committer *committer;
    struct notices notices;
    struct gateway_rates rates;
    struct gateway_chains chains;
    struct gateway_http http;

    struct net_allow_list allow_list;
    struct event_base *delivery_base;
    struct http_client_curl *client;
    struct store_conn *delivery_reader;
    struct delivery_worker *delivery;

    struct store_conn *expiry_reader;
    struct expiry_worker *expiry;
    struct ticker *expiry_ticker;
    struct upkeep_worker *upkeep;
    struct ticker *upkeep_ticker;
};

/* ---- what is told after a commit */

static void invoice_changed(void *context, int64_t invoice_id) {
    struct gateway *gateway = context;
    gateway_http_publish(&gateway->http, invoice_id);
}

static void delivery_due(void *context, const struct delivery_row *delivery) {
    struct gateway *gateway = context;
    if (gateway->delivery != NULL) {
        delivery_worker_notice(gateway->delivery, delivery);
    }
}

static void batch_done(void *context) {
    struct gateway *gateway = context;
    gateway_http_wake(&gateway->http);
}

/* ---- opening */

/* A new store gets a new key; an old one without its key must not get another. */
static struct result open_vault(struct gateway *gateway, const struct instance_paths *paths) {
    bool fresh = access(paths->store, F_OK) != 0;
    TRY(vault_sodium_open(gateway->arena, paths->key, fresh, &gateway->vault));
    gateway->app.vault = gateway->vault;
    uint8_t key[VAULT_INVOICE_KEY_BYTES];
    vault_invoice_key(gateway->vault, key);
    invoice_id_key_init(&gateway->app.id_key, key);
    explicit_bzero(key, sizeof key);
    return RESULT_OK;
}

static struct result open_store(struct gateway *gateway) {
    struct arena *arena = gateway->arena;
    struct instance_paths paths;
    TRY(instance_paths_of(arena, gateway->config, &paths));
    gateway->store_path = paths.store;
    TRY(open_vault(gateway, &paths));
    TRY(store_open(arena, str_from_c(gateway->config->store.url), &gateway->store));
    gateway->app.store = gateway->store;
    TRY(bounds_file_open(arena, paths.bounds, &gateway->bounds, &gateway->bounds_found));
    gateway->readers = reader_pool_new(gateway->store);
    backup_of_instance_init(&gateway->backup, gateway->store, gateway->vault, gateway->store_path);
    gateway->app.backups = backup_runner_new(&gateway->backup.backup);
    gateway->app.errands = errand_runner_new();
    return RESULT_OK;
}

static void open_committer(struct gateway *gateway) {
    gateway->notices = (struct notices){invoice_changed, delivery_due, gateway};
    struct committer_options options = {.app = &gateway->app,
                                        .store = gateway->store,
                                        .notices = &gateway->notices,
                                        .batch_done = batch_done,
                                        .batch_context = gateway};
    gateway->committer = committer_new(&options);
    gateway->app.queue = committer_queue(gateway->committer);
    gateway->app.reserve = reserve_new(gateway->bounds, &gateway->clock);
    gateway->app.claims = delivery_claims_new();
    gateway->app.accounts = account_cache_new();
    gateway->app.key_uses = key_uses_new();
    committer_start(gateway->committer);
}

static struct result recover(struct gateway *gateway) {
    struct store_conn *reader;
    TRY(reader_take(gateway->readers, &reader));
    struct recovery recovery = {&gateway->app, gateway->bounds, gateway->bounds_found, reader};
    struct result recovered = recover_counters(&recovery, gateway->arena);
    if (result_is_ok(recovered)) {
        recovered = recover_rollups(&recovery, gateway->arena);
    }
    reader_give(gateway->readers, reader);
    TRY(recovered);
    return gateway_chains_add_sandbox_wallets(&gateway->chains, gateway->arena);
}

static struct result open_delivery(struct gateway *gateway) {
    const struct config *config = gateway->config;
    TRY(net_allow_list_parse(gateway->arena, str_from_c(config->postback.allow_hosts),
                             &gateway->allow_list));
    gateway->delivery_base = event_base_new();
    BUG_IF(gateway->delivery_base == NULL);
    struct http_client_curl_options client = {.base = gateway->delivery_base,
                                              .allow_list = &gateway->allow_list,
                                              .user_agent = "Cryptocloud POSTBACK v2"};
    TRY(http_client_curl_new(&client, &gateway->client));
    TRY(store_reader_open(gateway->store, &gateway->delivery_reader));
    struct delivery_worker_options options = {.app = &gateway->app,
                                              .base = gateway->delivery_base,
                                              .client = http_client_curl_port(gateway->client),
                                              .reader = gateway->delivery_reader,
                                              .body = gateway_http_postback_body()};
    gateway->delivery = delivery_worker_new(&options);
    return RESULT_OK;
}

static struct result open_all(struct gateway *gateway) {
    struct arena *arena = gateway->arena;
    gateway->app.clock = &gateway->clock;
    gateway->app.base_url = str_from_c(gateway->config->http.base_url);
    gateway->app.postback_schemes =
        gateway->config->postback.allow_http ? ENDPOINT_HTTP_TOO : ENDPOINT_HTTPS_ONLY;
    TRY(open_store(gateway));
    TRY(gateway_rates_open(&gateway->rates, arena, gateway->config, &gateway->app));
    gateway->chains.app = &gateway->app;
    gateway->chains.store = gateway->store;
    TRY(gateway_chains_open(&gateway->chains, arena, gateway->config, gateway->store_path));
    open_committer(gateway);
    TRY(recover(gateway));
    TRY(store_reader_open(gateway->store, &gateway->expiry_reader));
    gateway->expiry = expiry_worker_new(&gateway->app, gateway->expiry_reader);
    gateway->upkeep = upkeep_worker_new(&gateway->app);
    TRY(open_delivery(gateway));
    gateway->http.app = &gateway->app;
    gateway->http.readers = gateway->readers;
    gateway->http.committer = gateway->committer;
    return gateway_http_open(&gateway->http, arena, gateway->config);
}

static struct gateway *gateway_new(struct arena *arena, const struct config *config) {
    struct gateway *gateway = calloc(1, sizeof *gateway);
    BUG_IF(gateway == NULL);
    gateway->arena = arena;
    gateway->config = config;
    gateway->clock = clock_os();
    return gateway;
}

struct result gateway_open(struct arena *arena, const struct config *config,
                           struct gateway **ret_gateway) {
    BUG_IF(evthread_use_pthreads() != 0);
    struct gateway *gateway = gateway_new(arena, config);
    struct result opened = open_all(gateway);
    if (!result_is_ok(opened)) {
        gateway_close(gateway);
        return opened;
    }
    *ret_gateway = gateway;
    return RESULT_OK;
}

/* ---- running */

static void expire(void *context) {
    struct gateway *gateway = context;
    (void)expiry_worker_step(gateway->expiry);
}

static void keep_up(void *context) {
    struct gateway *gateway = context;
    upkeep_worker_step(gateway->upkeep);
}

struct result gateway_start(struct gateway *gateway) {
    TRY(gateway_chains_start(&gateway->chains));
    TRY(gateway_rates_start(&gateway->rates, &gateway->app));
    delivery_worker_start(gateway->delivery);
    gateway->expiry_ticker = ticker_start_new(expire, gateway, EXPIRY_PAUSE_MS);
    gateway->upkeep_ticker = ticker_start_new(keep_up, gateway, UPKEEP_PAUSE_MS);
    gateway_http_start(&gateway->http);
    return RESULT_OK;
}

void gateway_stop(struct gateway *gateway) {
    /* First, so that an operator who waits for a node is answered before the server ends. */
    gateway_chains_stop(&gateway->chains);
    gateway_http_stop(&gateway->http);
    ticker_stop_free(gateway->expiry_ticker);
    gateway->expiry_ticker = NULL;
    ticker_stop_free(gateway->upkeep_ticker);
    gateway->upkeep_ticker = NULL;
    gateway_rates_stop(&gateway->rates);
    delivery_worker_stop(gateway->delivery);
    committer_stop(gateway->committer);
    struct result marked =
        mark_orderly_stop(&gateway->app, gateway->store, gateway->bounds, gateway->arena);
    if (!result_is_ok(marked)) {
        log_event(LOG_ERROR, "stop_not_marked", LOG_RESULT(marked));
    }
}

void gateway_close(struct gateway *gateway) {
    if (gateway == NULL) {
        return;
    }
    backup_runner_free(gateway->app.backups);
    errand_runner_free(gateway->app.errands);
    /* Watchers wait for the committer, so they end first; the committer tells the server. */
    gateway_chains_close(&gateway->chains);
    if (gateway->committer != NULL) {
        committer_stop(gateway->committer);
    }
    gateway_http_close(&gateway->http);
    expiry_worker_free(gateway->expiry);
    upkeep_worker_free(gateway->upkeep);
    store_reader_close(gateway->expiry_reader);
    http_client_curl_free(gateway->client);
    delivery_worker_free(gateway->delivery);
    store_reader_close(gateway->delivery_reader);
    if (gateway->delivery_base != NULL) {
        event_base_free(gateway->delivery_base);
    }
    committer_free(gateway->committer);
    account_cache_free(gateway->app.accounts);
    key_uses_free(gateway->app.key_uses);
    delivery_claims_free(gateway->app.claims);
    reserve_free(gateway->app.reserve);
    gateway_rates_close(&gateway->rates);
    reader_pool_free(gateway->readers);
    bounds_file_close(gateway->bounds);
    store_close(gateway->store);
    vault_sodium_close(gateway->vault);
    invoice_id_key_release(&gateway->app.id_key);
    free(gateway);
}
