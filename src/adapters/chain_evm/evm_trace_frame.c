/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_trace_frame.h"

#include "adapters/chain_evm/evm_hex.h"
#include "base/arena.h"

enum { LIST_FIRST = 64 };

/* ---- names, which are gone when the value is looked at */

static enum evm_trace_field field_of(struct str key) {
    static const struct {
        struct str name;
        enum evm_trace_field field;
    } names[] = {
        {STR("action"), EVM_TRACE_ACTION},
        {STR("address"), EVM_TRACE_FROM}, /* of what destroys itself */
        {STR("balance"), EVM_TRACE_VALUE},
        {STR("blockHash"), EVM_TRACE_BLOCK_HASH},
        {STR("callType"), EVM_TRACE_CALL_TYPE},
        {STR("calls"), EVM_TRACE_CALLS},
        {STR("error"), EVM_TRACE_ERROR},
        {STR("from"), EVM_TRACE_FROM},
        {STR("refundAddress"), EVM_TRACE_TO},
        {STR("result"), EVM_TRACE_RESULT},
        {STR("to"), EVM_TRACE_TO},
        {STR("traceAddress"), EVM_TRACE_TRACE_ADDRESS},
        {STR("transactionHash"), EVM_TRACE_TXID},
        {STR("transactionPosition"), EVM_TRACE_POSITION},
        {STR("txHash"), EVM_TRACE_TXID},
        {STR("type"), EVM_TRACE_TYPE},
        {STR("value"), EVM_TRACE_VALUE},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(key, names[i].name)) {
            return names[i].field;
        }
    }
    return EVM_TRACE_OTHER;
}

bool evm_trace_next_field(struct json_reader *reader, enum evm_trace_field *ret_field) {
    struct str key;
    while (json_object_next(reader, &key)) {
        *ret_field = field_of(key);
        if (*ret_field != EVM_TRACE_OTHER && !json_take_null(reader)) {
            return true;
        }
    }
    return false;
}

static void read_frame_type(struct json_reader *reader, struct evm_trace_frame *frame) {
    struct str type = json_read_str(reader);
    frame->is_call = str_eq_nocase(type, STR("CALL"));
    frame->pays = frame->is_call || str_eq_nocase(type, STR("CREATE")) ||
                  str_eq_nocase(type, STR("CREATE2")) || str_eq_nocase(type, STR("SELFDESTRUCT"));
}

void evm_trace_read_field(struct json_reader *reader, enum evm_trace_field field,
                          struct evm_trace_frame *frame) {
    if (field == EVM_TRACE_TYPE) {
        read_frame_type(reader, frame);
    } else if (field == EVM_TRACE_ERROR) {
        frame->has_failed = !str_is_empty(json_read_str(reader));
    } else if (field == EVM_TRACE_FROM) {
        evm_read_data(reader, frame->from.bytes, sizeof frame->from.bytes);
    } else if (field == EVM_TRACE_TO) {
        frame->has_to = true;
        evm_read_data(reader, frame->to.bytes, sizeof frame->to.bytes);
    } else if (field == EVM_TRACE_VALUE) {
        evm_read_number(reader, &frame->value);
    } else if (field == EVM_TRACE_CALLS) {
        frame->is_inside = true;
        json_array_begin(reader);
    }
}

/* ---- lists */

static void *grow(struct json_reader *reader, struct arena *arena, const void *items, size_t count,
                  size_t *cap, size_t item_bytes) {
    size_t wanted = *cap == 0 ? LIST_FIRST : 2 * *cap;
    void *grown = arena_try_alloc(arena, wanted * item_bytes);
    if (grown == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return NULL;
    }
    if (count > 0) {
        memcpy(grown, items, count * item_bytes);
    }
    *cap = wanted;
    return grown;
}

struct evm_trace_root *evm_trace_add_root(struct json_reader *reader,
                                          struct evm_trace_decoder *decoder) {
    if (decoder->root_count == decoder->root_cap) {
        void *grown = grow(reader, decoder->arena, decoder->roots, decoder->root_count,
                           &decoder->root_cap, sizeof(*decoder->roots));
        if (grown == NULL) {
            return NULL;
        }
        decoder->roots = grown;
    }
    struct evm_trace_root *root = &decoder->roots[decoder->root_count++];
    *root = (struct evm_trace_root){0};
    return root;
}

bool evm_trace_add_slot(struct json_reader *reader, struct evm_trace_decoder *decoder) {
    if (decoder->transfer_count == decoder->transfer_cap) {
        void *grown = grow(reader, decoder->arena, decoder->transfers, decoder->transfer_count,
                           &decoder->transfer_cap, sizeof(*decoder->transfers));
        if (grown == NULL) {
            return false;
        }
        decoder->transfers = grown;
    }
    decoder->transfers[decoder->transfer_count++] = (struct evm_transfer){0};
    return true;
}

void evm_trace_fill_slot(struct evm_trace_decoder *decoder, const struct evm_trace_frame *frame) {
    decoder->transfers[frame->slot] = (struct evm_transfer){
        .tx = decoder->root_count - 1,
        .place = 1,
        .from = frame->from,
        .to = frame->to,
        .value = frame->value,
    };
}

void evm_trace_number(struct evm_trace_decoder *decoder, size_t first) {
    size_t count = first;
    uint32_t place = 0;
    for (size_t i = first; i < decoder->transfer_count; i++) {
        if (decoder->transfers[i].place != 0) {
            decoder->transfers[count] = decoder->transfers[i];
            decoder->transfers[count++].place = ++place;
        }
    }
    decoder->transfer_count = count;
}

bool evm_trace_begin(struct json_reader *reader, struct evm_trace_decoder *decoder) {
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return false;
    }
    decoder->frames =
        arena_try_alloc(decoder->arena, EVM_TRACE_FRAMES_MAX * sizeof(*decoder->frames));
    if (decoder->frames == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return false;
    }
    return true;
}
