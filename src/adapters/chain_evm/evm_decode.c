/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_decode.h"

#include "adapters/chain_evm/evm_hex.h"
#include "adapters/chain_evm/evm_tx_read.h"
#include "base/arena.h"

/* A list that grows as the answer comes. */
struct list {
    struct arena *arena;
    void *items;
    size_t count;
    size_t cap;
};

/* The next item, zeroed; NULL past the arena's limit, and the reader has failed. */
static void *list_add(struct list *list, struct json_reader *reader, size_t item_bytes) {
    if (list->count == list->cap) {
        size_t cap = list->cap > 0 ? 2 * list->cap : 4;
        uint8_t *items = arena_try_alloc(list->arena, cap * item_bytes);
        if (items == NULL) {
            json_fail(reader, "the answer takes more memory than it may");
            return NULL;
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * item_bytes);
        }
        list->items = items;
        list->cap = cap;
    }
    return (uint8_t *)list->items + item_bytes * list->count++;
}

/* ---- fields by name */

/* What an object's field is and where it goes. A field that must be there and is not fails. */
enum field_kind { FIELD_U64, FIELD_NUMBER, FIELD_DATA, FIELD_BYTES };

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset; /* in the struct */
    size_t size;   /* FIELD_DATA */
    bool is_needed;
    uint32_t bit; /* set in the caller's mask when it is there */
};

struct fields {
    const struct field *list;
    size_t count;
    struct arena *arena; /* for FIELD_BYTES */
};

#define FIELDS(array, where)                                                                       \
    ((struct fields){                                                                              \
        .list = (array), .count = sizeof(array) / sizeof((array)[0]), .arena = (where)})

/* True if the key is one of the fields; its value is taken. A null is as good as no field. */
static bool take_field(struct json_reader *reader, struct str key, struct fields fields, void *to,
                       uint64_t *seen) {
    for (size_t i = 0; i < fields.count; i++) {
        const struct field *field = &fields.list[i];
        if (!str_eq(key, str_from_c(field->name))) {
            continue;
        }
        if (json_take_null(reader)) {
            return true;
        }
        *seen |= UINT64_C(1) << i;
        uint8_t *at = (uint8_t *)to + field->offset;
        switch (field->kind) {
        case FIELD_U64:
            *(uint64_t *)(void *)at = evm_read_u64(reader);
            break;
        case FIELD_NUMBER:
            evm_read_number(reader, (struct evm_word *)(void *)at);
            break;
        case FIELD_DATA:
            evm_read_data(reader, at, field->size);
            break;
        case FIELD_BYTES:
            *(struct bytes *)(void *)at = evm_read_bytes(reader, fields.arena);
            break;
        }
        return true;
    }
    return false;
}

/* The bits of what was there; fails if something needed was not. */
static uint32_t judge_fields(struct json_reader *reader, struct fields fields, uint64_t seen) {
    uint32_t bits = 0;
    for (size_t i = 0; i < fields.count; i++) {
        bool is_there = (seen >> i & 1) != 0;
        if (!is_there && fields.list[i].is_needed) {
            json_fail(reader, "a field is missing that must be there");
        }
        bits |= is_there ? fields.list[i].bit : 0;
    }
    return bits;
}

#define NEED_U64(type, key, member)                                                                \
    { key, FIELD_U64, offsetof(type, member), 0, true, 0 }
#define NEED_NUMBER(type, key, member)                                                             \
    { key, FIELD_NUMBER, offsetof(type, member), 0, true, 0 }
#define NEED_DATA(type, key, member)                                                               \
    { key, FIELD_DATA, offsetof(type, member), sizeof(((type *)0)->member), true, 0 }
#define MAY_U64(type, key, member, flag)                                                           \
    { key, FIELD_U64, offsetof(type, member), 0, false, flag }
#define MAY_NUMBER(type, key, member, flag)                                                        \
    { key, FIELD_NUMBER, offsetof(type, member), 0, false, flag }
#define MAY_DATA(type, key, member, flag)                                                          \
    { key, FIELD_DATA, offsetof(type, member), sizeof(((type *)0)->member), false, flag }

/* ---- transactions */

static void read_txs(struct json_reader *reader, struct evm_block_decoder *decoder) {
    struct list txs = {.arena = decoder->arena};
    struct evm_tx_reader *tx_reader = arena_try_alloc(decoder->arena, sizeof(*tx_reader));
    if (tx_reader == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return;
    }
    evm_tx_reader_init(tx_reader, decoder->arena);
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_tx *tx = list_add(&txs, reader, sizeof(*tx));
        if (tx == NULL) {
            return;
        }
        evm_tx_read(tx_reader, reader, tx);
    }
    if (!evm_tx_reader_finish(tx_reader, &decoder->tx_commitment)) {
        json_fail(reader, "the answer takes more memory than it may");
    }
    decoder->txs = txs.items;
    decoder->tx_count = txs.count;
}

/* ---- blocks */

