/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_logs.h"

#include <string.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_proof.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/evm_receipt.h"

enum {
    LOGS_ANSWER_BYTES_MAX = 128 << 20,
    RECEIPT_ANSWER_BYTES_MAX = 8 << 20,
    RECEIPTS_IN_A_BATCH = 100,
    PARAMS_BYTES_MAX = 1 << 20,
};

static struct result unfit(const char *detail) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = detail};
}

/* ---- grouping */

static struct result check_bloom(const struct evm_header *header,
                                 const struct evm_receipt *receipts, size_t count) {
    struct bloom found = {0};
    for (size_t i = 0; i < count; i++) {
        struct bloom one;
        evm_logs_bloom(receipts[i].logs, receipts[i].log_count, &one);
        bloom_unite(&found, &one);
    }
    return evm_proof_check_logs(header, &found);
}

struct result evm_logs_group(struct arena *arena, const struct evm_header *header,
                             const struct evm_placed_log *logs, size_t count,
                             struct evm_receipt *receipts, size_t receipt_count) {
    struct evm_log *plain = arena_try_alloc(arena, (count + 1) * sizeof(*plain));
    if (plain == NULL) {
        return unfit("the logs take more memory than they may");
    }
    uint64_t tx_index = 0;
    for (size_t i = 0; i < count; i++) {
        const struct evm_placed_log *log = &logs[i];
        if (log->index != i || log->tx_index < tx_index || log->tx_index >= receipt_count) {
            return unfit("the block's logs are not in order, or there are gaps");
        }
        tx_index = log->tx_index;
        struct evm_receipt *receipt = &receipts[tx_index];
        if (!block_hash_eq(log->block, header->hash) || !txid_eq(log->tx, receipt->tx) ||
            log->log.removed) {
            return unfit("a log is of another block or another transaction");
        }
        plain[i] = log->log;
        if (receipt->log_count == 0) {
            receipt->logs = &plain[i];
        }
        receipt->log_count++;
        receipt->status = EVM_STATUS_SUCCESS; /* what fails leaves no logs */
    }
    return check_bloom(header, receipts, receipt_count);
}

/* ---- asking */

static struct result ask_logs(struct evm_node *node, const struct evm_room *room,
                              const struct evm_header *header, struct evm_logs_decoder *decoder) {
    struct arena *scratch = room->scratch;
    struct str hash = hex_encode(scratch, BYTES_OF(header->hash.bytes));
    const char *params = arena_printf(scratch, "[{\"blockHash\":\"0x%.*s\"}]", STR_ARG(hash));
    *decoder = (struct evm_logs_decoder){.arena = room->decoded};
    struct rpc_call call = {
        .method = "eth_getLogs",
        .params = str_from_c(params),
        .answer_bytes_max = LOGS_ANSWER_BYTES_MAX,
        .decode = evm_logs_decode,
        .context = decoder,
        .takes_null = true,
    };
    TRY(rpc_call(node->rpc, scratch, &call));
    ENSURE(!decoder->is_null, ERR_BLOCK_UNKNOWN);
    return RESULT_OK;
}

/* Of a transaction in the block, found by its index. */
static struct result take_receipt(const struct evm_receipts_decoder *decoder,
                                  struct evm_receipt *receipt) {
    if (decoder->is_null) {
        return unfit("a transaction of the block has no receipt");
    }
    const struct evm_receipt *found = decoder->receipts;
    if (!txid_eq(found->tx, receipt->tx) || !block_hash_eq(found->block, receipt->block) ||
        found->index != receipt->index || found->log_count != receipt->log_count) {
        return unfit("a receipt does not fit the block and its logs");
    }
    receipt->status = found->status;
    return RESULT_OK;
}

struct receipt_batch {
    const struct evm_room *room;
    struct arena *params; /* of these calls; they are soon forgotten */
    struct rpc_call calls[RECEIPTS_IN_A_BATCH];
    struct result results[RECEIPTS_IN_A_BATCH];
    struct evm_receipts_decoder decoders[RECEIPTS_IN_A_BATCH];
    struct evm_receipt *receipts[RECEIPTS_IN_A_BATCH];
    size_t count;
};

static void add_receipt(struct receipt_batch *batch, struct evm_receipt *receipt) {
    struct str hash = hex_encode(batch->params, BYTES_OF(receipt->tx.bytes));
    size_t at = batch->count++;
    batch->receipts[at] = receipt;
    batch->decoders[at] = (struct evm_receipts_decoder){.arena = batch->room->decoded};
    batch->calls[at] = (struct rpc_call){
        .method = "eth_getTransactionReceipt",
        .params = str_from_c(arena_printf(batch->params, "[\"0x%.*s\"]", STR_ARG(hash))),
        .answer_bytes_max = RECEIPT_ANSWER_BYTES_MAX,
        .decode = evm_receipt_decode,
        .context = &batch->decoders[at],
        .takes_null = true,
    };
}

