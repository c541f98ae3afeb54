/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_APP_FIXTURE_H
#define TILL_TESTS_SUPPORT_APP_FIXTURE_H

/* A whole Till in one process, but for nodes and merchants: a store in a folder of its own, vault,
 * fixed rates, a committer, the regtest of Litecoin as if followed, and an HTTP server on loopback
 * ports. Its clock stands still unless a test moves it. */

#include <stdatomic.h>

#include "app/app.h"
#include "app/shop_create.h"
#include "core/chain_types.h"
#include "http/service.h"
#include "ports/clock.h"
#include "ports/notices.h"

struct app_fixture {
    struct arena *arena;
    char folder[32];
    atomic_llong now_ms;
    struct clock clock;
    struct bounds *bounds;
    struct notices notices;
    struct committer *committer;
    struct followed_network ltc;
    struct followed_network btc; /* only once fixture_follow_btc was called */
    struct app app;
    struct http_service service;
    struct service_counters counters;
    uint16_t port;
    uint16_t metrics_port;

    /* our side of the chain */
    int64_t height;
    struct block_hash tip;
};

/* 2027-03-04 09:15:00.120 */
#define FIXTURE_NOW_MS INT64_C(1804151700120)

/* The key of its wallets: m/84'/1'/0' of the published mnemonic "abandon ... about". */
#define FIXTURE_TPUB                                                                               \
    "tpubDC8msFGeGuwnKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSkxUgd7HsL2XVWbVm39yBA4LAxysQAm397zwQSQoQg" \
    "ewGiYZqrA9DsP4zbQ1M"

struct fixture_shop {
    int64_t id;
    char public_id[17];
    char api_key[API_KEY_BYTES_MAX];
};

struct app_fixture *app_fixture_new(void);
void app_fixture_free(struct app_fixture *fixture);

/* `wanted` needs a name only. With a wallet for LTC. */
struct fixture_shop fixture_add_shop(struct app_fixture *fixture, const struct shop_row *wanted);
/* The same without a wallet. */
struct fixture_shop fixture_add_bare_shop(struct app_fixture *fixture,
                                          const struct shop_row *wanted);
/* Another API key of the shop, in the fixture's arena; `ret_id` may be NULL. */
const char *fixture_add_key(struct app_fixture *fixture, const struct fixture_shop *shop,
                            enum key_scope scope, int64_t *ret_id);
/* From now on the regtest of Bitcoin is followed, too. Nothing is ever mined there. */
void fixture_follow_btc(struct app_fixture *fixture);
/* A wallet, on "ltc" or "btc", and none the shop had before. */
void fixture_add_wallet(struct app_fixture *fixture, const struct fixture_shop *shop,
                        const char *network);
/* As it stands; texts live in the fixture's arena. */
struct shop_row fixture_shop_row(struct app_fixture *fixture, const struct fixture_shop *shop);
/* How many postbacks were ever queued for it. */
size_t fixture_delivery_count(struct app_fixture *fixture, const struct fixture_shop *shop);
void fixture_revoke_keys(struct app_fixture *fixture, const struct fixture_shop *shop);

/* Mines a block with these payments, one transaction each; one confirmation is enough. */
struct fixture_payment {
    const char *address;
    const char *amount; /* LTC */
};
void fixture_mine(struct app_fixture *fixture, const struct fixture_payment *payments,
                  size_t count);

/* A use case, run and waited for; it must succeed. */
struct use_case;
void fixture_run(struct app_fixture *fixture, const struct use_case *use_case, void *input);

#endif
