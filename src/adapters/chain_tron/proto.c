/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/proto.h"

#include <string.h>

#include "base/buf.h"
#include "base/result.h"

/* Field numbers of Tron.proto and its contracts. */
enum {
    HEADER_TIMESTAMP = 1,
    HEADER_TX_ROOT = 2,
    HEADER_PARENT = 3,
    HEADER_NUMBER = 7,
    HEADER_WITNESS_ID = 8,
    HEADER_WITNESS = 9,
    HEADER_VERSION = 10,
    HEADER_ACCOUNT_STATE_ROOT = 11,
    TX_RAW = 1,
    TX_SIGNATURE = 2,
    TX_RESULT = 5,
    RESULT_FEE = 1,
    RESULT_CONTRACT = 3,
    RAW_CONTRACT = 11,
    CONTRACT_TYPE = 1,
    CONTRACT_PARAMETER = 2,
    ANY_VALUE = 2,
    VALUE_OWNER = 1,
    VALUE_TO = 2,
    TRANSFER_AMOUNT = 3,
    CALL_INPUT = 4,
    TYPE_TRANSFER = 1,
    TYPE_CREATION = 30,
    TYPE_CALL = 31,
};

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5, VARINT_BYTES_MAX = 10 };

static const char *const result_names[] = {
    "DEFAULT",
    "SUCCESS",
    "REVERT",
    "BAD_JUMP_DESTINATION",
    "OUT_OF_MEMORY",
    "PRECOMPILED_CONTRACT",
    "STACK_TOO_SMALL",
    "STACK_TOO_LARGE",
    "ILLEGAL_OPERATION",
    "STACK_OVERFLOW",
    "OUT_OF_ENERGY",
    "OUT_OF_TIME",
    "JVM_STACK_OVER_FLOW",
    "UNKNOWN",
    "TRANSFER_FAILED",
    "INVALID_CODE",
};

/* ---- writing: as proto3 does, what is zero is left out */

static void put_varint(struct buf *buf, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        buf_put_char(buf, (char)(value | 0x80));
    }
    buf_put_char(buf, (char)value);
}

static void put_number(struct buf *buf, unsigned field, int64_t value) {
    if (value != 0) {
        put_varint(buf, field << 3 | WIRE_VARINT);
        put_varint(buf, (uint64_t)value);
    }
}

static void put_bytes(struct buf *buf, unsigned field, struct bytes bytes) {
    put_varint(buf, field << 3 | WIRE_BYTES);
    put_varint(buf, bytes.len);
    buf_put(buf, bytes.ptr, bytes.len);
}

struct block_hash tron_header_id(const struct tron_header *header) {
    char memory[TRON_WITNESS_BYTES_MAX + 4 * (HASH_BYTES + 2) + 5 * (VARINT_BYTES_MAX + 1)];
    struct buf buf = buf_over(memory, sizeof memory);
    put_number(&buf, HEADER_TIMESTAMP, header->timestamp);
    put_bytes(&buf, HEADER_TX_ROOT, BYTES_OF(header->tx_root));
    put_bytes(&buf, HEADER_PARENT, BYTES_OF(header->parent.bytes));
    put_number(&buf, HEADER_NUMBER, header->number);
    put_number(&buf, HEADER_WITNESS_ID, header->witness_id);
    if (header->witness_len > 0) {
        put_bytes(&buf, HEADER_WITNESS,
                  (struct bytes){.ptr = header->witness, .len = header->witness_len});
    }
    put_number(&buf, HEADER_VERSION, header->version);
    if (header->has_account_state_root) {
        put_bytes(&buf, HEADER_ACCOUNT_STATE_ROOT, BYTES_OF(header->account_state_root));
    }
    BUG_IF(buf.failed);
    struct block_hash id;
    hash_sha256(buf_bytes(&buf), id.bytes);
    u64_store_be(id.bytes, (uint64_t)header->number);
    return id;
}

