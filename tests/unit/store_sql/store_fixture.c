/* SPDX-License-Identifier: MIT */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOW_MS = 1700000000 };

int fixture_setup_closed(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_new(64 << 20);
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/till-test-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    const char *url = arena_printf(fixture->arena, "sqlite:%s/till.db", fixture->folder);
    fixture->url = str_from_c(url);
    fixture->path = url + strlen("sqlite:");
    fixture->btc = network_by_key(STR("btc"));
    fixture->coin = asset_by_code(STR("BTC"));
    *state = fixture;
    return 0;
}

static void put_owner(struct fixture *fixture) {
    struct shop_row shop = a_shop();
    struct account_key_row key = {.account_id = {1}, .fingerprint = {2}, .next_index = 0};
    assert_ok(store_begin(fixture->writer));
    assert_ok(store_shop_insert(fixture->writer, &shop, &fixture->shop_id));
    assert_ok(store_account_key_insert(fixture->writer, &key, &fixture->account_key_id));
    struct wallet_row wallet = a_wallet(fixture);
    assert_ok(store_wallet_insert(fixture->writer, &wallet, &fixture->wallet_id));
    assert_ok(store_commit(fixture->writer));
}

static void open_store(struct fixture *fixture) {
    assert_ok(store_open(fixture->arena, fixture->url, &fixture->store));
    fixture->writer = store_writer(fixture->store);
    assert_ok(store_reader_open(fixture->store, &fixture->reader));
}

int fixture_setup(void **state) {
    (void)fixture_setup_closed(state);
    struct fixture *fixture = *state;
    open_store(fixture);
    put_owner(fixture);
    return 0;
}

void fixture_close(struct fixture *fixture) {
    store_reader_close(fixture->reader);
    store_close(fixture->store);
    fixture->reader = NULL;
    fixture->store = NULL;
}

void fixture_reopen(struct fixture *fixture) {
    fixture_close(fixture);
    open_store(fixture);
}

int fixture_teardown(void **state) {
    struct fixture *fixture = *state;
    fixture_close(fixture);
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".lock", ".backup"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        (void)unlink(arena_printf(fixture->arena, "%s%s", fixture->path, endings[i]));
    }
    (void)rmdir(fixture->folder);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

struct shop_row a_shop(void) {
    static const uint8_t sealed[] = {0, 1, 0, 2};
    return (struct shop_row){
        .public_id = STR("AbCdEfGhIjKlMnOp"),
        .name = STR("Bücher & mehr"),
        .notify_url = STR("https://shop.example/notify"),
        .success_url = STR("https://shop.example/ok"),
        .fail_url = STR(""),
        .postback_format = POSTBACK_FORM,
        .secret_sealed = BYTES_OF(sealed),
        .test = true,
        .underpaid_tolerance = STR("2%"),
        .overpaid_tolerance = STR("0.5 USD"),
        .auto_confirm = STR("5%"),
        .accept_late = true,
        .transfer_side = FEE_MERCHANT,
        .service_side = FEE_CLIENT,
        .transfer_fee = STR("0.5USD"),
        .service_fee = STR("1.9%"),
        .amount_min_usd = STR("2"),
        .assets = STR("BTC LTC"),
        .invoice_ttl_s = 86400,
        .created_at_ms = NOW_MS,
    };
}

struct wallet_row a_wallet(const struct fixture *fixture) {
    return (struct wallet_row){
        .shop_id = fixture->shop_id,
        .network = fixture->btc,
        .account_key_id = fixture->account_key_id,
        .descriptor = STR("wpkh(xpub)#checksum"),
        .chain_name = STR("regtest"),
        .mac = {3, 4},
        .created_at_ms = NOW_MS,
    };
}

struct invoice_row an_invoice(const struct fixture *fixture, int64_t id) {
    return (struct invoice_row){
        .id = id,
        .shop_id = fixture->shop_id,
        .status = INVOICE_CREATED,
        .flags = INVOICE_FLAG_TEST,
        .order_id = STR("order 7"),
        .email = STR("payer@example.org"),
        .price = amount_from_u64(fiat_by_code(STR("EUR")), 1234),
        .price_usd = amount_from_u64(fiat_usd(), 1300),
        .assets = STR("BTC"),
        .underpaid_tolerance = STR("1%"),
        .overpaid_tolerance = STR("3%"),
        .auto_confirm = STR("4%"),
        .accept_late = true,
        .commission = {.transfer_side = FEE_MERCHANT,
                       .service_side = FEE_CLIENT,
                       .transfer_usd = amount_from_u64(fiat_usd(), 50),
                       .service_usd = amount_zero(fiat_usd())},
        .created_at_ms = NOW_MS + id,
        .expires_at_ms = NOW_MS + id + 3600000,
    };
}

struct address_row an_address(const struct fixture *fixture, int64_t invoice_id, uint32_t number) {
    struct address_row address = {
        .kind = ADDRESS_INVOICE,
        .invoice_id = invoice_id,
        .network = fixture->btc,
        .program = {.len = 22, .bytes = {0x00, 0x14}},
        .asset = fixture->coin,
        .due = amount_from_u64(fixture->coin, 50000 + number),
        .wallet_id = fixture->wallet_id,
        .account_key_id = fixture->account_key_id,
        .address_index = number,
        .mac = {9, 8, 7},
        .issued_at_ms = NOW_MS + number,
    };
    /* Spread as hashes are. */
    u64_store_be(&address.program.bytes[2], (number + 1) * UINT64_C(0x9e3779b97f4a7c15));
    u32_store_be(&address.program.bytes[10], number);
    return address;
}

struct payment_row a_payment(const struct fixture *fixture, const struct address_row *address,
                             uint8_t txid) {
    return (struct payment_row){
        .network = address->network,
        .txid = {{txid}},
        .ordinal = 3,
        .address_id = address->id,
        .invoice_id = address->invoice_id,
        .amount = amount_from_u64(fixture->coin, 50000),
        .state = PAYMENT_SHALLOW,
        .height = 100,
        .block_hash = {{100}},
        .block_time_ms = NOW_MS + 5,
        .first_seen_at_ms = NOW_MS + 4,
        .matures_height = 101,
    };
}

struct block_header a_block(int64_t height) {
    struct block_header block = {.height = height, .time_ms = NOW_MS + height, .proven_ms = NOW_MS};
    block.hash.bytes[0] = (uint8_t)height;
    block.parent.bytes[0] = (uint8_t)(height - 1);
    return block;
}

struct delivery_row a_delivery(const struct fixture *fixture, int64_t invoice_id) {
    return (struct delivery_row){
        .key = {5, 5, 5},
        .shop_id = fixture->shop_id,
        .invoice_id = invoice_id,
        .state = DELIVERY_QUEUED,
        .created_at_ms = NOW_MS + invoice_id,
        .next_attempt_at_ms = NOW_MS + invoice_id,
    };
}

int64_t put_invoice(struct fixture *fixture, int64_t id) {
    struct invoice_row invoice = an_invoice(fixture, id);
    struct address_row address = an_address(fixture, id, (uint32_t)id);
    struct journal_row entry = {
        .at_ms = invoice.created_at_ms,
        .shop_id = fixture->shop_id,
        .invoice_id = id,
        .event = STR("invoice_created"),
        .detail = STR("{\"price\":\"12.34 EUR\"}"),
    };
    int64_t address_id = 0;
    assert_ok(store_invoice_insert(fixture->writer, &invoice));
    assert_ok(store_address_insert(fixture->writer, &address, &address_id));
    assert_ok(store_journal_append(fixture->writer, &entry));
    return address_id;
}
