/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/block_json.h"

#include <string.h>

#include "base/arena.h"
#include "core/error.h"

enum {
    TX_BYTES_FIRST = 4096,
    SIGNATURE_BYTES_MAX = 1024, /* they have 65 */
    SELECTOR_BYTES = 4,
    TRANSFER_WORDS = 2,      /* transfer(to, amount) */
    TRANSFER_FROM_WORDS = 3, /* transferFrom(from, to, amount) */
};

/* 2017 to 2100: what lies outside is no block's time. */
static const int64_t time_ms_min = 1483228800000;
static const int64_t time_ms_max = 4102444800000;
static const int64_t seconds_below = 100000000000; /* ms were that many in 1973 */

static const uint8_t transfer_selector[SELECTOR_BYTES] = {0xa9, 0x05, 0x9c, 0xbb};
static const uint8_t transfer_from_selector[SELECTOR_BYTES] = {0x23, 0xb8, 0x72, 0xdd};

enum block_field {
    FIELD_ID = 1u << 0,
    FIELD_NUMBER = 1u << 1, /* like the time, missing in the first block */
    FIELD_PARENT = 1u << 2,
    FIELD_TX_ROOT = 1u << 3,
    FIELD_TIME = 1u << 4,
    FIELD_WITNESS = 1u << 5,
};

/* One transaction while it is read; its keys come in any order. Reused for the next. */
struct tx_parts {
    uint8_t *raw;
    size_t raw_cap;
    size_t raw_len;
    struct buf signatures; /* as they stand in the transaction */
    struct buf results;
    struct buf whole;
    struct txid txid;
    bool has_txid;
    bool has_result;
    uint32_t result; /* contractRet */
    bool is_hidden;  /* a result has parts that we do not know */
};

bool tron_time_ms(int64_t value, int64_t *ret_time_ms) {
    int64_t time_ms = value >= 0 && value < seconds_below ? value * 1000 : value;
    if (time_ms < time_ms_min || time_ms >= time_ms_max) {
        return false;
    }
    *ret_time_ms = time_ms;
    return true;
}

/* ---- transactions */

static bool parts_have_room(struct block_decoder *decoder, size_t size) {
    struct tx_parts *parts = decoder->parts;
    if (size <= parts->raw_cap) {
        return true;
    }
    size_t cap = parts->raw_cap == 0 ? TX_BYTES_FIRST : parts->raw_cap;
    while (cap < size) {
        cap *= 2;
    }
    parts->raw = arena_try_alloc(decoder->scratch, cap);
    parts->raw_cap = parts->raw == NULL ? 0 : cap;
    return parts->raw != NULL;
}

static void parts_clear(struct tx_parts *parts) {
    parts->raw_len = 0;
    parts->signatures.len = 0;
    parts->results.len = 0;
    parts->whole.len = 0;
    parts->has_txid = false;
    parts->has_result = false;
    parts->result = 0;
    parts->is_hidden = false;
}

static void read_raw_hex(struct json_reader *reader, struct block_decoder *decoder) {
    struct str hex = json_read_str(reader);
    if (!parts_have_room(decoder, hex.len / 2)) {
        json_fail(reader, "a transaction is too long for the memory set aside");
        return;
    }
    decoder->parts->raw_len = hex.len / 2;
    if (hex.len % 2 != 0 || !hex_decode(hex, decoder->parts->raw, hex.len / 2)) {
        json_fail(reader, "a transaction's raw data is not hex");
    }
}

static void read_signatures(struct json_reader *reader, struct block_decoder *decoder) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct str hex = json_read_str(reader);
        uint8_t bytes[SIGNATURE_BYTES_MAX];
        size_t len = hex.len / 2;
        if (hex.len % 2 != 0 || len > sizeof bytes || !hex_decode(hex, bytes, len)) {
            decoder->parts->is_hidden = true; /* nobody's money depends on it */
            continue;
        }
        tron_put_signature(&decoder->parts->signatures, (struct bytes){.ptr = bytes, .len = len});
    }
}

static void read_result(struct json_reader *reader, struct tx_parts *parts) {
    int64_t fee = 0;
    uint32_t result = 0;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("contractRet"))) {
            bool is_known = tron_result_by_name(json_read_str(reader), &result);
            parts->is_hidden = parts->is_hidden || !is_known;
        } else if (str_eq(key, STR("fee"))) {
            fee = json_read_i64(reader);
        } else {
            parts->is_hidden = true;
            json_skip_value(reader);
        }
    }
    tron_put_result(&parts->results, fee, result);
    if (!parts->has_result) { /* the first is that of the contract, of which there is one */
        parts->result = result;
    }
    parts->has_result = true;
}

static void read_results(struct json_reader *reader, struct tx_parts *parts) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_result(reader, parts);
    }
}

/* ---- what a transaction means */

