/* SPDX-License-Identifier: MIT */
#include "evm_answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/chain_evm/evm_node.h"
#include "adapters/node_http/rpc_answer.h"
#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"
#include "core/token.h"
#include "support/json_trace.h"

const struct token_list *evm_recorded_token(void) {
    static struct token_list list;
    struct result taken =
        token_from_text(network_by_key(STR("eth")), STR("USDT_ERC20"),
                        STR("0xdac17f958d2ee523a2206206994597c13d831ec7:6"), &list.tokens[0]);
    assert_true(result_is_ok(taken));
    list.count = 1;
    return &list;
}

struct evm_assets evm_recorded_assets(void) {
    return (struct evm_assets){.coin = network_coin(network_by_key(STR("eth"))),
                               .tokens = evm_recorded_token()};
}

static struct result decode(struct arena *arena, struct str json, rpc_decode how, void *context) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(16 << 20);
    struct buf answer = buf_in(arena);
    buf_puts(&answer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":");
    buf_put_str(&answer, json);
    buf_put_char(&answer, '}');
    struct rpc_call call = {.method = "getit",
                            .answer_bytes_max = 16 << 20,
                            .decode = how,
                            .context = context,
                            .takes_null = true};
    struct rpc_question question = {.calls = &call,
                                    .count = 1,
                                    .id = 1,
                                    .dialect = &rpc_dialect_evm,
                                    .label = "http://node/",
                                    .scratch = scratch};
    struct json_pieces pieces = {.rest = buf_bytes(&answer), .first = 11, .then = 11};
    struct result done = rpc_answer_decode(&question, arena, json_pieces_source(&pieces));
    json_pieces_release(&pieces);
    return done;
}

struct result evm_decode_block(struct arena *arena, struct str json, struct evm_block *block) {
    struct evm_block_decoder decoder = {.arena = arena, .takes_txs = true};
    TRY(decode(arena, json, evm_block_decode, &decoder));
    block->header = decoder.header;
    block->txs = decoder.txs;
    block->tx_count = decoder.tx_count;
    return RESULT_OK;
}

struct result evm_decode_receipts(struct arena *arena, struct str json, struct evm_block *block) {
    struct evm_receipts_decoder decoder = {.arena = arena};
    TRY(decode(arena, json, evm_receipts_decode, &decoder));
    block->receipts = decoder.receipts;
    block->receipt_count = decoder.count;
    return RESULT_OK;
}

struct result evm_decode_logs(struct arena *arena, struct str json,
                              struct evm_logs_decoder *ret_logs) {
    *ret_logs = (struct evm_logs_decoder){.arena = arena};
    return decode(arena, json, evm_logs_decode, ret_logs);
}

void evm_recorded_block(struct arena *arena, struct evm_block *ret_block) {
    *ret_block = (struct evm_block){0};
    struct result decoded = evm_decode_block(arena, node_recording(arena, "evm_block"), ret_block);
    assert_string_equal(result_text(decoded), "ok");
    decoded = evm_decode_receipts(arena, node_recording(arena, "evm_receipts"), ret_block);
    assert_string_equal(result_text(decoded), "ok");
}

const char *evm_recorded_traces(struct arena *arena, size_t which, const char *calls) {
    struct evm_block block;
    evm_recorded_block(arena, &block);
    struct buf text = buf_in(arena);
    for (size_t i = 0; i < block.tx_count; i++) {
        struct str hash = hex_encode(arena, BYTES_OF(block.txs[i].hash.bytes));
        buf_putf(&text, "%s{\"txHash\":\"0x%.*s\",\"result\":{\"type\":\"CALL\"%s%s}}",
                 i == 0 ? "[" : ",", STR_ARG(hash), i == which ? ",\"calls\":" : "",
                 i == which ? calls : "");
    }
    buf_puts(&text, "]");
    return str_to_c(arena, buf_str(&text));
}
