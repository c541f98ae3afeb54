/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "core/account.h"
#include "core/chain_params.h"
#include "core/error.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_shop.h"

#define SHOP_PUBLIC_ID STR("0123456789abcdef")

/* m/84'/1'/0' of the published mnemonic "abandon ... about". */
#define TEST_TPUB                                                                                  \
    "tpubDC8msFGeGuwnKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSkxUgd7HsL2XVWbVm39yBA4LAxysQAm397zwQSQoQg" \
    "ewGiYZqrA9DsP4zbQ1M"

enum { TTL_MS = 86400000 };

void must(struct result result) {
    if (!result_is_ok(result)) {
        (void)fprintf(stderr, "bench: %s: %s\n", result.code->name, result_text(result));
        exit(1);
    }
}

double now_s(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double cpu_us(void) {
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct account bench_account(void) {
    struct account account;
    const struct chain_params *params = chain_params_by_name(STR("ltc"), STR("regtest"));
    must(account_parse(params, STR(TEST_TPUB), ACCOUNT_P2WPKH, &account));
    return account;
}

static void insert_owner(struct store_conn *writer, struct bench_owner *owner) {
    struct shop_row shop = {
        .public_id = SHOP_PUBLIC_ID, .name = STR("bench"), .invoice_ttl_s = TTL_MS / 1000};
    struct account_key_row key = {.account_id = {1}};
    struct wallet_row wallet = {.network = network_by_key(STR("btc")),
                                .chain_name = STR("regtest")};
    must(store_shop_insert(writer, &shop, &owner->shop_id));
    must(store_account_key_insert(writer, &key, &owner->account_key_id));
    wallet.shop_id = owner->shop_id;
    wallet.account_key_id = owner->account_key_id;
    must(store_wallet_insert(writer, &wallet, &owner->wallet_id));
}

static void find_owner(struct arena *arena, struct store_conn *writer, struct bench_owner *owner) {
    struct wallet_row wallet;
    must(store_wallet_in_use(writer, arena, owner->shop_id, network_by_key(STR("btc")), NULL,
                             &wallet));
    owner->wallet_id = wallet.id;
    owner->account_key_id = wallet.account_key_id;
}

struct bench_owner bench_owner_put(struct arena *arena, struct store_conn *writer) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct bench_owner owner = {.now_ms = (int64_t)now.tv_sec * 1000};
    struct rate_quote_row quote = {
        .pair = STR("BTC_USD"), .rate = STR("60000"), .source = STR("fixed")};
    must(store_begin(writer));
    struct shop_row known;
    struct result found = store_shop_by_public_id(writer, arena, SHOP_PUBLIC_ID, &known);
    if (result_is_ok(found)) {
        owner.shop_id = known.id;
        find_owner(arena, writer, &owner);
    } else {
        insert_owner(writer, &owner);
    }
    must(store_rate_quote_intern(writer, &quote, &owner.quote_id));
    must(store_commit(writer));
    return owner;
}

/* Each step is a bijection, so no program comes twice. */
struct script bench_program(uint64_t number) {
    struct script script = {.len = 22, .bytes = {0x00, 0x14}};
    uint64_t mixed = number + UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    u64_store_be(&script.bytes[2], mixed);
    u64_store_be(&script.bytes[10], mixed * UINT64_C(0x9e3779b97f4a7c15));
    return script;
}

void bench_create(struct store_conn *writer, const struct bench_owner *owner, int64_t id,
                  const struct script *program) {
    const struct asset *coin = asset_by_code(STR("BTC"));
    struct invoice_row invoice = {
        .id = id,
        .shop_id = owner->shop_id,
        .status = INVOICE_CREATED,
        .order_id = STR("1000017-A"),
        .price = amount_from_u64(fiat_usd(), 10000),
        .price_usd = amount_from_u64(fiat_usd(), 10000),
        .underpaid_tolerance = STR("0"),
        .overpaid_tolerance = STR("0"),
        .created_at_ms = owner->now_ms + id / 10,
        .expires_at_ms = owner->now_ms + id / 10 + TTL_MS,
    };
    struct address_row address = {
        .invoice_id = id,
        .network = network_by_key(STR("btc")),
        .program = *program,
        .asset = coin,
        .due = amount_from_u64(coin, 166667),
        .rate_quote_id = owner->quote_id,
        .wallet_id = owner->wallet_id,
        .account_key_id = owner->account_key_id,
        .address_index = (uint32_t)id,
        .issued_at_ms = invoice.created_at_ms,
    };
    struct journal_row entry = {
        .at_ms = invoice.created_at_ms,
        .shop_id = owner->shop_id,
        .invoice_id = id,
        .event = STR("address_issued"),
        .detail = STR("{\"asset\":\"BTC\",\"due\":\"0.00166667\",\"index\":1,\"rate\":\"60000\"}"),
    };
    must(store_invoice_insert(writer, &invoice));
    must(store_address_insert(writer, &address, &address.id));
    must(store_journal_append(writer, &entry));
}
