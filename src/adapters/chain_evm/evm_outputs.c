/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_outputs.h"

#include "adapters/chain_evm/evm_hex.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/token.h"
#include "ports/chain.h"

enum { TRANSFER_TOPICS = 3, TOPIC_PADDING_BYTES = EVM_WORD_BYTES - EVM_ADDRESS_BYTES };

/* keccak256("Transfer(address,address,uint256)"), EIP-20. */
static const struct evm_word transfer_topic = {{0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b,
                                                0x69, 0xc2, 0xb0, 0x68, 0xfc, 0x37, 0x8d, 0xaa,
                                                0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4, 0xa1, 0x16,
                                                0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef}};

static const struct evm_address nobody;

/* ---- do the parts belong together? */

static struct result unfit(const char *detail) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = detail};
}

static bool has_removed_log(const struct evm_receipt *receipt) {
    for (size_t i = 0; i < receipt->log_count; i++) {
        if (receipt->logs[i].removed) {
            return true;
        }
    }
    return false;
}

struct result evm_block_check(const struct evm_block *block, struct block_hash asked) {
    if (!block_hash_eq(block->header.hash, asked)) {
        return unfit("the node answers with another block");
    }
    if (block->receipt_count != block->tx_count) {
        return unfit("there is not one receipt for each transaction");
    }
    for (size_t i = 0; i < block->tx_count; i++) {
        const struct evm_receipt *receipt = &block->receipts[i];
        if (block->txs[i].index != i || receipt->index != i ||
            !txid_eq(block->txs[i].hash, receipt->tx)) {
            return unfit("transactions and receipts do not correspond");
        }
        if (!block_hash_eq(receipt->block, asked)) {
            return unfit("a receipt is of another block");
        }
        if (has_removed_log(receipt)) {
            return unfit("a log is marked as removed");
        }
    }
    return RESULT_OK;
}

/* ---- outputs */

static bool fill_output(const struct asset *asset, const struct evm_address *to,
                        const struct evm_word *value, struct chain_output *ret_output) {
    unsigned __int128 units;
    if (evm_address_eq(to, &nobody) || evm_word_is_zero(value) ||
        !evm_word_to_units(value, &units)) {
        return false;
    }
    struct bytes program = {.ptr = to->bytes, .len = EVM_ADDRESS_BYTES};
    *ret_output = (struct chain_output){.amount = amount_from_units(asset, units)};
    BUG_IF(!script_from_bytes(program, &ret_output->program));
    return true;
}

bool evm_tx_output(const struct evm_tx *tx, const struct asset *coin,
                   struct chain_output *ret_output) {
    if (!tx->has_to || evm_address_eq(&tx->from, &tx->to) ||
        !fill_output(coin, &tx->to, &tx->value, ret_output)) {
        return false;
    }
    ret_output->txid = tx->hash;
    ret_output->ordinal = CHAIN_ORDINAL_NATIVE;
    return true;
}

static bool topic_to_address(const struct evm_word *topic, struct evm_address *ret_address) {
    static const uint8_t padding[TOPIC_PADDING_BYTES];
    memcpy(ret_address->bytes, topic->bytes + TOPIC_PADDING_BYTES, EVM_ADDRESS_BYTES);
    return memcmp(topic->bytes, padding, TOPIC_PADDING_BYTES) == 0;
}

struct transfer {
    struct evm_address from;
    struct evm_address to;
    struct evm_word value;
};

/* False: of another form than EIP-20's, or more than an amount holds. */
static bool read_transfer(const struct evm_log *log, struct transfer *ret_transfer) {
    unsigned __int128 units;
    if (log->topic_count != TRANSFER_TOPICS || log->data.len != EVM_WORD_BYTES) {
        return false;
    }
    memcpy(ret_transfer->value.bytes, log->data.ptr, EVM_WORD_BYTES);
    return topic_to_address(&log->topics[1], &ret_transfer->from) &&
           topic_to_address(&log->topics[2], &ret_transfer->to) &&
           evm_word_to_units(&ret_transfer->value, &units);
}

