/* SPDX-License-Identifier: MIT */
/* Logs of a Tron node, from either of its interfaces: nothing pays that is not of the block, and
 * what is taken out again leaves nothing behind. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "adapters/chain_tron/log_json.h"
#include "base/arena.h"
#include "core/asset.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum { HEIGHT = 1000, TXS = 4 };

static struct tron_rules rules;

static struct tron_block *block_new(void) {
    struct tron_block *block = tron_block_new();
    block->header.height = HEIGHT;
    u64_store_be(block->header.hash.bytes, HEIGHT);
    for (uint8_t i = 0; i < TXS; i++) {
        struct tron_tx tx = {.is_paying = i != 1, .may_log = true};
        memset(tx.txid.bytes, i, HASH_BYTES);
        assert(tron_block_add_tx(block, &tx));
    }
    return block;
}

static const char *take(void *context, const struct tron_log *log) {
    return tron_block_add_log(context, &rules, log);
}

static void check(const struct tron_block *block) {
    uint64_t logs = 0;
    for (size_t i = 0; i < block->tx_count; i++) {
        logs += block->txs[i].log_count;
    }
    assert(logs == block->log_count);
    for (size_t i = 0; i < block->output_count; i++) {
        const struct chain_output *output = &block->outputs[i];
        assert(!amount_is_zero(output->amount));
        assert(output->txid.bytes[0] < TXS && output->txid.bytes[0] != 1);
        bool is_native = output->amount.asset == rules.coin;
        assert(is_native == (output->ordinal > CHAIN_ORDINAL_NATIVE));
        assert(is_native || output->ordinal < block->txs[output->txid.bytes[0]].log_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new((size_t)64 << 20);
    rules.coin = asset_by_code(STR("TRX"));
    token_list_init(&rules.tokens, rules.coin->network, rules.coin->network->chain_id);
    struct bytes document = {.ptr = input, .len = size};
    struct tron_block *block = block_new();
    struct log_decoder logs = {.visit = take, .context = block};
    struct json_reader reader;
    json_reader_init(&reader, arena, document);
    logs_decode(&reader, &logs);
    check(block);
    tron_block_clear_logs(block);
    assert(block->output_count == 0 && block->log_count == 0);
    struct api_error error = {0};
    struct info_decoder infos = {
        .rules = &rules, .block = block, .scratch = arena, .error = &error, .takes_internal = true};
    json_reader_init(&reader, arena, document);
    infos_decode(&reader, &infos);
    check(block);
    assert(infos.count <= TXS);
    tron_block_free(block);
    return 0;
}
