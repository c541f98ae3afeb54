/* SPDX-License-Identifier: MIT */
#include "bench_app.h"

#include <stdio.h>

#include "adapters/clock_os/clock_os.h"
#include "adapters/vault_sodium/vault_sodium.h"
#include "app/delivery_claims.h"
#include "base/arena.h"
#include "ports/notices.h"
#include "ports/store.h"
#include "rows.h"
#include "workers/committer.h"

enum { ARENA_BYTES = 512 << 20 };

static void invoice_changed(void *context, int64_t invoice_id) {
    (void)context;
    (void)invoice_id;
}

static void delivery_due(void *context, const struct delivery_row *delivery) {
    (void)context;
    (void)delivery;
}

void bench_app_open(struct bench_app *bench, const char *path, const char *network_key,
                    const char *chain_name) {
    static const struct notices notices = {invoice_changed, delivery_due, NULL};
    struct app *app = &bench->app;
    bench->arena = arena_new(ARENA_BYTES);
    bench->clock = clock_os();
    app->clock = &bench->clock;
    const char *key_path = arena_printf(bench->arena, "%s.bench-key", path);
    (void)remove(key_path);
    must(vault_sodium_open(bench->arena, key_path, true, &app->vault));
    const char *url = arena_printf(bench->arena, "sqlite:%s", path);
    must(store_open(bench->arena, str_from_c(url), &app->store));
    must(store_reader_open(app->store, &bench->reader));
    uint8_t key[VAULT_INVOICE_KEY_BYTES];
    vault_invoice_key(app->vault, key);
    invoice_id_key_init(&app->id_key, key);
    app->claims = delivery_claims_new();
    bench->followed.network = network_by_key(str_from_c(network_key));
    BUG_IF(bench->followed.network == NULL);
    bench->followed.chain_name = chain_name;
    must(confirmation_tiers_from_text(STR("1"), &bench->followed.confirmations));
    BUG_IF(pthread_mutex_init(&bench->followed.lock, NULL) != 0);
    app->networks = (struct networks){.followed = {&bench->followed}, .count = 1};
    struct committer_options options = {.app = app, .store = app->store, .notices = &notices};
    bench->committer = committer_new(&options);
    app->queue = committer_queue(bench->committer);
    committer_start(bench->committer);
}

void bench_app_close(struct bench_app *bench) {
    committer_stop(bench->committer);
    committer_free(bench->committer);
    store_reader_close(bench->reader);
    delivery_claims_free(bench->app.claims);
    store_close(bench->app.store);
    vault_sodium_close(bench->app.vault);
    (void)pthread_mutex_destroy(&bench->followed.lock);
    arena_free(bench->arena);
}
