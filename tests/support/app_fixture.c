/* SPDX-License-Identifier: MIT */
#include "support/app_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/bounds_file/bounds_file.h"
#include "adapters/rates_fixed/rates_fixed.h"
#include "adapters/vault_sodium/vault_sodium.h"
#include "app/account_cache.h"
#include "app/block_apply.h"
#include "app/delivery_claims.h"
#include "app/key_uses.h"
#include "app/reserve.h"
#include "app/wallet_add.h"
#include "base/arena.h"
#include "core/chain_params.h"
#include "http/pages/qr_cache.h"
#include "http/routes.h"
#include "http/server.h"
#include "http/stream.h"
#include "ports/store.h"
#include "ports/store_delivery.h"
#include "ports/store_shop.h"
#include "workers/committer.h"

enum { ARENA_BYTES = 64 << 20 };

static void must(struct result result) {
    if (!result_is_ok(result)) {
        (void)fprintf(stderr, "# fixture: %s: %s\n", result.code->name, result_text(result));
    }
    BUG_IF(!result_is_ok(result));
}

static int64_t now_ms(void *context) {
    struct app_fixture *fixture = context;
    return atomic_load(&fixture->now_ms);
}

static const char *path_of(struct app_fixture *fixture, const char *name) {
    return arena_printf(fixture->arena, "%s/%s", fixture->folder, name);
}

static void open_adapters(struct app_fixture *fixture) {
    struct app *app = &fixture->app;
    bool found;
    fixture->clock = (struct clock){now_ms, now_ms, fixture};
    app->clock = &fixture->clock;
    must(vault_sodium_open(fixture->arena, path_of(fixture, "key"), true, &app->vault));
    must(bounds_file_open(fixture->arena, path_of(fixture, "bounds"), &fixture->bounds, &found));
    struct str url =
        str_from_c(arena_printf(fixture->arena, "sqlite:%s", path_of(fixture, "till.db")));
    must(store_open(fixture->arena, url, &app->store));
    static const struct fixed_rate rates[] = {
        {"LTC", "USD", "100"},     {"LTC", "EUR", "80"},        {"EUR", "USD", "1.25"},
        {"LTC", "IDR", "1600000"}, {"IDR", "USD", "0.0000625"}, {"BTC", "USD", "50000"},
        {"ETH", "USD", "2000"},    {"USDT", "USD", "1"},        {"USDC", "USD", "1"},
        {"TRX", "USD", "0.25"},
    };
    must(rates_fixed_new(fixture->arena, &fixture->clock, rates, sizeof rates / sizeof rates[0],
                         &app->rates));
    uint8_t key[VAULT_INVOICE_KEY_BYTES];
    vault_invoice_key(app->vault, key);
    invoice_id_key_init(&app->id_key, key);
}

static void follow(struct app_fixture *fixture, const char *key,
                   struct followed_network *followed) {
    followed->network = network_by_key(str_from_c(key));
    followed->chain_name = "regtest";
    must(confirmation_tiers_from_text(STR("1"), &followed->confirmations));
    BUG_IF(pthread_mutex_init(&followed->lock, NULL) != 0);
    fixture->app.networks.followed[fixture->app.networks.count++] = followed;
}

static void invoice_changed(void *context, int64_t invoice_id) {
    struct app_fixture *fixture = context;
    if (fixture->service.server != NULL) {
        http_stream_publish(fixture->service.server, (uint64_t)invoice_id, STR("changed"), STR(""));
    }
}

static void delivery_due(void *context, const struct delivery_row *delivery) {
    (void)context;
    (void)delivery;
}

static void wake_server(void *context) {
    struct app_fixture *fixture = context;
    if (fixture->service.server != NULL) {
        http_server_wake(fixture->service.server);
    }
}

static void open_app(struct app_fixture *fixture) {
    fixture->notices = (struct notices){invoice_changed, delivery_due, fixture};
    struct app *app = &fixture->app;
    struct committer_options options = {
        .app = app,
        .store = app->store,
        .notices = &fixture->notices,
        .batch_done = wake_server,
        .batch_context = fixture,
    };
    fixture->committer = committer_new(&options);
    app->queue = committer_queue(fixture->committer);
    app->reserve = reserve_new(fixture->bounds, &fixture->clock);
    app->accounts = account_cache_new();
    app->key_uses = key_uses_new();
    app->claims = delivery_claims_new();
    app->base_url = STR("https://pay.example");
    app->postback_schemes = ENDPOINT_HTTP_TOO;
    int64_t first;
    must(reserve_add_invoices(app->reserve, 1, false, &first));
}

