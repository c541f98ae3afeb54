/* SPDX-License-Identifier: MIT */
/* What the store alone can do on this machine's disk; a line of JSON for each measurement.
 *
 *     bench_store fill PATH INVOICES          makes it INVOICES, in large batches
 *     bench_store loop PATH SECONDS BATCH     derives addresses and commits them, BATCH at a time
 *     bench_store match PATH                  joins blocks of outputs with the addresses */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/account.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "rows.h"

enum {
    FILL_BATCH = 4096,
    LOOP_BATCH_MAX = 4096,
    MATCH_PROGRAMS = 10000,
    MATCH_HITS_EACH = 100,
    MATCH_ROUNDS = 5,
    ARENA_BYTES = 64 << 20,
};

struct bench {
    struct arena *arena;
    struct store *store;
    struct store_conn *writer;
    struct bench_owner owner;
    int64_t highest;
};

static void bench_open(struct bench *bench, const char *path) {
    bench->arena = arena_new(ARENA_BYTES);
    const char *url = arena_printf(bench->arena, "sqlite:%s", path);
    must(store_open(bench->arena, str_from_c(url), &bench->store));
    bench->writer = store_writer(bench->store);
    bench->owner = bench_owner_put(bench->arena, bench->writer);
    must(store_invoice_highest_id(bench->writer, &bench->highest));
}

static void bench_close(struct bench *bench) {
    store_close(bench->store);
    arena_free(bench->arena);
}

static void fill(struct bench *bench, int64_t invoices) {
    double start = now_s();
    int64_t before = bench->highest;
    while (bench->highest < invoices) {
        must(store_begin(bench->writer));
        for (int i = 0; i < FILL_BATCH && bench->highest < invoices; i++) {
            int64_t id = ++bench->highest;
            struct script program = bench_program((uint64_t)id);
            bench_create(bench->writer, &bench->owner, id, &program);
        }
        must(store_commit(bench->writer));
        must(store_checkpoint(bench->writer, false));
    }
    double took = now_s() - start;
    (void)printf("{\"rows\":%lld,\"seconds\":%.3f}\n", (long long)(bench->highest - before), took);
}

/* One thread and nothing between the steps: what a server could at best come near to. */
static void loop(struct bench *bench, double seconds, uint64_t batch) {
    struct account account = bench_account();
    struct script *programs = ARENA_ARRAY(bench->arena, struct script, batch);
    double cpu_before = cpu_us();
    double start = now_s();
    int64_t before = bench->highest;
    while (now_s() - start < seconds) {
        for (uint64_t i = 0; i < batch; i++) {
            uint32_t index = (uint32_t)(bench->highest + 1) + (uint32_t)i;
            must(account_script_at(&account, index, &programs[i]));
        }
        must(store_begin(bench->writer));
        for (uint64_t i = 0; i < batch; i++) {
            bench_create(bench->writer, &bench->owner, ++bench->highest, &programs[i]);
        }
        must(store_commit(bench->writer));
        must(store_checkpoint(bench->writer, false));
    }
    double took = now_s() - start;
    double made = (double)(bench->highest - before);
    (void)printf("{\"rows\":%.0f,\"per_s\":%.1f,\"cpu_us_each\":%.2f}\n", made, made / took,
                 (cpu_us() - cpu_before) / made);
}

static void match(struct bench *bench) {
    struct script *scripts = ARENA_ARRAY(bench->arena, struct script, MATCH_PROGRAMS);
    const struct script **programs =
        ARENA_ARRAY(bench->arena, const struct script *, MATCH_PROGRAMS);
    struct store_conn *reader;
    must(store_reader_open(bench->store, &reader));
    for (uint64_t round = 0; round < MATCH_ROUNDS; round++) {
        for (uint64_t i = 0; i < MATCH_PROGRAMS; i++) {
            bool is_hit = i % MATCH_HITS_EACH == 0;
            uint64_t ours = (round + i * 7919) % (uint64_t)bench->highest + 1;
            scripts[i] =
                bench_program(is_hit ? ours : (UINT64_C(1) << 40) + round * MATCH_PROGRAMS + i);
            programs[i] = &scripts[i];
        }
        const struct address_row *const *rows;
        double start = now_s();
        must(store_address_match(reader, bench->arena, network_by_key(STR("btc")), programs,
                                 MATCH_PROGRAMS, &rows));
        (void)printf("{\"programs\":%d,\"addresses\":%lld,\"ms\":%.2f}\n", MATCH_PROGRAMS,
                     (long long)bench->highest, (now_s() - start) * 1e3);
    }
    store_reader_close(reader);
}

static int usage(void) {
    (void)fputs("usage: bench_store fill PATH INVOICES | loop PATH SECONDS BATCH | match PATH\n",
                stderr);
    return 2;
}

int main(int argc, char **argv) {
    uint64_t number = 0;
    uint64_t batch = 0;
    if (argc < 3 || (argc > 3 && !str_to_u64(str_from_c(argv[3]), &number)) ||
        (argc > 4 && !str_to_u64(str_from_c(argv[4]), &batch))) {
        return usage();
    }
    struct bench bench;
    if (strcmp(argv[1], "fill") == 0 && argc == 4) {
        bench_open(&bench, argv[2]);
        fill(&bench, (int64_t)number);
    } else if (strcmp(argv[1], "loop") == 0 && argc == 5 && batch > 0 && batch <= LOOP_BATCH_MAX) {
        bench_open(&bench, argv[2]);
        loop(&bench, (double)number, batch);
    } else if (strcmp(argv[1], "match") == 0) {
        bench_open(&bench, argv[2]);
        match(&bench);
    } else {
        return usage();
    }
    bench_close(&bench);
    return 0;
}