static const struct field header_fields[] = {
    NEED_DATA(struct evm_header, "hash", hash),
    NEED_DATA(struct evm_header, "parentHash", parent),
    NEED_DATA(struct evm_header, "sha3Uncles", uncles_hash),
    NEED_DATA(struct evm_header, "miner", miner),
    NEED_DATA(struct evm_header, "stateRoot", state_root),
    NEED_DATA(struct evm_header, "transactionsRoot", transactions_root),
    NEED_DATA(struct evm_header, "receiptsRoot", receipts_root),
    NEED_DATA(struct evm_header, "logsBloom", bloom),
    NEED_NUMBER(struct evm_header, "difficulty", difficulty),
    NEED_U64(struct evm_header, "number", number),
    NEED_U64(struct evm_header, "gasLimit", gas_limit),
    NEED_U64(struct evm_header, "gasUsed", gas_used),
    NEED_U64(struct evm_header, "timestamp", timestamp_s),
    {"extraData", FIELD_BYTES, offsetof(struct evm_header, extra), 0, true, 0},
    MAY_DATA(struct evm_header, "mixHash", mix_hash, 0),
    MAY_DATA(struct evm_header, "nonce", nonce, 0),
    MAY_NUMBER(struct evm_header, "baseFeePerGas", base_fee, EVM_HEADER_BASE_FEE),
    MAY_DATA(struct evm_header, "withdrawalsRoot", withdrawals_root, EVM_HEADER_WITHDRAWALS_ROOT),
    MAY_U64(struct evm_header, "blobGasUsed", blob_gas_used, EVM_HEADER_BLOB_GAS_USED),
    MAY_U64(struct evm_header, "excessBlobGas", excess_blob_gas, EVM_HEADER_EXCESS_BLOB_GAS),
    MAY_DATA(struct evm_header, "parentBeaconBlockRoot", parent_beacon_root,
             EVM_HEADER_PARENT_BEACON_ROOT),
    MAY_DATA(struct evm_header, "requestsHash", requests_hash, EVM_HEADER_REQUESTS_HASH),
};

void evm_block_decode(struct json_reader *reader, void *context) {
    struct evm_block_decoder *decoder = context;
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return;
    }
    struct fields fields = FIELDS(header_fields, decoder->arena);
    uint64_t seen = 0;
    bool has_txs = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (decoder->takes_txs && str_eq(key, STR("transactions"))) {
            read_txs(reader, decoder);
            has_txs = true;
        } else if (!take_field(reader, key, fields, &decoder->header, &seen)) {
            json_skip_value(reader);
        }
    }
    decoder->header.has = judge_fields(reader, fields, seen);
    if (decoder->takes_txs && !has_txs) {
        json_fail(reader, "a block has no list of transactions");
    }
    /* Both are made into signed numbers, and the time into milliseconds. */
    if (decoder->header.number > INT32_MAX * UINT64_C(1000) ||
        decoder->header.timestamp_s > INT64_MAX / 1000) {
        json_fail(reader, "a block's number or time is too large");
    }
}

void evm_pending_decode(struct json_reader *reader, void *context) {
    struct evm_block_decoder *decoder = context;
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return;
    }
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("transactions"))) {
            read_txs(reader, decoder);
        } else {
            json_skip_value(reader);
        }
    }
}

void evm_is_pending_decode(struct json_reader *reader, void *context) {
    bool *is_pending = context;
    *is_pending = false;
    if (json_take_null(reader)) {
        return;
    }
    struct str key;
    json_object_begin(reader);
    *is_pending = true;
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("blockHash"))) {
            *is_pending = json_take_null(reader);
        } /* else json_object_next passes over it */
    }
}

/* ---- logs */

static const struct field log_fields[] = {
    NEED_DATA(struct evm_placed_log, "address", log.address),
    {"data", FIELD_BYTES, offsetof(struct evm_placed_log, log.data), 0, true, 0},
    MAY_DATA(struct evm_placed_log, "transactionHash", tx, 0),
    MAY_DATA(struct evm_placed_log, "blockHash", block, 0),
    MAY_U64(struct evm_placed_log, "transactionIndex", tx_index, 0),
    MAY_U64(struct evm_placed_log, "logIndex", index, 0),
};

static void read_topics(struct json_reader *reader, struct evm_log *log) {
    json_array_begin(reader);
    while (json_array_next(reader)) {
        if (log->topic_count == EVM_TOPICS_MAX) {
            json_fail(reader, "a log has more than four topics");
            return;
        }
        evm_read_data(reader, log->topics[log->topic_count++].bytes, EVM_WORD_BYTES);
    }
}

static void read_log(struct json_reader *reader, struct arena *arena,
                     struct evm_placed_log *placed) {
    struct fields fields = FIELDS(log_fields, arena);
    uint64_t seen = 0;
    bool has_topics = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("topics"))) {
            read_topics(reader, &placed->log);
            has_topics = true;
        } else if (str_eq(key, STR("removed"))) {
            placed->log.removed = !json_take_null(reader) && json_read_bool(reader);
        } else if (!take_field(reader, key, fields, placed, &seen)) {
            json_skip_value(reader);
        }
    }
    (void)judge_fields(reader, fields, seen);
    if (!has_topics) {
        json_fail(reader, "a log has no topics");
    }
}