static bool is_zero(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* A call that moves something, by its first bytes and its last word. */
static bool moves(struct bytes input, const uint8_t selector[SELECTOR_BYTES], size_t words) {
    size_t size = SELECTOR_BYTES + words * HASH_256_BYTES;
    return input.len >= size && memcmp(input.ptr, selector, SELECTOR_BYTES) == 0 &&
           !is_zero(input.ptr + size - HASH_256_BYTES, HASH_256_BYTES);
}

static bool moves_token(const struct tron_rules *rules, const struct tron_contract *contract) {
    return token_by_contract(&rules->tokens, BYTES_OF(contract->to.bytes)) != NULL &&
           (moves(contract->input, transfer_selector, TRANSFER_WORDS) ||
            moves(contract->input, transfer_from_selector, TRANSFER_FROM_WORDS));
}

static bool keep_tx(struct block_decoder *decoder, const struct tron_contract *contract) {
    const struct tx_parts *parts = decoder->parts;
    struct tron_tx tx = {.txid = parts->txid};
    tx.is_paying = parts->has_result && parts->result == TRON_RESULT_SUCCESS;
    tx.may_log = contract->kind == TRON_CALL || contract->kind == TRON_CREATION ||
                 contract->kind == TRON_UNREADABLE;
    tx.must_log = contract->kind == TRON_CALL && moves_token(decoder->rules, contract);
    if (!tron_block_add_tx(decoder->block, &tx)) {
        return false;
    }
    return contract->kind != TRON_TRANSFER || !tx.is_paying ||
           tron_block_add_native(decoder->block, decoder->rules, &tx.txid, 0, &contract->to,
                                 contract->amount);
}

static void add_leaf(struct block_decoder *decoder) {
    struct tx_parts *parts = decoder->parts;
    tron_put_raw(&parts->whole, (struct bytes){.ptr = parts->raw, .len = parts->raw_len});
    buf_put(&parts->whole, parts->signatures.ptr, parts->signatures.len);
    buf_put(&parts->whole, parts->results.ptr, parts->results.len);
    tron_tree_add(&decoder->tree, buf_bytes(&parts->whole));
    decoder->is_unrooted = decoder->is_unrooted || parts->is_hidden;
}

static void finish_tx(struct json_reader *reader, struct block_decoder *decoder) {
    struct tx_parts *parts = decoder->parts;
    if (json_failed(reader)) {
        return;
    }
    if (!parts->has_txid) {
        json_fail(reader, "a transaction has no id");
        return;
    }
    uint8_t hash[HASH_256_BYTES];
    hash_sha256((struct bytes){.ptr = parts->raw, .len = parts->raw_len}, hash);
    if (memcmp(hash, parts->txid.bytes, sizeof hash) != 0) {
        json_fail(reader, "a transaction's id is not that of its raw data");
        return;
    }
    add_leaf(decoder);
    struct tron_contract contract =
        tron_contract_read((struct bytes){.ptr = parts->raw, .len = parts->raw_len});
    if (parts->whole.failed || !keep_tx(decoder, &contract)) {
        json_fail(reader, "a block is too large for the memory set aside");
    }
}

static void read_tx(struct json_reader *reader, struct block_decoder *decoder) {
    struct tx_parts *parts = decoder->parts;
    parts_clear(parts);
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("txID"))) {
            api_read_hash(reader, parts->txid.bytes);
            parts->has_txid = true;
        } else if (str_eq(key, STR("raw_data_hex"))) {
            read_raw_hex(reader, decoder);
        } else if (str_eq(key, STR("signature"))) {
            read_signatures(reader, decoder);
        } else if (str_eq(key, STR("ret"))) {
            read_results(reader, parts);
        } else {
            json_skip_value(reader);
        }
    }
    finish_tx(reader, decoder);
}

static void read_txs(struct json_reader *reader, struct block_decoder *decoder) {
    if (decoder->block == NULL) {
        json_skip_value(reader);
        return;
    }
    if (decoder->parts == NULL) {
        decoder->parts = arena_try_alloc(decoder->scratch, sizeof *decoder->parts);
        if (decoder->parts == NULL) {
            json_fail(reader, "there is no memory left for transactions");
            return;
        }
        decoder->parts->signatures = buf_in(decoder->scratch);
        decoder->parts->results = buf_in(decoder->scratch);
        decoder->parts->whole = buf_in(decoder->scratch);
        if (!parts_have_room(decoder, 1)) {
            json_fail(reader, "there is no memory left for transactions");
            return;
        }
    }
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_tx(reader, decoder);
    }
}

/* ---- headers */

