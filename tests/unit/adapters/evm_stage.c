/* SPDX-License-Identifier: MIT */
#include "evm_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapters/chain_evm/chain_evm.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/token.h"
#include "evm_answers.h"
#include "ports/chain.h"
#include "support/node_pair.h"

struct evm_stage stage;

const char *stage_recording(const char *name) {
    return str_to_c(stage.arena, str_trim(node_recording(stage.arena, name)));
}

const char *stage_text_with(const char *json, const char *from, const char *to) {
    return str_to_c(stage.arena, text_with(stage.arena, str_from_c(json), from, to));
}

/* The receipts of the transactions that carry coins, each under its hash. */
static void put_receipts(struct evm_double *node, const struct evm_block *block) {
    struct str rest = str_from_c(stage_recording("evm_receipts"));
    rest = str_slice(rest, 1, rest.len - 1);
    for (size_t i = 0; i < block->tx_count; i++) {
        const char *next = memmem(rest.ptr + 1, rest.len - 1, "{\"type\":", 8);
        size_t len = next ? (size_t)(next - rest.ptr) - 1 : rest.len;
        struct str hash = hex_encode(stage.arena, BYTES_OF(block->txs[i].hash.bytes));
        evm_double_put(node, "eth_getTransactionReceipt", str_to_c(stage.arena, hash),
                       str_to_c(stage.arena, str_slice(rest, 0, len)));
        rest = next ? str_slice(rest, len + 1, rest.len) : STR("");
    }
}

static void fill(struct evm_double *node, const struct evm_block *block) {
    *node = (struct evm_double){0};
    evm_double_put(node, "eth_syncing", NULL, "false");
    evm_double_put(node, "eth_chainId", NULL, "\"0x7a69\"");
    evm_double_put(node, "web3_clientVersion", NULL, "\"double/\\u0007v1\"");
    evm_double_put(node, "eth_getBlockByNumber", "\"0x0\"",
                   stage_text_with(stage.block_json, "\"number\":\"0x2\"", "\"number\":\"0x0\""));
    evm_double_put(node, "eth_getBlockByNumber", "\"0x2\"", stage.block_json);
    evm_double_put(node, "eth_getBlockByNumber", "\"latest\"", stage.block_json);
    evm_double_put(node, "eth_call", NULL, WORD_6);
    evm_double_put(node, "eth_getCode", NULL, "\"0x6001\"");
    evm_double_put(node, "eth_getBlockByHash", HASH_ONE, "null");
    evm_double_put(node, "eth_getBlockByHash", "0x", stage.block_json);
    evm_double_put(node, "eth_getBlockReceipts", NULL, stage_recording("evm_receipts"));
    evm_double_put(node, "eth_getLogs", NULL, stage_recording("evm_logs"));
    put_receipts(node, block);
    evm_double_start(node);
}

void stage_open_chain(bool trusts_node) {
    struct chain *nodes[2];
    for (size_t i = 0; i < 2; i++) {
        struct chain_evm_options options = {
            .network = network_by_key(STR("eth")),
            .chain = "regtest",
            .chain_id = 31337,
            .url = str_from_c(
                arena_printf(stage.arena, "http://127.0.0.1:%d/my-secret", stage.nodes[i].port)),
            .tokens = evm_recorded_token(),
            .trusts_node = trusts_node,
            .poll_ms = 100,
            .timeout_ms = 3000,
        };
        assert_true(result_is_ok(chain_evm_new(&options, stage.arena, &nodes[i])));
    }
    stage.chain = node_pair_new(nodes, NULL);
}

int stage_start(void **state) {
    (void)state;
    stage.arena = arena_new(256 << 20);
    stage.block_json = stage_recording("evm_block");
    struct evm_block block;
    evm_recorded_block(stage.arena, &block);
    stage.block_hash = block.header.hash;
    fill(&stage.nodes[0], &block);
    fill(&stage.nodes[1], &block);
    stage_open_chain(false);
    return 0;
}

int stage_stop(void **state) {
    (void)state;
    stage.chain->ops->close(stage.chain);
    evm_double_stop(&stage.nodes[0]);
    evm_double_stop(&stage.nodes[1]);
    arena_free(stage.arena);
    return 0;
}

void must(struct result result) {
    if (!result_is_ok(result)) {
        fail_msg("%s: %s", result.code->name, result_text(result));
    }
}

struct result fails(struct result result, const struct error_code *code, const char *why) {
    if (result.code != code || strstr(result_text(result), why) == NULL) {
        fail_msg("%s: %s", result.code ? result.code->name : "ok", result_text(result));
    }
    assert_null(strstr(result_text(result), "secret"));
    return result;
}

void stage_both(const char *method, const char *json) {
    evm_double_put(&stage.nodes[0], method, NULL, json);
    evm_double_put(&stage.nodes[1], method, NULL, json);
}

void stage_block_of(size_t node, const char *json) {
    for (size_t i = 0; i < stage.nodes[node].answer_count; i++) {
        struct evm_double_answer *answer = &stage.nodes[node].answers[i];
        if (strcmp(answer->method, "eth_getBlockByHash") == 0 && strcmp(answer->words, "0x") == 0) {
            answer->json = json;
        }
    }
}