static struct result ask_receipts(struct evm_node *node, struct receipt_batch *batch) {
    if (batch->count == 0) {
        return RESULT_OK;
    }
    TRY(rpc_batch(node->rpc, batch->room->scratch, batch->calls, batch->count, batch->results));
    for (size_t i = 0; i < batch->count; i++) {
        TRY(batch->results[i]);
        TRY(take_receipt(&batch->decoders[i], batch->receipts[i]));
    }
    batch->count = 0;
    arena_reset(batch->params);
    return RESULT_OK;
}

/* One for each transaction, of which nothing is known yet but where it stands. */
static struct result empty_receipts(struct arena *decoded, const struct evm_block *block,
                                    struct evm_receipt **ret_receipts) {
    struct evm_receipt *receipts =
        arena_try_alloc(decoded, (block->tx_count + 1) * sizeof(*receipts));
    if (receipts == NULL) {
        return unfit("the receipts take more memory than they may");
    }
    for (size_t i = 0; i < block->tx_count; i++) {
        receipts[i] = (struct evm_receipt){
            .tx = block->txs[i].hash, .block = block->header.hash, .index = block->txs[i].index};
    }
    *ret_receipts = receipts;
    return RESULT_OK;
}

static struct result ask_statuses(struct evm_node *node, struct receipt_batch *batch,
                                  const struct evm_block *block, struct evm_receipt *receipts) {
    for (size_t i = 0; i < block->tx_count; i++) {
        if (!block->txs[i].has_to || evm_word_is_zero(&block->txs[i].value)) {
            continue;
        }
        add_receipt(batch, &receipts[i]);
        if (batch->count == RECEIPTS_IN_A_BATCH) {
            TRY(ask_receipts(node, batch));
        }
    }
    return ask_receipts(node, batch);
}

/* Of each transaction in which a contract pays, if nothing is known of it yet. */
static struct result ask_payers(struct evm_node *node, struct receipt_batch *batch,
                                const struct evm_block *block, struct evm_receipt *receipts) {
    for (size_t i = 0; i < block->transfer_count; i++) {
        size_t tx = block->transfers[i].tx;
        bool is_next = i > 0 && block->transfers[i - 1].tx == tx;
        if (is_next || receipts[tx].status != EVM_STATUS_MISSING) {
            continue;
        }
        add_receipt(batch, &receipts[tx]);
        if (batch->count == RECEIPTS_IN_A_BATCH) {
            TRY(ask_receipts(node, batch));
        }
    }
    return ask_receipts(node, batch);
}

static struct receipt_batch *batch_new(const struct evm_room *room, struct arena *params) {
    struct receipt_batch *batch = ARENA_NEW(room->scratch, struct receipt_batch);
    batch->room = room;
    batch->params = params;
    return batch;
}

struct result evm_logs_as_receipts(struct evm_node *node, const struct evm_room *room,
                                   struct evm_block *block) {
    struct evm_logs_decoder logs;
    struct evm_receipt *receipts;
    TRY(ask_logs(node, room, &block->header, &logs));
    TRY(empty_receipts(room->decoded, block, &receipts));
    TRY(evm_logs_group(room->decoded, &block->header, logs.logs, logs.count, receipts,
                       block->tx_count));
    CLEANUP(arena_cleanup) struct arena *params = arena_new(PARAMS_BYTES_MAX);
    TRY(ask_statuses(node, batch_new(room, params), block, receipts));
    block->receipts = receipts;
    block->receipt_count = block->tx_count;
    return RESULT_OK;
}

struct result evm_logs_ask_payers(struct evm_node *node, const struct evm_room *room,
                                  struct evm_block *block) {
    struct evm_receipt *receipts =
        arena_try_alloc(room->decoded, (block->receipt_count + 1) * sizeof(*receipts));
    if (receipts == NULL) {
        return unfit("the receipts take more memory than they may");
    }
    memcpy(receipts, block->receipts, block->receipt_count * sizeof(*receipts));
    CLEANUP(arena_cleanup) struct arena *params = arena_new(PARAMS_BYTES_MAX);
    TRY(ask_payers(node, batch_new(room, params), block, receipts));
    block->receipts = receipts;
    return RESULT_OK;
}