int64_t tron_height_of(struct block_hash id) {
    return (int64_t)u64_load_be(id.bytes);
}

bool tron_result_by_name(struct str name, uint32_t *ret_result) {
    for (uint32_t i = 0; i < sizeof result_names / sizeof result_names[0]; i++) {
        if (str_eq(name, str_from_c(result_names[i]))) {
            *ret_result = i;
            return true;
        }
    }
    return false;
}

void tron_put_raw(struct buf *buf, struct bytes raw) {
    put_bytes(buf, TX_RAW, raw);
}

void tron_put_signature(struct buf *buf, struct bytes signature) {
    put_bytes(buf, TX_SIGNATURE, signature);
}

void tron_put_result(struct buf *buf, int64_t fee, uint32_t result) {
    char memory[3 * (VARINT_BYTES_MAX + 1)];
    struct buf inner = buf_over(memory, sizeof memory);
    put_number(&inner, RESULT_FEE, fee);
    put_number(&inner, RESULT_CONTRACT, result);
    put_bytes(buf, TX_RESULT, buf_bytes(&inner));
}

/* ---- the tree */

static void hash_pair(const uint8_t left[HASH_BYTES], const uint8_t right[HASH_BYTES],
                      uint8_t ret_hash[HASH_BYTES]) {
    uint8_t pair[2 * HASH_BYTES];
    memcpy(pair, left, HASH_BYTES);
    memcpy(pair + HASH_BYTES, right, HASH_BYTES);
    hash_sha256(BYTES_OF(pair), ret_hash);
}

void tron_tree_add(struct tron_tree *tree, struct bytes transaction) {
    BUG_IF(tree->count == UINT32_MAX);
    uint8_t hash[HASH_BYTES];
    hash_sha256(transaction, hash);
    size_t level = 0;
    for (; tree->count >> level & 1; level++) {
        hash_pair(tree->waiting[level], hash, hash);
    }
    memcpy(tree->waiting[level], hash, HASH_BYTES);
    tree->count++;
}

void tron_tree_root(const struct tron_tree *tree, uint8_t ret_root[HASH_BYTES]) {
    memset(ret_root, 0, HASH_BYTES);
    bool is_started = false;
    for (size_t level = 0; tree->count >> level != 0; level++) {
        bool has_left = tree->count >> level & 1;
        if (has_left && is_started) {
            hash_pair(tree->waiting[level], ret_root, ret_root);
        } else if (has_left) {
            memcpy(ret_root, tree->waiting[level], HASH_BYTES);
            is_started = true;
        }
    }
}

/* ---- reading */

struct proto {
    struct bytes rest;
    bool is_bad;
};

struct proto_field {
    uint64_t number;
    unsigned wire;
    uint64_t value;     /* WIRE_VARINT */
    struct bytes bytes; /* WIRE_BYTES */
};

static uint64_t take_varint(struct proto *proto) {
    uint64_t value = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && i < proto->rest.len; i++) {
        uint8_t byte = proto->rest.ptr[i];
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            proto->rest = (struct bytes){proto->rest.ptr + i + 1, proto->rest.len - i - 1};
            return value;
        }
    }
    proto->is_bad = true;
    return 0;
}

static struct bytes take_bytes(struct proto *proto, uint64_t len) {
    if (proto->is_bad || len > proto->rest.len) {
        proto->is_bad = true;
        return (struct bytes){0};
    }
    struct bytes taken = {.ptr = proto->rest.ptr, .len = (size_t)len};
    proto->rest =
        (struct bytes){.ptr = proto->rest.ptr + taken.len, .len = proto->rest.len - taken.len};
    return taken;
}