void evm_logs_decode(struct json_reader *reader, void *context) {
    struct evm_logs_decoder *decoder = context;
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return;
    }
    struct list logs = {.arena = decoder->arena};
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_placed_log *log = list_add(&logs, reader, sizeof(*log));
        if (log == NULL) {
            return;
        }
        read_log(reader, decoder->arena, log);
    }
    decoder->logs = logs.items;
    decoder->count = logs.count;
}

/* ---- receipts */

enum { RECEIPT_HAS_STATUS = 1u << 8 };

/* A receipt, and what becomes a field of it. */
struct receipt_draft {
    struct evm_receipt receipt;
    uint64_t status;
};

static const struct field receipt_fields[] = {
    NEED_DATA(struct receipt_draft, "transactionHash", receipt.tx),
    NEED_DATA(struct receipt_draft, "blockHash", receipt.block),
    NEED_U64(struct receipt_draft, "transactionIndex", receipt.index),
    MAY_U64(struct receipt_draft, "type", receipt.type, 0),
    MAY_U64(struct receipt_draft, "status", status, RECEIPT_HAS_STATUS),
    MAY_DATA(struct receipt_draft, "root", receipt.root, 0),
    NEED_U64(struct receipt_draft, "cumulativeGasUsed", receipt.cumulative_gas_used),
    MAY_U64(struct receipt_draft, "depositNonce", receipt.bridge_nonce, EVM_RECEIPT_BRIDGE_NONCE),
    MAY_U64(struct receipt_draft, "depositReceiptVersion", receipt.bridge_version,
            EVM_RECEIPT_BRIDGE_VERSION),
};

/* `room`: for the logs of one receipt after another. A block's worth of the smallest logs costs a
 * stranger a few coins, so each receipt keeps no more than what it has. */
static void read_receipt_logs(struct json_reader *reader, struct list *room,
                              struct evm_receipt *receipt) {
    room->count = 0;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_placed_log placed = {0};
        read_log(reader, room->arena, &placed);
        struct evm_log *log = list_add(room, reader, sizeof(*log));
        if (log == NULL) {
            return;
        }
        *log = placed.log;
    }
    struct evm_log *logs = arena_try_alloc(room->arena, (room->count + 1) * sizeof(*logs));
    if (logs == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return;
    }
    if (room->count > 0) {
        memcpy(logs, room->items, room->count * sizeof(*logs));
    }
    receipt->logs = logs;
    receipt->log_count = room->count;
}

static void read_receipt(struct json_reader *reader, struct list *room,
                         struct evm_receipt *ret_receipt) {
    struct receipt_draft draft = {0};
    struct fields fields = FIELDS(receipt_fields, room->arena);
    uint64_t seen = 0;
    bool has_logs = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("logs"))) {
            read_receipt_logs(reader, room, &draft.receipt);
            has_logs = true;
        } else if (!take_field(reader, key, fields, &draft, &seen)) {
            json_skip_value(reader);
        }
    }
    uint32_t has = judge_fields(reader, fields, seen);
    if (!has_logs || draft.status > 1) {
        json_fail(reader, "a receipt has no list of logs, or no status that we know");
    }
    draft.receipt.has = has & (EVM_RECEIPT_BRIDGE_NONCE | EVM_RECEIPT_BRIDGE_VERSION);
    draft.receipt.status = EVM_STATUS_MISSING;
    if ((has & RECEIPT_HAS_STATUS) != 0) {
        draft.receipt.status = draft.status == 1 ? EVM_STATUS_SUCCESS : EVM_STATUS_FAILED;
    }
    *ret_receipt = draft.receipt;
}

void evm_receipts_decode(struct json_reader *reader, void *context) {
    struct evm_receipts_decoder *decoder = context;
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return;
    }
    struct list receipts = {.arena = decoder->arena};
    struct list room = {.arena = decoder->arena};
    json_array_begin(reader);
    while (json_array_next(reader)) {
        struct evm_receipt *receipt = list_add(&receipts, reader, sizeof(*receipt));
        if (receipt == NULL) {
            return;
        }
        read_receipt(reader, &room, receipt);
    }
    decoder->receipts = receipts.items;
    decoder->count = receipts.count;
}

void evm_receipt_decode(struct json_reader *reader, void *context) {
    struct evm_receipts_decoder *decoder = context;
    decoder->is_null = json_take_null(reader);
    if (decoder->is_null) {
        return;
    }
    struct evm_receipt *receipt = arena_try_alloc(decoder->arena, sizeof(*receipt));
    if (receipt == NULL) {
        json_fail(reader, "the answer takes more memory than it may");
        return;
    }
    read_receipt(reader, &(struct list){.arena = decoder->arena}, receipt);
    decoder->receipts = receipt;
    decoder->count = 1;
}