static void open_server(struct app_fixture *fixture) {
    fixture->service.app = &fixture->app;
    fixture->service.counters = &fixture->counters;
    fixture->service.readers = reader_pool_new(fixture->app.store);
    fixture->service.codes = qr_cache_new();
    struct http_listener *listeners = ARENA_ARRAY(fixture->arena, struct http_listener, 2);
    listeners[0] = (struct http_listener){.address = "127.0.0.1:0",
                                          .routes = routes_public,
                                          .context = &fixture->service,
                                          .cors = true,
                                          .is_cors = routes_is_cors,
                                          .admit = routes_admit,
                                          .error_body = routes_error_body};
    listeners[1] = (struct http_listener){.address = "127.0.0.1:0",
                                          .routes = routes_metrics,
                                          .context = &fixture->service,
                                          .one_loop = true};
    struct http_options options = {
        .loops = 2,
        .limits = HTTP_LIMITS_DEFAULT,
        .listeners = listeners,
        .listener_count = 2,
    };
    options.limits.connections_max = 200;
    options.limits.streams_max = 50;
    must(http_server_new(fixture->arena, &options, &fixture->service.server));
    fixture->port = http_server_port(fixture->service.server, 0);
    fixture->metrics_port = http_server_port(fixture->service.server, 1);
}

struct app_fixture *app_fixture_new(void) {
    struct app_fixture *fixture = calloc(1, sizeof *fixture);
    BUG_IF(fixture == NULL);
    fixture->arena = arena_new(ARENA_BYTES);
    atomic_store(&fixture->now_ms, FIXTURE_NOW_MS);
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/till-test-XXXXXX");
    BUG_IF(mkdtemp(fixture->folder) == NULL);
    open_adapters(fixture);
    follow(fixture, "ltc", &fixture->ltc);
    open_app(fixture);
    open_server(fixture);
    committer_start(fixture->committer);
    http_server_start(fixture->service.server);
    fixture_mine(fixture, NULL, 0);
    return fixture;
}

static void remove_folder(struct app_fixture *fixture) {
    static const char *const names[] = {"key",          "bounds",        "till.db",
                                        "till.db-wal",  "till.db-shm",   "till.db-journal",
                                        "till.db.lock", "till.db.backup"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlink(path_of(fixture, names[i]));
    }
    (void)rmdir(fixture->folder);
}

void app_fixture_free(struct app_fixture *fixture) {
    http_server_stop(fixture->service.server);
    committer_stop(fixture->committer);
    http_server_free(fixture->service.server);
    committer_free(fixture->committer);
    reader_pool_free(fixture->service.readers);
    qr_cache_free(fixture->service.codes);
    account_cache_free(fixture->app.accounts);
    key_uses_free(fixture->app.key_uses);
    delivery_claims_free(fixture->app.claims);
    reserve_free(fixture->app.reserve);
    rates_fixed_free(fixture->app.rates);
    bounds_file_close(fixture->bounds);
    store_close(fixture->app.store);
    vault_sodium_close(fixture->app.vault);
    remove_folder(fixture);
    for (size_t i = 0; i < fixture->app.networks.count; i++) {
        (void)pthread_mutex_destroy(&fixture->app.networks.followed[i]->lock);
    }
    arena_free(fixture->arena);
    free(fixture);
}

void fixture_run(struct app_fixture *fixture, const struct use_case *use_case, void *input) {
    must(job_run(fixture->app.queue, use_case, input, fixture->arena));
}

static struct network_health health_at(int64_t height, int64_t at_ms) {
    return (struct network_health){
        .ready = true,
        .height = height,
        .node_height = height,
        .proven_ms = at_ms,
        .tip_at_ms = at_ms,
        .checked_at_ms = at_ms,
    };
}

struct fixture_shop fixture_add_bare_shop(struct app_fixture *fixture,
                                          const struct shop_row *wanted) {
    struct shop_create *create = ARENA_NEW(fixture->arena, struct shop_create);
    struct shop_row row = *wanted;
    if (str_is_empty(row.service_fee)) {
        row.service_side = FEE_MERCHANT; /* as the operator's interface makes it */
    }
    must(shop_prepare(&fixture->app, fixture->arena, &row, create));
    fixture_run(fixture, &shop_create_use_case, create);
    struct fixture_shop shop = {.id = create->shop.id};
    (void)snprintf(shop.public_id, sizeof shop.public_id, "%.*s", STR_ARG(create->shop.public_id));
    (void)snprintf(shop.api_key, sizeof shop.api_key, "%s", create->api_key);
    return shop;
}

