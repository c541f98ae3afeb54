/* SPDX-License-Identifier: MIT */
/* A block of many outputs against a store of many addresses: from decoded outputs to the commit,
 * with the program's own join, use case and committer.
 *
 *     bench_block PATH OUTPUTS HITS
 *
 * PATH was filled by bench_store. Blocks pay HITS invoices each, exactly; a line of JSON for each.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/block_apply.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "bench_app.h"
#include "core/error.h"
#include "ports/rows.h"
#include "ports/store.h"
#include "ports/store_invoice.h"
#include "ports/store_payment.h"
#include "rows.h"
#include "workers/block_match.h"

enum { ROUNDS = 5, ARENA_BYTES = 512 << 20, OUTPUTS_MAX = 1 << 20 };

struct bench {
    struct bench_app till;
    struct arena *block_arena;
    int64_t highest_id;
    uint64_t paid; /* invoices so far */
    uint64_t output_count;
    uint64_t hit_count;
};

static void bench_open(struct bench *bench, const char *path) {
    bench_app_open(&bench->till, path, "btc", "regtest");
    bench->block_arena = arena_new(ARENA_BYTES);
    must(store_invoice_highest_id(bench->till.reader, &bench->highest_id));
}

static void bench_close(struct bench *bench) {
    arena_free(bench->block_arena);
    bench_app_close(&bench->till);
}

/* Our tip's child; the store's first block if there is none. */
static struct block_header next_header(struct bench *bench, bool *ret_first) {
    struct block_header tip;
    struct result found = store_block_tip(bench->till.reader, bench->till.followed.network, &tip);
    *ret_first = found.code == &ERR_NOT_FOUND;
    struct block_header header = {.time_ms = clock_wall_ms(&bench->till.clock)};
    header.proven_ms = header.time_ms;
    if (!*ret_first) {
        must(found);
        header.height = tip.height + 1;
        header.parent = tip.hash;
    }
    u64_store_be(header.hash.bytes, (uint64_t)header.height + 1);
    return header;
}

/* Hits are spread over the block and, from the newest down, over the addresses. */
static struct chain_output output_at(struct bench *bench, int64_t height, uint64_t at) {
    struct chain_output output = {.amount = amount_from_u64(asset_by_code(STR("BTC")), 166667)};
    uint64_t each = bench->hit_count == 0 ? 0 : bench->output_count / bench->hit_count;
    bool is_hit = each > 0 && at % each == 0 && at / each < bench->hit_count;
    uint64_t spread = (uint64_t)bench->highest_id / (bench->hit_count * ROUNDS * 4 + 1) + 1;
    uint64_t ours =
        (uint64_t)bench->highest_id - bench->paid * spread % (uint64_t)bench->highest_id;
    output.program = bench_program(is_hit ? ours : (UINT64_C(1) << 40) + at);
    bench->paid += is_hit ? 1 : 0;
    u64_store_be(output.txid.bytes, (uint64_t)height);
    u64_store_be(output.txid.bytes + 8, at);
    return output;
}

static void run_block(struct bench *bench, bool *ret_was_first) {
    arena_reset(bench->block_arena);
    struct chain_block block = {.header = next_header(bench, ret_was_first)};
    struct chain_row pin = {.network = bench->till.followed.network,
                            .chain_name = STR("regtest"),
                            .started_at_ms = block.header.time_ms};
    block.output_count = *ret_was_first ? 0 : bench->output_count;
    struct chain_output *outputs =
        ARENA_ARRAY(bench->block_arena, struct chain_output, block.output_count + 1);
    for (uint64_t i = 0; i < block.output_count; i++) {
        outputs[i] = output_at(bench, block.header.height, i);
    }
    block.outputs = outputs;
    double start = now_s();
    struct block_match match;
    must(block_match(bench->till.reader, bench->block_arena, bench->till.followed.network, outputs,
                     block.output_count, &match));
    double matched = now_s();
    struct block_apply apply = {.network = bench->till.followed.network,
                                .block = &block,
                                .hits = match.hits,
                                .hit_count = match.hit_count,
                                .snapshot_address_id = match.snapshot_address_id,
                                .first = *ret_was_first ? &pin : NULL};
    must(job_run(bench->till.app.queue, &block_apply_use_case, &apply, bench->block_arena));
    double end = now_s();
    if (!*ret_was_first) {
        (void)printf("{\"outputs\":%zu,\"hits\":%zu,\"addresses\":%lld,\"match_ms\":%.2f,"
                     "\"commit_ms\":%.2f,\"ms\":%.2f}\n",
                     block.output_count, match.hit_count, (long long)bench->highest_id,
                     (matched - start) * 1e3, (end - matched) * 1e3, (end - start) * 1e3);
    }
}

int main(int argc, char **argv) {
    struct bench bench = {0};
    if (argc != 4 || !str_to_u64(str_from_c(argv[2]), &bench.output_count) ||
        !str_to_u64(str_from_c(argv[3]), &bench.hit_count) || bench.output_count > OUTPUTS_MAX ||
        bench.hit_count > bench.output_count) {
        (void)fputs("usage: bench_block PATH OUTPUTS HITS\n", stderr);
        return 2;
    }
    bench_open(&bench, argv[1]);
    for (int done = 0; done < ROUNDS;) {
        bool was_first;
        run_block(&bench, &was_first);
        done += was_first ? 0 : 1;
    }
    bench_close(&bench);
    return 0;
}
