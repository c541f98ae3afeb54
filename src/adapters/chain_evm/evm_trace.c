/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_trace.h"

#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_trace_frame.h"
#include "core/error.h"

enum { LAST_TYPE_ALIKE = 4 };

/* ---- the callTracer's tree */

static void open_frame(struct json_reader *reader, struct evm_trace_decoder *decoder,
                       size_t depth) {
    if (depth == EVM_TRACE_FRAMES_MAX) {
        json_fail(reader, "a trace is deeper than calls can be");
        return;
    }
    decoder->frames[depth] = (struct evm_trace_frame){.slot = decoder->transfer_count};
    if (evm_trace_add_slot(reader, decoder)) {
        json_object_begin(reader);
    }
}

/* What a failed call did and let do is undone: "the child frame has no error of its own". */
static void close_frame(struct json_reader *reader, struct evm_trace_decoder *decoder,
                        size_t depth) {
    const struct evm_trace_frame *frame = &decoder->frames[depth];
    if (frame->has_failed) {
        decoder->transfer_count = frame->slot;
    } else if (depth > 0 && frame->pays && !evm_word_is_zero(&frame->value)) {
        if (!frame->has_to) {
            json_fail(reader, "a call with a value names nobody");
        }
        evm_trace_fill_slot(decoder, frame);
    }
}

static void read_tree(struct json_reader *reader, struct evm_trace_decoder *decoder) {
    size_t depth = 0;
    open_frame(reader, decoder, depth);
    while (!json_failed(reader)) {
        struct evm_trace_frame *frame = &decoder->frames[depth];
        enum evm_trace_field field;
        if (frame->is_inside) {
            frame->is_inside = json_array_next(reader);
            if (frame->is_inside) {
                open_frame(reader, decoder, ++depth);
            }
        } else if (evm_trace_next_field(reader, &field)) {
            evm_trace_read_field(reader, field, frame);
        } else if (!json_failed(reader)) {
            close_frame(reader, decoder, depth);
            if (depth == 0) {
                return;
            }
            depth--;
        }
    }
}

static void read_traced_tx(struct json_reader *reader, struct evm_trace_decoder *decoder) {
    struct evm_trace_root *root = evm_trace_add_root(reader, decoder);
    if (root == NULL) {
        return;
    }
    size_t first = decoder->transfer_count;
    bool has_tree = false;
    enum evm_trace_field field;
    json_object_begin(reader);
    while (evm_trace_next_field(reader, &field)) {
        if (field == EVM_TRACE_TXID) {
            root->has_txid = true;
            evm_read_data(reader, root->txid.bytes, sizeof root->txid.bytes);
        } else if (field == EVM_TRACE_RESULT) {
            has_tree = true;
            read_tree(reader, decoder);
        }
    }
    if (json_failed(reader)) {
        return;
    }
    /* It says so with each transaction that it could not trace: the state is gone, or time was. */
    if (!has_tree) {
        decoder->is_null = true;
        return;
    }
    const struct evm_trace_frame *top = &decoder->frames[0];
    root->is_failed = top->has_failed;
    root->is_call = top->is_call;
    root->to = top->to;
    root->value = top->value;
    evm_trace_number(decoder, first);
}

void evm_calls_decode(struct json_reader *reader, void *evm_trace_decoder) {
    struct evm_trace_decoder *decoder = evm_trace_decoder;
    if (!evm_trace_begin(reader, decoder)) {
        return;
    }
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_traced_tx(reader, decoder);
    }
}

/* ---- the block's own */

static struct result unfit(const char *detail) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = detail};
}

/* Networks with types of their own trace those as they like. */
static bool is_of(const struct evm_trace_root *root, const struct evm_tx *tx) {
    if (root->has_txid) {
        return txid_eq(root->txid, tx->hash);
    }
    return tx->type > LAST_TYPE_ALIKE ||
           (root->is_call == tx->has_to && evm_word_eq(&root->value, &tx->value) &&
            (!tx->has_to || evm_address_eq(&root->to, &tx->to)));
}

struct result evm_trace_check(const struct evm_trace_decoder *decoder, struct evm_block *block) {
    if (decoder->root_count != block->tx_count) {
        return unfit("there is not one trace for each transaction");
    }
    for (size_t i = 0; i < block->tx_count; i++) {
        if (!is_of(&decoder->roots[i], &block->txs[i])) {
            return unfit("a trace is of another transaction");
        }
        bool is_success =
            i < block->receipt_count && block->receipts[i].status == EVM_STATUS_SUCCESS;
        if (is_success && decoder->roots[i].is_failed) {
            return unfit("a trace tells another outcome than the receipt");
        }
    }
    block->transfers = decoder->transfers;
    block->transfer_count = decoder->transfer_count;
    return RESULT_OK;
}