/* False at the end, and at what is no field; groups, which nobody writes any more, are none. */
static bool proto_next(struct proto *proto, struct proto_field *ret_field) {
    if (proto->is_bad || proto->rest.len == 0) {
        return false;
    }
    uint64_t tag = take_varint(proto);
    *ret_field = (struct proto_field){.number = tag >> 3, .wire = tag & 7};
    switch (ret_field->wire) {
    case WIRE_VARINT:
        ret_field->value = take_varint(proto);
        break;
    case WIRE_FIXED64:
        (void)take_bytes(proto, 8);
        break;
    case WIRE_BYTES:
        ret_field->bytes = take_bytes(proto, take_varint(proto));
        break;
    case WIRE_FIXED32:
        (void)take_bytes(proto, 4);
        break;
    default:
        proto->is_bad = true;
    }
    return !proto->is_bad;
}

static bool is_number(const struct proto_field *field, uint64_t number) {
    return field->number == number && field->wire == WIRE_VARINT;
}

static bool is_bytes(const struct proto_field *field, uint64_t number) {
    return field->number == number && field->wire == WIRE_BYTES;
}

/* A contract as it is found: of a field that comes twice the last one counts, and the parts of a
 * message that comes twice are joined, as protocol buffers have it. */
struct contract_parts {
    unsigned count;
    uint32_t type;
    struct bytes value;
};

static bool read_parameter(struct bytes input, struct contract_parts *parts) {
    struct proto proto = {.rest = input};
    struct proto_field field;
    while (proto_next(&proto, &field)) {
        if (is_bytes(&field, ANY_VALUE)) {
            parts->value = field.bytes;
        }
    }
    return !proto.is_bad;
}

static bool read_contract(struct bytes input, struct contract_parts *parts) {
    struct proto proto = {.rest = input};
    struct proto_field field;
    while (proto_next(&proto, &field)) {
        if (is_number(&field, CONTRACT_TYPE)) {
            parts->type = (uint32_t)field.value;
        } else if (is_bytes(&field, CONTRACT_PARAMETER) && !read_parameter(field.bytes, parts)) {
            return false;
        }
    }
    return !proto.is_bad;
}

static bool read_raw(struct bytes raw, struct contract_parts *parts) {
    struct proto proto = {.rest = raw};
    struct proto_field field;
    while (proto_next(&proto, &field)) {
        if (is_bytes(&field, RAW_CONTRACT)) {
            parts->count++;
            if (!read_contract(field.bytes, parts)) {
                return false;
            }
        }
    }
    return !proto.is_bad && parts->count == 1;
}

/* Transfers and calls begin alike: who, to whom. */
static bool read_value(struct bytes value, struct tron_contract *contract) {
    struct proto proto = {.rest = value};
    struct proto_field field;
    struct bytes owner = {0};
    struct bytes to = {0};
    while (proto_next(&proto, &field)) {
        if (is_bytes(&field, VALUE_OWNER)) {
            owner = field.bytes;
        } else if (is_bytes(&field, VALUE_TO)) {
            to = field.bytes;
        } else if (is_number(&field, TRANSFER_AMOUNT)) {
            contract->amount = (int64_t)field.value;
        } else if (is_bytes(&field, CALL_INPUT)) {
            contract->input = field.bytes;
        }
    }
    return !proto.is_bad && tron_address_from_bytes(owner, &contract->owner) &&
           tron_address_from_bytes(to, &contract->to);
}

struct tron_contract tron_contract_read(struct bytes raw) {
    static const struct tron_contract unreadable = {.kind = TRON_UNREADABLE};
    struct contract_parts parts = {0};
    if (!read_raw(raw, &parts)) {
        return unreadable;
    }
    struct tron_contract contract = {.kind = TRON_OTHER};
    switch (parts.type) {
    case TYPE_TRANSFER:
        contract.kind = TRON_TRANSFER;
        break;
    case TYPE_CALL:
        contract.kind = TRON_CALL;
        break;
    case TYPE_CREATION:
        contract.kind = TRON_CREATION;
        return contract;
    default:
        return contract;
    }
    return read_value(parts.value, &contract) ? contract : unreadable;
}
