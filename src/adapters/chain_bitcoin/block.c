/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/block.h"

#include <string.h>

#include "base/arena.h"
#include "core/error.h"

enum { OP_RETURN = 0x6a, OUTPUTS_FIRST = 64 };

/* ---- outputs */

static bool make_room(struct output_list *outputs) {
    if (outputs->count < outputs->cap) {
        return true;
    }
    size_t cap = outputs->cap == 0 ? OUTPUTS_FIRST : outputs->cap * 2;
    struct chain_output *items = arena_try_alloc(outputs->arena, cap * sizeof(*items));
    if (items == NULL) {
        return false;
    }
    if (outputs->count > 0) {
        memcpy(items, outputs->items, outputs->count * sizeof(*items));
    }
    outputs->items = items;
    outputs->cap = cap;
    return true;
}

/* One item of a vout array, as far as it was read. */
struct vout {
    bool has_ordinal;
    bool has_amount;
    bool has_program;
    bool is_payable; /* somebody could own it */
    uint32_t ordinal;
    struct amount amount;
    struct script program;
};

static void read_program(struct json_reader *reader, struct vout *vout) {
    struct str hex = json_read_str(reader);
    uint8_t bytes[SCRIPT_BYTES_MAX];
    vout->has_program = true;
    if (hex.len > 2 * SCRIPT_BYTES_MAX) {
        vout->is_payable = false;
        return;
    }
    if (hex.len % 2 != 0 || !hex_decode(hex, bytes, hex.len / 2)) {
        json_fail(reader, "a scriptPubKey is not hex");
        return;
    }
    struct bytes program = {.ptr = bytes, .len = hex.len / 2};
    if (program.len == 0 || bytes[0] == OP_RETURN || !script_from_bytes(program, &vout->program)) {
        vout->is_payable = false;
    }
}

static bool is_mweb_type(struct str type) {
    return str_eq(type, STR("witness_mweb_hogaddr")) || str_eq(type, STR("witness_mweb_pegin"));
}

static void read_script_pub_key(struct json_reader *reader, struct vout *vout) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hex"))) {
            read_program(reader, vout);
        } else if (str_eq(key, STR("type"))) {
            vout->is_payable = !is_mweb_type(json_read_str(reader)) && vout->is_payable;
        } else {
            json_skip_value(reader);
        }
    }
}

static void read_value(struct json_reader *reader, const struct asset *coin, struct vout *vout) {
    struct result parsed = amount_from_text(coin, json_read_number(reader), &vout->amount);
    if (!result_is_ok(parsed)) {
        json_fail(reader, "an output's value is not an amount");
        return;
    }
    vout->has_amount = true;
    vout->is_payable = !amount_is_zero(vout->amount) && vout->is_payable;
}

static void read_ordinal(struct json_reader *reader, struct vout *vout) {
    uint64_t ordinal = json_read_u64(reader);
    if (ordinal > UINT32_MAX) {
        json_fail(reader, "an output's number is too large");
        return;
    }
    vout->ordinal = (uint32_t)ordinal;
    vout->has_ordinal = true;
}

/* Answers false for what lies inside the MWEB, which has nothing but an output_id. */
static bool read_vout(struct json_reader *reader, const struct asset *coin, struct vout *ret_vout) {
    *ret_vout = (struct vout){.is_payable = true};
    bool is_mweb = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("value"))) {
            read_value(reader, coin, ret_vout);
        } else if (str_eq(key, STR("n"))) {
            read_ordinal(reader, ret_vout);
        } else if (str_eq(key, STR("scriptPubKey"))) {
            read_script_pub_key(reader, ret_vout);
        } else if (str_eq(key, STR("ismweb"))) {
            is_mweb = json_read_bool(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (is_mweb || json_failed(reader)) {
        return false;
    }
    if (!ret_vout->has_amount || !ret_vout->has_ordinal || !ret_vout->has_program) {
        json_fail(reader, "an output has no value, number or scriptPubKey");
        return false;
    }
    return true;
}

static void add_output(struct json_reader *reader, struct output_list *outputs,
                       const struct vout *vout) {
    if (!make_room(outputs)) {
        json_fail(reader, "there are too many outputs for the memory set aside");
        return;
    }
    outputs->items[outputs->count++] = (struct chain_output){
        .ordinal = vout->ordinal, .program = vout->program, .amount = vout->amount};
}

static void read_vouts(struct json_reader *reader, struct output_list *outputs) {
    int64_t last_ordinal = -1;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct vout vout;
        if (!read_vout(reader, outputs->coin, &vout)) {
            continue;
        }
        if ((int64_t)vout.ordinal <= last_ordinal) {
            json_fail(reader, "a transaction's outputs are not in order");
            return;
        }
        last_ordinal = vout.ordinal;
        if (vout.is_payable) {
            add_output(reader, outputs, &vout);
        }
    }
}

