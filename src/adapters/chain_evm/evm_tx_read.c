/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_tx_read.h"

#include "base/arena.h"
#include "base/result.h"
#include "core/hash.h"
#include "core/rlp.h"

enum { CHUNK_BYTES = 512 };

/* How a part is written in JSON. A null, and a part that is not there, encode as nothing. */
enum part_kind {
    PART_NUMBER,
    PART_DATA,
    PART_BOOL,
    PART_DATA_LIST,
    PART_ACCESS_LIST,
    PART_AUTHORIZATIONS,
};

struct part {
    struct str name;
    enum part_kind kind;
};

struct shape {
    const struct part *parts;
    size_t count;
};

#define SHAPE_OF(array)                                                                            \
    ((struct shape){.parts = (array), .count = sizeof(array) / sizeof((array)[0])})

/* What a transaction may have; the first five are for us. */
enum tx_part {
    TX_HASH,
    TX_INDEX,
    TX_TYPE,
    TX_FROM,
    TX_TO,
    TX_VALUE,
    TX_CHAIN_ID,
    TX_NONCE,
    TX_GAS,
    TX_GAS_PRICE,
    TX_MAX_PRIORITY_FEE,
    TX_MAX_FEE,
    TX_INPUT,
    TX_ACCESS_LIST,
    TX_MAX_BLOB_FEE,
    TX_BLOB_HASHES,
    TX_AUTHORIZATIONS,
    TX_V,
    TX_Y_PARITY,
    TX_R,
    TX_S,
    /* OP stack */
    TX_SOURCE_HASH,
    TX_MINT,
    TX_IS_SYSTEM,
    /* Arbitrum */
    TX_REQUEST_ID,
    TX_TICKET_ID,
    TX_REFUND_TO,
    TX_MAX_REFUND,
    TX_SUBMISSION_FEE_REFUND,
    TX_L1_BASE_FEE,
    TX_BRIDGED_VALUE,
    TX_RETRY_TO,
    TX_RETRY_VALUE,
    TX_RETRY_DATA,
    TX_BENEFICIARY,
    TX_MAX_SUBMISSION_FEE,
    TX_PARTS,
};
static_assert((int)TX_PARTS <= (int)EVM_TX_PARTS_MAX, "every part has a place");

static const struct part tx_parts[TX_PARTS] = {
    [TX_HASH] = {STR("hash"), PART_DATA},
    [TX_INDEX] = {STR("transactionIndex"), PART_NUMBER},
    [TX_TYPE] = {STR("type"), PART_NUMBER},
    [TX_FROM] = {STR("from"), PART_DATA},
    [TX_TO] = {STR("to"), PART_DATA},
    [TX_VALUE] = {STR("value"), PART_NUMBER},
    [TX_CHAIN_ID] = {STR("chainId"), PART_NUMBER},
    [TX_NONCE] = {STR("nonce"), PART_NUMBER},
    [TX_GAS] = {STR("gas"), PART_NUMBER},
    [TX_GAS_PRICE] = {STR("gasPrice"), PART_NUMBER},
    [TX_MAX_PRIORITY_FEE] = {STR("maxPriorityFeePerGas"), PART_NUMBER},
    [TX_MAX_FEE] = {STR("maxFeePerGas"), PART_NUMBER},
    [TX_INPUT] = {STR("input"), PART_DATA},
    [TX_ACCESS_LIST] = {STR("accessList"), PART_ACCESS_LIST},
    [TX_MAX_BLOB_FEE] = {STR("maxFeePerBlobGas"), PART_NUMBER},
    [TX_BLOB_HASHES] = {STR("blobVersionedHashes"), PART_DATA_LIST},
    [TX_AUTHORIZATIONS] = {STR("authorizationList"), PART_AUTHORIZATIONS},
    [TX_V] = {STR("v"), PART_NUMBER},
    [TX_Y_PARITY] = {STR("yParity"), PART_NUMBER},
    [TX_R] = {STR("r"), PART_NUMBER},
    [TX_S] = {STR("s"), PART_NUMBER},
    [TX_SOURCE_HASH] = {STR("sourceHash"), PART_DATA},
    [TX_MINT] = {STR("mint"), PART_NUMBER},
    [TX_IS_SYSTEM] = {STR("isSystemTx"), PART_BOOL},
    [TX_REQUEST_ID] = {STR("requestId"), PART_DATA},
    [TX_TICKET_ID] = {STR("ticketId"), PART_DATA},
    [TX_REFUND_TO] = {STR("refundTo"), PART_DATA},
    [TX_MAX_REFUND] = {STR("maxRefund"), PART_NUMBER},
    [TX_SUBMISSION_FEE_REFUND] = {STR("submissionFeeRefund"), PART_NUMBER},
    [TX_L1_BASE_FEE] = {STR("l1BaseFee"), PART_NUMBER},
    [TX_BRIDGED_VALUE] = {STR("depositValue"), PART_NUMBER},
    [TX_RETRY_TO] = {STR("retryTo"), PART_DATA},
    [TX_RETRY_VALUE] = {STR("retryValue"), PART_NUMBER},
    [TX_RETRY_DATA] = {STR("retryData"), PART_DATA},
    [TX_BENEFICIARY] = {STR("beneficiary"), PART_DATA},
    [TX_MAX_SUBMISSION_FEE] = {STR("maxSubmissionFee"), PART_NUMBER},
};

