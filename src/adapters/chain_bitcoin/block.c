/* SPDX-License-Identifier: MIT */
#include "adapters/chain_bitcoin/block.h"

#include <string.h>

#include "adapters/chain_bitcoin/raw_tx.h"
#include "base/arena.h"
#include "core/error.h"

enum { RAW_BYTES_FIRST = 1024 };

static void read_hash(struct json_reader *reader, uint8_t ret_bytes[HASH_BYTES]) {
    if (!hex_decode(json_read_str(reader), ret_bytes, HASH_BYTES)) {
        json_fail(reader, "a hash is not 32 bytes in hex");
    }
}

/* ---- transactions */

static bool raw_has_room(struct block_decoder *decoder, size_t size) {
    if (size <= decoder->raw_cap) {
        return true;
    }
    size_t cap = decoder->raw_cap == 0 ? RAW_BYTES_FIRST : decoder->raw_cap;
    while (cap < size) {
        cap *= 2;
    }
    decoder->raw = arena_try_alloc(decoder->scratch, cap);
    decoder->raw_cap = decoder->raw == NULL ? 0 : cap;
    return decoder->raw != NULL;
}

static bool add_outputs(struct output_list *outputs, const struct raw_tx *tx, bool is_coinbase) {
    size_t first = outputs->count;
    struct bytes rest = tx->outputs;
    for (uint32_t i = 0; i < tx->output_count; i++) {
        struct raw_output output;
        raw_tx_output_next(&rest, &output);
        struct amount amount = amount_from_u64(outputs->coin, output.value);
        if (!output_list_add(outputs, i, output.program, amount)) {
            return false;
        }
    }
    output_list_set_tx(outputs, first, &tx->txid, is_coinbase);
    return true;
}

/* Consensus: the first transaction of a block, and no other, makes new coins. */
static void read_raw_tx(struct json_reader *reader, struct block_decoder *decoder) {
    struct str hex = json_read_str(reader);
    struct raw_tx tx;
    if (!raw_has_room(decoder, hex.len / 2)) {
        json_fail(reader, "a transaction is too long for the memory set aside");
        return;
    }
    if (hex.len % 2 != 0 || !hex_decode(hex, decoder->raw, hex.len / 2) ||
        !raw_tx_read((struct bytes){.ptr = decoder->raw, .len = hex.len / 2}, &tx)) {
        json_fail(reader, "a transaction's hex is not a transaction");
        return;
    }
    if (!add_outputs(&decoder->outputs, &tx, decoder->merkle.count == 0)) {
        json_fail(reader, "there are too many outputs for the memory set aside");
        return;
    }
    merkle_add(&decoder->merkle, &tx.txid);
}

static void read_tx(struct json_reader *reader, struct block_decoder *decoder) {
    uint32_t before = decoder->merkle.count;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("hex"))) {
            read_raw_tx(reader, decoder);
        } else {
            json_skip_value(reader);
        }
    }
    if (decoder->merkle.count == before) {
        json_fail(reader, "a transaction has no hex");
    }
}

static void read_txs(struct json_reader *reader, struct block_decoder *decoder) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_tx(reader, decoder);
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