/* ---- transactions */

static void read_hash(struct json_reader *reader, uint8_t ret_bytes[HASH_BYTES]) {
    if (!hex_decode(json_read_str(reader), ret_bytes, HASH_BYTES)) {
        json_fail(reader, "a hash is not 32 bytes in hex");
    }
}

void tx_decode(struct json_reader *reader, struct output_list *outputs, struct txid *ret_txid) {
    size_t first = outputs->count;
    bool has_txid = false;
    bool has_vout = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("txid"))) {
            read_hash(reader, ret_txid->bytes);
            has_txid = true;
        } else if (str_eq(key, STR("vout"))) {
            read_vouts(reader, outputs);
            has_vout = true;
        } else {
            json_skip_value(reader);
        }
    }
    if (!has_txid || !has_vout) {
        json_fail(reader, "a transaction has no txid or no outputs");
    }
    for (size_t i = first; i < outputs->count; i++) {
        outputs->items[i].txid = *ret_txid;
    }
}

static void read_txs(struct json_reader *reader, struct block_decoder *decoder) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        size_t first = decoder->outputs.count;
        struct txid txid = {0};
        tx_decode(reader, &decoder->outputs, &txid);
        /* Consensus: the first transaction of a block, and no other, makes new coins. */
        for (size_t i = first; i < decoder->outputs.count; i++) {
            decoder->outputs.items[i].coinbase = decoder->merkle.count == 0;
        }
        merkle_add(&decoder->merkle, &txid);
    }
}

/* ---- headers */

enum header_field {
    FIELD_HASH = 1u << 0,
    FIELD_CONFIRMATIONS = 1u << 1,
    FIELD_HEIGHT = 1u << 2,
    FIELD_VERSION = 1u << 3,
    FIELD_MERKLE_ROOT = 1u << 4,
    FIELD_TIME = 1u << 5,
    FIELD_MEDIAN_TIME = 1u << 6,
    FIELD_NONCE = 1u << 7,
    FIELD_BITS = 1u << 8,
    FIELDS_NEEDED = (1u << 9) - 1,
    FIELD_PARENT = 1u << 9, /* the genesis block has none */
};

static const struct {
    struct str key;
    enum header_field field;
} header_fields[] = {
    {STR("hash"), FIELD_HASH},
    {STR("confirmations"), FIELD_CONFIRMATIONS},
    {STR("height"), FIELD_HEIGHT},
    {STR("version"), FIELD_VERSION},
    {STR("merkleroot"), FIELD_MERKLE_ROOT},
    {STR("time"), FIELD_TIME},
    {STR("mediantime"), FIELD_MEDIAN_TIME},
    {STR("nonce"), FIELD_NONCE},
    {STR("bits"), FIELD_BITS},
    {STR("previousblockhash"), FIELD_PARENT},
};

static uint32_t read_u32(struct json_reader *reader) {
    uint64_t value = json_read_u64(reader);
    if (value > UINT32_MAX) {
        json_fail(reader, "a header's field has more than 32 bits");
    }
    return (uint32_t)value;
}

static int32_t read_version(struct json_reader *reader) {
    int64_t value = json_read_i64(reader);
    if (value < INT32_MIN || value > INT32_MAX) {
        json_fail(reader, "a header's version has more than 32 bits");
        return 0;
    }
    return (int32_t)value;
}