static void read_witness(struct json_reader *reader, struct tron_header *header) {
    struct str hex = json_read_str(reader);
    header->witness_len = hex.len / 2;
    if (hex.len % 2 != 0 || header->witness_len > sizeof header->witness ||
        !hex_decode(hex, header->witness, header->witness_len)) {
        header->witness_len = 0;
        json_fail(reader, "a witness is not an address in hex");
    }
}

static int32_t read_i32(struct json_reader *reader) {
    int64_t value = json_read_i64(reader);
    if (value < INT32_MIN || value > INT32_MAX) {
        json_fail(reader, "a header's version has more than 32 bits");
        return 0;
    }
    return (int32_t)value;
}

static void read_header_field(struct json_reader *reader, struct block_decoder *decoder,
                              struct str key) {
    struct tron_header *header = &decoder->header;
    if (str_eq(key, STR("number"))) {
        header->number = json_read_i64(reader);
        decoder->fields |= FIELD_NUMBER;
    } else if (str_eq(key, STR("timestamp"))) {
        header->timestamp = json_read_i64(reader);
        decoder->fields |= FIELD_TIME;
    } else if (str_eq(key, STR("parentHash"))) {
        api_read_hash(reader, header->parent.bytes);
        decoder->fields |= FIELD_PARENT;
    } else if (str_eq(key, STR("txTrieRoot"))) {
        api_read_hash(reader, header->tx_root);
        decoder->fields |= FIELD_TX_ROOT;
    } else if (str_eq(key, STR("witness_address"))) {
        read_witness(reader, header);
        decoder->fields |= FIELD_WITNESS;
    } else if (str_eq(key, STR("version"))) {
        header->version = read_i32(reader);
    } else if (str_eq(key, STR("witness_id"))) {
        header->witness_id = json_read_i64(reader);
    } else if (str_eq(key, STR("accountStateRoot"))) {
        api_read_hash(reader, header->account_state_root);
        header->has_account_state_root = true;
    } else {
        json_skip_value(reader);
    }
}

static void read_header(struct json_reader *reader, struct block_decoder *decoder) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (!str_eq(key, STR("raw_data"))) {
            json_skip_value(reader);
            continue;
        }
        struct str field;
        json_object_begin(reader);
        while (json_object_next(reader, &field)) {
            read_header_field(reader, decoder, field);
        }
    }
}

void tron_block_decode(struct json_reader *reader, struct block_decoder *decoder) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("blockID"))) {
            api_read_hash(reader, decoder->id.bytes);
            decoder->fields |= FIELD_ID;
        } else if (str_eq(key, STR("block_header"))) {
            read_header(reader, decoder);
        } else if (str_eq(key, STR("transactions"))) {
            read_txs(reader, decoder);
        } else {
            api_skip_or_error(reader, key, decoder->error);
        }
    }
}

/* ---- verdicts */

static struct result distrust(const char *why) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = why};
}

/* The first block has neither number nor time: what is zero is left out. */
static struct result check_fields(const struct block_decoder *decoder, int64_t *ret_time_ms) {
    const uint32_t needed = FIELD_ID | FIELD_PARENT | FIELD_TX_ROOT;
    const struct tron_header *header = &decoder->header;
    if (decoder->fields == 0) {
        return result_fail(&ERR_BLOCK_UNKNOWN);
    }
    if ((decoder->fields & needed) != needed) {
        return distrust("the block's header lacks a field");
    }
    if (header->number < 0 || tron_height_of(decoder->id) != header->number) {
        return distrust("the block's id does not begin with its height");
    }
    *ret_time_ms = 0;
    if (header->number == 0) {
        return RESULT_OK;
    }
    if (tron_height_of(header->parent) != header->number - 1) {
        return distrust("the id of the block's parent does not begin with the height below");
    }
    if (!tron_time_ms(header->timestamp, ret_time_ms)) {
        return distrust("the block's time is none");
    }
    return RESULT_OK;
}

struct result tron_block_check(const struct block_decoder *decoder,
                               struct block_header *ret_header) {
    int64_t time_ms;
    TRY(check_fields(decoder, &time_ms));
    struct tron_header hashed = decoder->header;
    hashed.timestamp = time_ms;
    /* The first block is known by its id alone, which the configuration has. */
    if (hashed.number > 0 && !block_hash_eq(tron_header_id(&hashed), decoder->id)) {
        return distrust("the block's id is not that of its header");
    }
    struct block_header header = {
        .height = decoder->header.number,
        .hash = decoder->id,
        .parent = decoder->header.parent,
        .time_ms = time_ms,
        .proven_ms = time_ms,
    };
    struct tron_block *block = decoder->block;
    if (block != NULL) {
        tron_tree_root(&decoder->tree, block->tx_root);
        block->header = header;
        block->is_rooted = !decoder->is_unrooted && memcmp(block->tx_root, decoder->header.tx_root,
                                                           sizeof block->tx_root) == 0;
    }
    *ret_header = header;
    return RESULT_OK;
}