/* Encoded in this order. */
static const struct part access_parts[] = {
    {STR("address"), PART_DATA},
    {STR("storageKeys"), PART_DATA_LIST},
};
static const struct part authorization_parts[] = {
    {STR("chainId"), PART_NUMBER}, {STR("address"), PART_DATA}, {STR("nonce"), PART_NUMBER},
    {STR("yParity"), PART_NUMBER}, {STR("r"), PART_NUMBER},     {STR("s"), PART_NUMBER},
};

enum { FORM_PARTS_MAX = 15 };

/* What a transaction of each type consists of: EIP-155, 2930, 1559, 4844, 7702; the deposits of the
 * OP stack; and what Arbitrum makes itself. */
static const struct form {
    uint8_t type;
    uint8_t count;
    uint8_t parts[FORM_PARTS_MAX];
} forms[] = {
    {EVM_TYPE_LEGACY,
     9,
     {TX_NONCE, TX_GAS_PRICE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT, TX_V, TX_R, TX_S}},
    {1,
     11,
     {TX_CHAIN_ID, TX_NONCE, TX_GAS_PRICE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT, TX_ACCESS_LIST,
      TX_Y_PARITY, TX_R, TX_S}},
    {2,
     12,
     {TX_CHAIN_ID, TX_NONCE, TX_MAX_PRIORITY_FEE, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT,
      TX_ACCESS_LIST, TX_Y_PARITY, TX_R, TX_S}},
    {3,
     14,
     {TX_CHAIN_ID, TX_NONCE, TX_MAX_PRIORITY_FEE, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT,
      TX_ACCESS_LIST, TX_MAX_BLOB_FEE, TX_BLOB_HASHES, TX_Y_PARITY, TX_R, TX_S}},
    {4,
     13,
     {TX_CHAIN_ID, TX_NONCE, TX_MAX_PRIORITY_FEE, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT,
      TX_ACCESS_LIST, TX_AUTHORIZATIONS, TX_Y_PARITY, TX_R, TX_S}},
    {0x64, 5, {TX_CHAIN_ID, TX_REQUEST_ID, TX_FROM, TX_TO, TX_VALUE}},
    {0x65, 8, {TX_CHAIN_ID, TX_FROM, TX_NONCE, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT}},
    {0x66, 8, {TX_CHAIN_ID, TX_REQUEST_ID, TX_FROM, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT}},
    {0x68,
     12,
     {TX_CHAIN_ID, TX_NONCE, TX_FROM, TX_MAX_FEE, TX_GAS, TX_TO, TX_VALUE, TX_INPUT, TX_TICKET_ID,
      TX_REFUND_TO, TX_MAX_REFUND, TX_SUBMISSION_FEE_REFUND}},
    {0x69,
     13,
     {TX_CHAIN_ID, TX_REQUEST_ID, TX_FROM, TX_L1_BASE_FEE, TX_BRIDGED_VALUE, TX_MAX_FEE, TX_GAS,
      TX_RETRY_TO, TX_RETRY_VALUE, TX_BENEFICIARY, TX_MAX_SUBMISSION_FEE, TX_REFUND_TO,
      TX_RETRY_DATA}},
    {0x6a, 2, {TX_CHAIN_ID, TX_INPUT}},
    {EVM_TYPE_BRIDGE,
     8,
     {TX_SOURCE_HASH, TX_FROM, TX_TO, TX_MINT, TX_VALUE, TX_GAS, TX_IS_SYSTEM, TX_INPUT}},
};

