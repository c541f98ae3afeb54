/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/node_coins.h"

#include "adapters/chain_bitcoin/coin_answer.h"
#include "adapters/chain_bitcoin/raw_tx.h"
#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"

enum {
    SMALL_ANSWER_BYTES_MAX = 1 << 20,
    TX_ANSWER_BYTES_MAX = 16 << 20, /* 4 MB in hex */
};

static struct str hex_of(struct arena *arena, const uint8_t hash[HASH_BYTES]) {
    return hex_encode(arena, (struct bytes){.ptr = hash, .len = HASH_BYTES});
}

/* ---- is it still there? */

static struct result ask_coin(struct node *node, struct arena *arena, struct outpoint outpoint,
                              bool with_mempool, struct coin_answer *ret_found) {
    *ret_found = (struct coin_answer){.asset = network_coin(node->demand->network)};
    struct str txid = hex_of(arena, outpoint.txid.bytes);
    struct rpc_call call = {
        .method = "gettxout",
        .params = str_from_c(arena_printf(arena, "[\"%.*s\",%u,%s]", STR_ARG(txid), outpoint.vout,
                                          with_mempool ? "true" : "false")),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = coin_answer_decode,
        .context = ret_found,
        .takes_null = true,
    };
    return rpc_call(node->calls, arena, &call);
}

struct result node_coin_find(struct node *node, struct arena *arena, struct outpoint outpoint,
                             struct chain_coin *ret_coin) {
    struct coin_answer found;
    TRY(ask_coin(node, arena, outpoint, true, &found));
    if (found.is_there) {
        *ret_coin = found.coin;
        return RESULT_OK;
    }
    TRY(ask_coin(node, arena, outpoint, false, &found));
    *ret_coin = (struct chain_coin){.state = found.is_there ? COIN_CLAIMED : COIN_SPENT};
    return RESULT_OK;
}

/* ---- the transaction that made it */

struct raw_answer {
    struct arena *arena;
    struct bytes bytes;
};

static void decode_raw(struct json_reader *reader, void *context) {
    struct raw_answer *answer = context;
    struct str hex = json_read_str(reader);
    uint8_t *bytes = arena_try_alloc(answer->arena, hex.len / 2 + 1);
    if (bytes == NULL || hex.len % 2 != 0 || !hex_decode(hex, bytes, hex.len / 2)) {
        json_fail(reader, "a transaction is not hex, or too large");
        return;
    }
    answer->bytes = (struct bytes){.ptr = bytes, .len = hex.len / 2};
}

struct result node_transaction(struct node *node, struct arena *arena, struct txid txid,
                               struct block_hash block, struct bytes *ret_bytes) {
    struct raw_answer answer = {.arena = arena};
    struct str id = hex_of(arena, txid.bytes);
    struct str in_block = hex_of(arena, block.bytes);
    struct rpc_call call = {
        .method = "getrawtransaction",
        .params = str_from_c(
            arena_printf(arena, "[\"%.*s\",false,\"%.*s\"]", STR_ARG(id), STR_ARG(in_block))),
        .answer_bytes_max = TX_ANSWER_BYTES_MAX,
        .decode = decode_raw,
        .context = &answer,
    };
    TRY(rpc_call(node->calls, arena, &call));
    struct raw_tx tx;
    ENSURE(raw_tx_read(answer.bytes, &tx) && txid_eq(tx.txid, txid), ERR_NODE_ANSWER);
    struct buf stripped = buf_in(arena);
    raw_tx_strip(&tx, &stripped);
    ENSURE(!stripped.failed, ERR_NODE_ANSWER);
    *ret_bytes = buf_bytes(&stripped);
    return RESULT_OK;
}

/* ---- fees */

struct result node_fee_rate(struct node *node, struct arena *arena, uint32_t blocks,
                            uint64_t *ret_fee_rate) {
    struct fee_answer answer = {.asset = network_coin(node->demand->network)};
    struct rpc_call call = {
        .method = "estimatesmartfee",
        .params = str_from_c(arena_printf(arena, "[%u]", blocks)),
        .answer_bytes_max = SMALL_ANSWER_BYTES_MAX,
        .decode = fee_answer_decode,
        .context = &answer,
    };
    TRY(rpc_call(node->calls, arena, &call));
    ENSURE(answer.has_rate, ERR_FEE_RATE_NEEDED);
    uint8_t blob[AMOUNT_BLOB_BYTES];
    amount_to_blob(answer.rate, blob);
    ENSURE(u64_load_be(blob) == 0, ERR_NODE_ANSWER);
    *ret_fee_rate = u64_load_be(blob + sizeof(uint64_t));
    return RESULT_OK;
}
