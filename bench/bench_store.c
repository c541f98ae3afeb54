/* SPDX-License-Identifier: MIT */
/* How fast the store is on this machine's disk: creates in group commits, and the join of a block.
 *
 *     bench_store PATH INVOICES [BATCH]
 *
 * Fills PATH up to INVOICES and measures the last part of it and the match there. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_journal.h"
#include "ports/store_payment.h"
#include "ports/store_shop.h"

enum { MATCH_PROGRAMS = 10000, MATCH_HITS_EACH = 100, MEASURED_INVOICES = 100000 };

struct bench {
    struct arena *arena;
    struct store_conn *writer;
    struct store_conn *reader;
    int64_t shop_id;
    int64_t wallet_id;
    int64_t account_key_id;
    int64_t quote_id;
};

static void must(struct result result) {
    if (!result_is_ok(result)) {
        fprintf(stderr, "bench_store: %s: %s\n", result.code->name, result_text(result));
        exit(1);
    }
}

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Programs look like hashes: each step of the generator is a bijection, so none comes twice. */
static struct script program_at(uint64_t number) {
    struct script script = {.len = 22, .bytes = {0x00, 0x14}};
    uint64_t mixed = number + UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    u64_store_be(&script.bytes[2], mixed);
    u64_store_be(&script.bytes[10], mixed * UINT64_C(0x9e3779b97f4a7c15));
    return script;
}

static void put_owner(struct bench *bench) {
    struct shop_row shop = {
        .public_id = STR("0123456789abcdef"), .name = STR("bench"), .invoice_ttl_s = 1};
    struct account_key_row key = {.account_id = {1}};
    struct wallet_row wallet = {.network = network_by_key(STR("btc")),
                                .chain_name = STR("regtest")};
    struct rate_quote_row quote = {
        .pair = STR("BTC_USD"), .rate = STR("60000"), .source = STR("fixed")};
    must(store_begin(bench->writer));
    must(store_shop_insert(bench->writer, &shop, &bench->shop_id));
    must(store_account_key_insert(bench->writer, &key, &bench->account_key_id));
    wallet.shop_id = bench->shop_id;
    wallet.account_key_id = bench->account_key_id;
    must(store_wallet_insert(bench->writer, &wallet, &bench->wallet_id));
    must(store_rate_quote_intern(bench->writer, &quote, &bench->quote_id));
    must(store_commit(bench->writer));
}

static void create(struct bench *bench, int64_t id) {
    const struct asset *coin = asset_by_code(STR("BTC"));
    struct invoice_row invoice = {
        .id = id,
        .shop_id = bench->shop_id,
        .status = INVOICE_CREATED,
        .order_id = STR("1000017-A"),
        .price = amount_from_u64(fiat_usd(), 10000),
        .price_usd = amount_from_u64(fiat_usd(), 10000),
        .created_at_ms = 1700000000000 + id,
        .expires_at_ms = 1700000000000 + id + 86400000,
    };
    struct address_row address = {
        .invoice_id = id,
        .network = network_by_key(STR("btc")),
        .program = program_at((uint64_t)id),
        .asset = coin,
        .due = amount_from_u64(coin, 166667),
        .rate_quote_id = bench->quote_id,
        .wallet_id = bench->wallet_id,
        .account_key_id = bench->account_key_id,
        .address_index = (uint32_t)id,
        .issued_at_ms = invoice.created_at_ms,
    };
    struct journal_row entry = {
        .at_ms = invoice.created_at_ms,
        .shop_id = bench->shop_id,
        .invoice_id = id,
        .event = STR("invoice_created"),
        .detail = STR("{\"price\":\"100 USD\",\"asset\":\"BTC\",\"due\":\"0.00166667\"}"),
    };
    must(store_invoice_insert(bench->writer, &invoice));
    must(store_address_insert(bench->writer, &address, &address.id));
    must(store_journal_append(bench->writer, &entry));
}

static void fill(struct bench *bench, int64_t from, int64_t until, int64_t batch) {
    double start = now_s();
    double slowest = 0;
    for (int64_t id = from; id <= until;) {
        double batch_start = now_s();
        must(store_begin(bench->writer));
        for (int64_t i = 0; i < batch && id <= until; i++, id++) {
            create(bench, id);
        }
        must(store_commit(bench->writer));
        must(store_checkpoint(bench->writer, false));
        double took = now_s() - batch_start;
        slowest = took > slowest ? took : slowest;
    }
    double took = now_s() - start;
    printf("creates %lld..%lld batch %lld: %.0f/s, slowest batch %.1f ms\n", (long long)from,
           (long long)until, (long long)batch, (double)(until - from + 1) / took, slowest * 1e3);
}

static void match(struct bench *bench, int64_t highest, uint64_t seed) {
    struct script *scripts = ARENA_ARRAY(bench->arena, struct script, MATCH_PROGRAMS);
    const struct script **programs =
        ARENA_ARRAY(bench->arena, const struct script *, MATCH_PROGRAMS);
    for (uint64_t i = 0; i < MATCH_PROGRAMS; i++) {
        bool is_hit = i % MATCH_HITS_EACH == 0;
        uint64_t ours = (seed + i * 7919) % (uint64_t)highest + 1;
        scripts[i] = program_at(is_hit ? ours : (UINT64_C(1) << 40) + seed * MATCH_PROGRAMS + i);
        programs[i] = &scripts[i];
    }
    const struct address_row *const *rows;
    double start = now_s();
    must(store_address_match(bench->reader, bench->arena, network_by_key(STR("btc")), programs,
                             MATCH_PROGRAMS, &rows));
    double took = now_s() - start;
    size_t hits = 0;
    for (size_t i = 0; i < MATCH_PROGRAMS; i++) {
        hits += rows[i] != NULL;
    }
    printf("match %d programs, %zu hits: %.1f ms\n", MATCH_PROGRAMS, hits, took * 1e3);
}

int main(int argc, char **argv) {
    uint64_t invoices = 0;
    uint64_t batch = 64;
    if (argc < 3 || !str_to_u64(str_from_c(argv[2]), &invoices) ||
        (argc > 3 && !str_to_u64(str_from_c(argv[3]), &batch))) {
        fprintf(stderr, "usage: bench_store PATH INVOICES [BATCH]\n");
        return 2;
    }
    struct bench bench = {.arena = arena_new(64 << 20)};
    struct store *store;
    const char *url = arena_printf(bench.arena, "sqlite:%s", argv[1]);
    must(store_open(bench.arena, str_from_c(url), &store));
    bench.writer = store_writer(store);
    must(store_reader_open(store, &bench.reader));
    put_owner(&bench);
    int64_t until = (int64_t)invoices;
    int64_t before = until > MEASURED_INVOICES ? until - MEASURED_INVOICES : 0;
    fill(&bench, 1, before, 4096);
    fill(&bench, before + 1, until, (int64_t)batch);
    for (uint64_t seed = 0; seed < 5; seed++) {
        match(&bench, until, seed);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("memory at most %ld KiB\n", usage.ru_maxrss);
    store_reader_close(bench.reader);
    store_close(store);
    arena_free(bench.arena);
    return 0;
}