struct fixture_shop fixture_add_shop(struct app_fixture *fixture, const struct shop_row *wanted) {
    struct fixture_shop shop = fixture_add_bare_shop(fixture, wanted);
    fixture_add_wallet(fixture, &shop, "ltc");
    return shop;
}

void fixture_add_wallet(struct app_fixture *fixture, const struct fixture_shop *shop,
                        const char *network) {
    struct wallet_add *add = ARENA_NEW(fixture->arena, struct wallet_add);
    struct wallet_wanted wallet = {
        .shop_id = shop->id,
        .network = network_by_key(str_from_c(network)),
        .text = STR(FIXTURE_TPUB),
        .type = ACCOUNT_P2WPKH,
    };
    must(wallet_prepare(&fixture->app, fixture->arena, &wallet, add));
    fixture_run(fixture, &wallet_add_use_case, add);
}

void fixture_follow_btc(struct app_fixture *fixture) {
    follow(fixture, "btc", &fixture->btc);
    struct network_health health = health_at(1, now_ms(fixture));
    network_health_set(&fixture->btc, &health);
}

const char *fixture_add_key(struct app_fixture *fixture, const struct fixture_shop *shop,
                            enum key_scope scope, int64_t *ret_id) {
    struct key_create *create = ARENA_NEW(fixture->arena, struct key_create);
    key_prepare(&fixture->app, shop->id, scope, create);
    fixture_run(fixture, &key_create_use_case, create);
    if (ret_id != NULL) {
        *ret_id = create->id;
    }
    return create->api_key;
}

struct shop_row fixture_shop_row(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct store_conn *reader;
    struct shop_row row;
    must(reader_take(fixture->service.readers, &reader));
    must(store_shop_by_id(reader, fixture->arena, shop->id, &row));
    reader_give(fixture->service.readers, reader);
    return row;
}

size_t fixture_delivery_count(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct store_conn *reader;
    struct store_delivery_filter filter = {.shop_id = shop->id, .limit = 100};
    const struct delivery_row *deliveries;
    size_t count;
    must(reader_take(fixture->service.readers, &reader));
    must(store_delivery_list(reader, fixture->arena, &filter, &deliveries, &count));
    reader_give(fixture->service.readers, reader);
    return count;
}

void fixture_revoke_keys(struct app_fixture *fixture, const struct fixture_shop *shop) {
    struct store_conn *reader;
    const struct api_key_row *keys;
    size_t count;
    must(reader_take(fixture->service.readers, &reader));
    must(store_api_key_list(reader, fixture->arena, shop->id, &keys, &count));
    reader_give(fixture->service.readers, reader);
    for (size_t i = 0; i < count; i++) {
        struct key_revoke revoke = {.id = keys[i].id};
        fixture_run(fixture, &key_revoke_use_case, &revoke);
    }
}

static struct chain_output output_of(struct app_fixture *fixture,
                                     const struct fixture_payment *payment, size_t index) {
    struct chain_output output = {0};
    const struct chain_params *params = chain_params_by_name(STR("ltc"), STR("regtest"));
    must(address_decode(params, str_from_c(payment->address), &output.program));
    must(amount_from_text(asset_by_code(STR("LTC")), str_from_c(payment->amount), &output.amount));
    u32_store_be(output.txid.bytes, (uint32_t)(index + 1));
    u64_store_be(output.txid.bytes + 24, (uint64_t)fixture->height);
    return output;
}

void fixture_mine(struct app_fixture *fixture, const struct fixture_payment *payments,
                  size_t count) {
    struct chain_output *outputs = ARENA_ARRAY(fixture->arena, struct chain_output, count + 1);
    fixture->height++;
    struct block_header header = {
        .height = fixture->height,
        .parent = fixture->tip,
        .time_ms = now_ms(fixture),
        .proven_ms = now_ms(fixture),
    };
    u64_store_be(header.hash.bytes, (uint64_t)fixture->height);
    for (size_t i = 0; i < count; i++) {
        outputs[i] = output_of(fixture, &payments[i], i);
    }
    struct chain_block block = {.header = header, .outputs = outputs, .output_count = count};
    struct chain_row pin = {
        .network = fixture->ltc.network,
        .chain_name = STR("regtest"),
        .started_at_ms = now_ms(fixture),
    };
    struct block_apply apply = {
        .network = fixture->ltc.network,
        .block = &block,
        .first = fixture->height == 1 ? &pin : NULL,
    };
    fixture_run(fixture, &block_apply_use_case, &apply);
    fixture->tip = header.hash;
    struct network_health health = health_at(fixture->height, header.time_ms);
    network_health_set(&fixture->ltc, &health);
}