static const struct form *form_of(uint64_t type) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].type == type) {
            return &forms[i];
        }
    }
    return NULL;
}

/* ---- from JSON to parts */

/* Numbers may have any number of digits and leading zeros: nodes do not agree about signatures. */
static void read_hex(struct json_reader *reader, bool is_number, struct buf *raw) {
    struct str text = json_read_str(reader);
    raw->len = 0;
    if (!str_starts_with(text, STR("0x")) || (text.len % 2 != 0 && !is_number)) {
        json_fail(reader, "a transaction's field is not hex");
        return;
    }
    text = str_slice(text, 2, text.len);
    if (text.len % 2 != 0) {
        buf_put_char(raw, (char)hex_digit(text.ptr[0]));
        if (hex_digit(text.ptr[0]) < 0) {
            json_fail(reader, "a transaction's field is not hex");
        }
        text = str_slice(text, 1, text.len);
    }
    while (text.len > 0) {
        uint8_t chunk[CHUNK_BYTES];
        size_t size = text.len / 2 < sizeof chunk ? text.len / 2 : sizeof chunk;
        if (!hex_decode(str_slice(text, 0, 2 * size), chunk, size)) {
            json_fail(reader, "a transaction's field is not hex");
            return;
        }
        buf_put(raw, chunk, size);
        text = str_slice(text, 2 * size, text.len);
    }
}

static void read_data_list(struct evm_tx_reader *self, struct json_reader *reader, struct buf *to) {
    size_t list = rlp_list_begin(to);
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_hex(reader, false, &self->raw);
        rlp_put_bytes(to, buf_bytes(&self->raw));
    }
    rlp_list_end(to, list);
}

static bool is_list(enum part_kind kind) {
    return kind == PART_DATA_LIST || kind == PART_ACCESS_LIST || kind == PART_AUTHORIZATIONS;
}

static void put_nothing(struct buf *to, enum part_kind kind) {
    if (is_list(kind)) {
        rlp_list_end(to, rlp_list_begin(to));
    } else {
        rlp_put_bytes(to, (struct bytes){0});
    }
}

static void read_flat(struct evm_tx_reader *self, struct json_reader *reader, enum part_kind kind,
                      struct buf *to) {
    if (kind == PART_DATA_LIST) {
        read_data_list(self, reader, to);
    } else if (kind == PART_BOOL) {
        rlp_put_u64(to, json_read_bool(reader));
    } else {
        read_hex(reader, kind == PART_NUMBER, &self->raw);
        struct bytes bytes = buf_bytes(&self->raw);
        if (kind == PART_NUMBER) {
            rlp_put_number(to, bytes);
        } else {
            rlp_put_bytes(to, bytes);
        }
    }
}