static uint32_t read_bits(struct json_reader *reader) {
    uint8_t bytes[4] = {0};
    if (!hex_decode(json_read_str(reader), bytes, sizeof(bytes))) {
        json_fail(reader, "a header's bits are not 4 bytes in hex");
    }
    return u32_load_be(bytes);
}

static void read_header_field(struct json_reader *reader, struct node_header *header,
                              enum header_field field) {
    header->fields |= field;
    switch (field) {
    case FIELD_HASH:
        read_hash(reader, header->header.hash.bytes);
        return;
    case FIELD_CONFIRMATIONS:
        header->confirmations = json_read_i64(reader);
        return;
    case FIELD_HEIGHT:
        header->header.height = read_u32(reader);
        return;
    case FIELD_VERSION:
        header->proof.version = read_version(reader);
        return;
    case FIELD_MERKLE_ROOT:
        read_hash(reader, header->proof.merkle_root);
        return;
    case FIELD_TIME:
        header->proof.time_s = read_u32(reader);
        header->header.time_ms = (int64_t)header->proof.time_s * 1000;
        return;
    case FIELD_MEDIAN_TIME:
        header->header.proven_ms = (int64_t)read_u32(reader) * 1000;
        return;
    case FIELD_NONCE:
        header->proof.nonce = read_u32(reader);
        return;
    case FIELD_BITS:
        header->proof.bits = read_bits(reader);
        return;
    case FIELD_PARENT:
        read_hash(reader, header->proof.parent.bytes);
        header->header.parent = header->proof.parent;
        return;
    case FIELDS_NEEDED:
        break;
    }
    BUG_IF(true);
}

static bool header_field_of(struct str key, enum header_field *ret_field) {
    for (size_t i = 0; i < sizeof(header_fields) / sizeof(header_fields[0]); i++) {
        if (str_eq(key, header_fields[i].key)) {
            *ret_field = header_fields[i].field;
            return true;
        }
    }
    return false;
}

void header_decode(struct json_reader *reader, void *node_header) {
    struct node_header *header = node_header;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        enum header_field field;
        if (header_field_of(key, &field)) {
            read_header_field(reader, header, field);
        } else {
            json_skip_value(reader);
        }
    }
}

void block_decode(struct json_reader *reader, void *block_decoder) {
    struct block_decoder *decoder = block_decoder;
    merkle_init(&decoder->merkle);
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        enum header_field field;
        if (header_field_of(key, &field)) {
            read_header_field(reader, &decoder->header, field);
        } else if (str_eq(key, STR("tx"))) {
            read_txs(reader, decoder);
        } else {
            json_skip_value(reader);
        }
    }
}

/* ---- verdicts */

static struct result distrust(const char *why) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = why};
}

struct result header_check(const struct node_header *header, struct block_hash asked,
                           struct block_header *ret_header) {
    if ((header->fields & FIELDS_NEEDED) != FIELDS_NEEDED) {
        return distrust("the block's header lacks a field");
    }
    bool has_parent = header->fields & FIELD_PARENT;
    if (has_parent != (header->header.height > 0)) {
        return distrust("the block's header lacks its parent, or the genesis block has one");
    }
    if (!block_hash_eq(header->header.hash, asked)) {
        return distrust("the node sent another block than asked for");
    }
    if (!block_hash_eq(block_proof_hash(&header->proof), asked)) {
        return distrust("the block's hash is not that of its header");
    }
    ENSURE(header->confirmations >= 0, ERR_BLOCK_UNKNOWN);
    *ret_header = header->header;
    return RESULT_OK;
}

struct result block_check(const struct block_decoder *decoder, struct block_hash asked,
                          struct chain_block *ret_block) {
    struct block_header header;
    TRY(header_check(&decoder->header, asked, &header));
    uint8_t root[HASH_BYTES];
    if (!merkle_root(&decoder->merkle, root) ||
        memcmp(root, decoder->header.proof.merkle_root, HASH_BYTES) != 0) {
        return distrust("the block's transactions are not those its header commits to");
    }
    *ret_block = (struct chain_block){.header = header,
                                      .outputs = decoder->outputs.items,
                                      .output_count = decoder->outputs.count};
    return RESULT_OK;
}