/* NULL if the log is none of a known contract's transfers. */
static const struct token *transferred(const struct evm_log *log, const struct token_list *tokens) {
    bool is_transfer = log->topic_count > 0 && evm_word_eq(&log->topics[0], &transfer_topic);
    return is_transfer ? token_by_contract(tokens, BYTES_OF(log->address.bytes)) : NULL;
}

/* The outputs, or first only their number: what a block holds beside them is much more. */
struct sink {
    struct chain_output *outputs; /* NULL: they are counted */
    size_t count;
    struct chain_flaws flaws;
};

static void put(struct sink *sink, const struct chain_output *output) {
    if (sink->outputs != NULL) {
        sink->outputs[sink->count] = *output;
    }
    sink->count++;
}

static void note_unread(struct sink *sink, const struct evm_receipt *receipt) {
    if (sink->flaws.unread_count++ == 0) {
        sink->flaws.unread_txid = receipt->tx;
    }
}

static void put_receipt(struct sink *sink, const struct evm_receipt *receipt,
                        const struct token_list *tokens) {
    for (size_t i = 0; i < receipt->log_count; i++) {
        const struct token *token = transferred(&receipt->logs[i], tokens);
        struct transfer transfer;
        struct chain_output output;
        if (token == NULL) {
            continue;
        }
        if (!read_transfer(&receipt->logs[i], &transfer)) {
            note_unread(sink, receipt);
        } else if (!evm_address_eq(&transfer.from, &transfer.to) &&
                   fill_output(token->asset, &transfer.to, &transfer.value, &output)) {
            output.txid = receipt->tx;
            output.ordinal = (uint32_t)i;
            put(sink, &output);
        }
    }
}

/* What contracts moved in transactions that succeeded, as far as traces tell. */
static void put_transfers(struct sink *sink, const struct evm_block *block,
                          const struct asset *coin) {
    for (size_t i = 0; i < block->transfer_count; i++) {
        const struct evm_transfer *transfer = &block->transfers[i];
        const struct evm_receipt *receipt = &block->receipts[transfer->tx];
        struct chain_output output;
        if (receipt->status == EVM_STATUS_SUCCESS &&
            !evm_address_eq(&transfer->from, &transfer->to) &&
            fill_output(coin, &transfer->to, &transfer->value, &output)) {
            output.txid = receipt->tx;
            output.ordinal = CHAIN_ORDINAL_NATIVE + transfer->place;
            put(sink, &output);
        }
    }
}

static void put_block(struct sink *sink, const struct evm_block *block,
                      const struct evm_assets *assets) {
    for (size_t i = 0; i < block->tx_count; i++) {
        const struct evm_receipt *receipt = &block->receipts[i];
        if (receipt->status != EVM_STATUS_SUCCESS) {
            continue;
        }
        struct chain_output output;
        if (evm_tx_output(&block->txs[i], assets->coin, &output)) {
            put(sink, &output);
        }
        put_receipt(sink, receipt, assets->tokens);
    }
    put_transfers(sink, block, assets->coin);
}

void evm_block_outputs(const struct evm_block *block, const struct evm_assets *assets,
                       struct arena *arena, struct chain_block *ret_block) {
    struct sink sink = {0};
    put_block(&sink, block, assets);
    sink.outputs = ARENA_ARRAY(arena, struct chain_output, sink.count + 1);
    sink.count = 0;
    sink.flaws = (struct chain_flaws){.unread_count = 0};
    put_block(&sink, block, assets);
    const struct evm_header *header = &block->header;
    int64_t time_ms = (int64_t)header->timestamp_s * 1000;
    *ret_block = (struct chain_block){
        .header = {.height = (int64_t)header->number,
                   .hash = header->hash,
                   .parent = header->parent,
                   .time_ms = time_ms,
                   .proven_ms = time_ms},
        .outputs = sink.outputs,
        .output_count = sink.count,
        .flaws = sink.flaws,
    };
}
