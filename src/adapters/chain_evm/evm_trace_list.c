/* SPDX-License-Identifier: MIT */
/* The answer of trace_block: calls in order, each with its place in the tree. */
#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_trace_frame.h"

enum entry_kind { ENTRY_OTHER, ENTRY_CALL, ENTRY_CREATE, ENTRY_SUICIDE, ENTRY_REWARD };

struct entry {
    enum entry_kind kind;
    struct evm_trace_frame frame;
    bool is_plain_call; /* not delegated, static, or of foreign code */
    bool has_created;
    struct evm_address created;
    bool has_position;
    uint64_t position;
    bool has_txid;
    struct txid txid;
    size_t depth;
};

static enum entry_kind entry_kind_of(struct str type) {
    if (str_eq(type, STR("call"))) {
        return ENTRY_CALL;
    }
    if (str_eq(type, STR("create"))) {
        return ENTRY_CREATE;
    }
    if (str_eq(type, STR("suicide")) || str_eq(type, STR("selfdestruct"))) {
        return ENTRY_SUICIDE;
    }
    return str_eq(type, STR("reward")) ? ENTRY_REWARD : ENTRY_OTHER;
}

static void read_action(struct json_reader *reader, struct entry *entry) {
    struct evm_trace_frame *frame = &entry->frame;
    enum evm_trace_field field;
    json_object_begin(reader);
    while (evm_trace_next_field(reader, &field)) {
        if (field == EVM_TRACE_CALL_TYPE) {
            entry->is_plain_call = str_eq(json_read_str(reader), STR("call"));
        } else if (field == EVM_TRACE_FROM || field == EVM_TRACE_TO || field == EVM_TRACE_VALUE) {
            evm_trace_read_field(reader, field, frame);
        }
    }
}

static void read_entry_result(struct json_reader *reader, struct entry *entry) {
    enum evm_trace_field field;
    json_object_begin(reader);
    while (evm_trace_next_field(reader, &field)) {
        if (field == EVM_TRACE_FROM) {
            entry->has_created = true;
            evm_read_data(reader, entry->created.bytes, sizeof entry->created.bytes);
        }
    }
}

static size_t read_depth(struct json_reader *reader) {
    size_t depth = 0;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        json_skip_value(reader);
        depth++;
    }
    return depth;
}

static void check_block(struct json_reader *reader, const struct block_hash *block) {
    struct block_hash hash = {0};
    evm_read_data(reader, hash.bytes, sizeof hash.bytes);
    if (!block_hash_eq(hash, *block)) {
        json_fail(reader, "a trace is of another block");
    }
}

static void read_entry_field(struct json_reader *reader, enum evm_trace_field field,
                             const struct block_hash *block, struct entry *entry) {
    if (field == EVM_TRACE_TYPE) {
        entry->kind = entry_kind_of(json_read_str(reader));
    } else if (field == EVM_TRACE_ACTION) {
        read_action(reader, entry);
    } else if (field == EVM_TRACE_RESULT) {
        read_entry_result(reader, entry);
    } else if (field == EVM_TRACE_ERROR) {
        evm_trace_read_field(reader, field, &entry->frame);
    } else if (field == EVM_TRACE_TRACE_ADDRESS) {
        entry->depth = read_depth(reader);
    } else if (field == EVM_TRACE_POSITION) {
        entry->has_position = true;
        entry->position = json_read_u64(reader);
    } else if (field == EVM_TRACE_TXID) {
        entry->has_txid = true;
        evm_read_data(reader, entry->txid.bytes, sizeof entry->txid.bytes);
    } else if (field == EVM_TRACE_BLOCK_HASH) {
        check_block(reader, block);
    }
}

/* Where in the list we are. */
struct walk {
    size_t first; /* transfer of the transaction */
    size_t last_depth;
    bool has_failed; /* the latest entries are below a call that failed, */
    size_t failed_depth;
};

static bool begin_tx(struct json_reader *reader, struct evm_trace_decoder *decoder,
                     const struct entry *entry, struct walk *walk) {
    evm_trace_number(decoder, walk->first);
    struct evm_trace_root *root = evm_trace_add_root(reader, decoder);
    if (root == NULL) {
        return false;
    }
    *root = (struct evm_trace_root){
        .has_txid = entry->has_txid,
        .txid = entry->txid,
        .is_failed = entry->frame.has_failed,
        .is_call = entry->kind == ENTRY_CALL,
        .to = entry->frame.to,
        .value = entry->frame.value,
    };
    *walk = (struct walk){.first = decoder->transfer_count};
    return true;
}

static bool entry_pays(struct json_reader *reader, struct entry *entry) {
    bool is_payment = entry->kind == ENTRY_CREATE || entry->kind == ENTRY_SUICIDE ||
                      (entry->kind == ENTRY_CALL && entry->is_plain_call);
    if (!is_payment || entry->depth == 0 || evm_word_is_zero(&entry->frame.value)) {
        return false;
    }
    if (entry->kind == ENTRY_CREATE) {
        entry->frame.has_to = entry->has_created;
        entry->frame.to = entry->created;
    }
    if (!entry->frame.has_to) {
        json_fail(reader, "a call with a value names nobody");
    }
    return entry->frame.has_to;
}

static void take_entry(struct json_reader *reader, struct evm_trace_decoder *decoder,
                       struct entry *entry, struct walk *walk) {
    bool is_root = entry->depth == 0;
    uint64_t position = is_root ? decoder->root_count : decoder->root_count - 1;
    bool is_known = is_root || decoder->root_count > 0;
    if (!entry->has_position || !is_known || entry->position != position ||
        (!is_root && entry->depth > walk->last_depth + 1)) {
        json_fail(reader, "traces are not in the order of the calls");
        return;
    }
    if (is_root && !begin_tx(reader, decoder, entry, walk)) {
        return;
    }
    walk->last_depth = entry->depth;
    if (walk->has_failed && entry->depth > walk->failed_depth) {
        return;
    }
    walk->has_failed = entry->frame.has_failed;
    walk->failed_depth = entry->depth;
    if (walk->has_failed || !entry_pays(reader, entry)) {
        return;
    }
    entry->frame.slot = decoder->transfer_count;
    if (evm_trace_add_slot(reader, decoder)) {
        evm_trace_fill_slot(decoder, &entry->frame);
    }
}

void evm_trace_block_decode(struct json_reader *reader, void *evm_trace_decoder) {
    struct evm_trace_decoder *decoder = evm_trace_decoder;
    if (!evm_trace_begin(reader, decoder)) {
        return;
    }
    struct walk walk = {0};
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct entry entry = {0};
        enum evm_trace_field field;
        json_object_begin(reader);
        while (evm_trace_next_field(reader, &field)) {
            read_entry_field(reader, field, &decoder->block, &entry);
        }
        if (entry.kind != ENTRY_REWARD && !json_failed(reader)) {
            take_entry(reader, decoder, &entry, &walk);
        }
    }
    evm_trace_number(decoder, walk.first);
}