static void put_part(struct buf *to, const struct evm_tx_parts *parts, size_t part,
                     enum part_kind kind) {
    if (parts->of[part].len == 0) {
        put_nothing(to, kind);
    } else if (!parts->bytes.failed) {
        buf_put(to, parts->bytes.ptr + parts->of[part].at, parts->of[part].len);
    }
}

/* The part that the key names; shape.count if it names none. */
static size_t part_named(struct shape shape, struct str key) {
    size_t part = 0;
    while (part < shape.count && !str_eq(key, shape.parts[part].name)) {
        part++;
    }
    return part;
}

static void parts_clear(struct evm_tx_parts *parts) {
    parts->bytes.len = 0;
    memset(parts->of, 0, sizeof parts->of);
}

/* A list of objects, none of whose parts is such a list itself. */
static void read_objects(struct evm_tx_reader *self, struct json_reader *reader, struct shape shape,
                         struct buf *to) {
    size_t list = rlp_list_begin(to);
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_tx_parts *parts = &self->item;
        parts_clear(parts);
        struct str key;
        json_object_begin(reader);
        while (json_object_next(reader, &key)) {
            size_t part = part_named(shape, key);
            if (part < shape.count && !json_take_null(reader)) {
                parts->of[part].at = parts->bytes.len;
                read_flat(self, reader, shape.parts[part].kind, &parts->bytes);
                parts->of[part].len = parts->bytes.len - parts->of[part].at;
            }
        }
        size_t item = rlp_list_begin(to);
        for (size_t part = 0; part < shape.count; part++) {
            put_part(to, parts, part, shape.parts[part].kind);
        }
        rlp_list_end(to, item);
    }
    rlp_list_end(to, list);
}

static void read_part(struct evm_tx_reader *self, struct json_reader *reader, size_t part) {
    struct buf *to = &self->tx.bytes;
    enum part_kind kind = tx_parts[part].kind;
    self->tx.of[part].at = to->len;
    switch (kind) {
    case PART_ACCESS_LIST:
        read_objects(self, reader, SHAPE_OF(access_parts), to);
        break;
    case PART_AUTHORIZATIONS:
        read_objects(self, reader, SHAPE_OF(authorization_parts), to);
        break;
    case PART_NUMBER:
    case PART_DATA:
    case PART_BOOL:
    case PART_DATA_LIST:
        read_flat(self, reader, kind, to);
        break;
    }
    self->tx.of[part].len = to->len - self->tx.of[part].at;
}

/* ---- from parts to what we need */

/* The bytes of a short string part, right-aligned in `size` bytes for numbers; false if it is
 * longer or shorter than it may be. */
static bool take_part(const struct evm_tx_parts *parts, enum tx_part part, uint8_t *ret_bytes,
                      size_t size) {
    if (parts->bytes.failed || parts->of[part].len == 0) {
        return false;
    }
    struct bytes code = {.ptr = (const uint8_t *)parts->bytes.ptr + parts->of[part].at,
                         .len = parts->of[part].len};
    if (code.ptr[0] >= 0x80) { /* else a byte stands for itself */
        code.ptr++;
        code.len--;
    }
    bool is_number = tx_parts[part].kind == PART_NUMBER;
    if (code.len > size || (code.len < size && !is_number)) {
        return false;
    }
    memset(ret_bytes, 0, size);
    memcpy(ret_bytes + size - code.len, code.ptr, code.len);
    return true;
}

static bool take_u64(const struct evm_tx_parts *parts, enum tx_part part, uint64_t *ret_value) {
    uint8_t bytes[sizeof *ret_value] = {0};
    *ret_value = 0;
    if (parts->of[part].len > 0 && !take_part(parts, part, bytes, sizeof bytes)) {
        return false;
    }
    *ret_value = u64_load_be(bytes);
    return true;
}

/* An empty "to" is as good as none: a contract is created. */
static bool has_address(const struct evm_tx_parts *parts, enum tx_part part) {
    return parts->of[part].len > 1;
}

static bool take_tx(const struct evm_tx_parts *parts, struct evm_tx *ret_tx) {
    struct evm_tx tx = {.has_to = has_address(parts, TX_TO)};
    if (!take_part(parts, TX_HASH, tx.hash.bytes, sizeof tx.hash.bytes) ||
        !take_part(parts, TX_VALUE, tx.value.bytes, sizeof tx.value.bytes) ||
        !take_u64(parts, TX_INDEX, &tx.index) || !take_u64(parts, TX_TYPE, &tx.type)) {
        return false;
    }
    if (tx.has_to && !take_part(parts, TX_TO, tx.to.bytes, sizeof tx.to.bytes)) {
        return false;
    }
    if (has_address(parts, TX_FROM) &&
        !take_part(parts, TX_FROM, tx.from.bytes, sizeof tx.from.bytes)) {
        return false;
    }
    *ret_tx = tx;
    return true;
}

/* ---- from parts to the chain's bytes */

static void write_code(struct evm_tx_reader *self, const struct form *form) {
    struct evm_tx_parts *parts = &self->tx;
    if (parts->of[TX_Y_PARITY].len == 0) { /* older nodes write it as v */
        parts->of[TX_Y_PARITY] = parts->of[TX_V];
    }
    self->code.len = 0;
    if (form->type != EVM_TYPE_LEGACY) {
        buf_put_char(&self->code, (char)form->type);
    }
    size_t list = rlp_list_begin(&self->code);
    for (size_t i = 0; i < form->count; i++) {
        put_part(&self->code, parts, form->parts[i], tx_parts[form->parts[i]].kind);
    }
    rlp_list_end(&self->code, list);
}

static void commit(struct evm_tx_reader *self, const struct evm_tx *tx) {
    struct evm_tx_commitment *commitment = &self->commitment;
    const struct form *form = form_of(tx->type);
    if (form == NULL && commitment->is_whole) {
        commitment->is_whole = false;
        commitment->unknown_type = tx->type;
    }
    if (form == NULL || !commitment->is_whole) {
        return;
    }
    write_code(self, form);
    uint8_t hash[HASH_256_BYTES];
    hash_keccak256(buf_bytes(&self->code), hash);
    if (memcmp(hash, tx->hash.bytes, HASH_256_BYTES) != 0) {
        commitment->hashes_fit = false;
    }
    if (!self->code.failed) {
        trie_root_add(&self->root, buf_bytes(&self->code));
    }
}

void evm_tx_reader_init(struct evm_tx_reader *self, struct arena *arena) {
    parts_clear(&self->tx);
    parts_clear(&self->item);
    self->tx.bytes = buf_in(arena);
    self->item.bytes = buf_in(arena);
    self->raw = buf_in(arena);
    self->code = buf_in(arena);
    trie_root_init(&self->root, arena);
    self->commitment = (struct evm_tx_commitment){.is_whole = true, .hashes_fit = true};
}

void evm_tx_read(struct evm_tx_reader *self, struct json_reader *reader, struct evm_tx *ret_tx) {
    parts_clear(&self->tx);
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        size_t part = part_named(SHAPE_OF(tx_parts), key);
        if (part < TX_PARTS && !json_take_null(reader)) {
            read_part(self, reader, part);
        } /* else json_object_next passes over it */
    }
    if (json_failed(reader) || !take_tx(&self->tx, ret_tx)) {
        json_fail(reader,
                  "a transaction lacks its hash or value, or one of its fields is too long");
        return;
    }
    commit(self, ret_tx);
}

bool evm_tx_reader_finish(struct evm_tx_reader *self, struct evm_tx_commitment *ret_commitment) {
    bool has_failed =
        self->tx.bytes.failed || self->item.bytes.failed || self->raw.failed || self->code.failed;
    if (has_failed || !trie_root_finish(&self->root, self->commitment.root.bytes)) {
        return false;
    }
    *ret_commitment = self->commitment;
    return true;
}
