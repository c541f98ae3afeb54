/* SPDX-License-Identifier: MIT */
#include "adapters/chain_tron/log_json.h"

#include <string.h>

#include "base/arena.h"

enum { LOGS_FIRST = 16, FRAME_TOP = 1 /* frame 0 is the transaction's own transfer */ };

/* ---- the parts of a log */

static void read_topics(struct json_reader *reader, struct tron_log *log) {
    log->topic_count = 0;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        if (log->topic_count == TRON_TOPICS_MAX) {
            json_fail(reader, "a log has more than four topics");
            return;
        }
        api_read_hash(reader, log->topics[log->topic_count++]);
    }
}

/* Only one word is of interest, but its length is. */
static void read_data(struct json_reader *reader, struct tron_log *log) {
    struct str hex = api_bare_hex(json_read_str(reader));
    log->data_bytes = hex.len / 2;
    size_t kept = log->data_bytes < sizeof log->data ? log->data_bytes : sizeof log->data;
    if (hex.len % 2 != 0 || !hex_decode(str_slice(hex, 0, 2 * kept), log->data, kept)) {
        json_fail(reader, "the data of a log are not hex");
    }
}

static void read_address(struct json_reader *reader, struct tron_log *log) {
    if (!tron_address_read(json_read_str(reader), &log->address)) {
        json_fail(reader, "the address of a log is none");
    }
}

/* ---- eth_getLogs */

enum log_field {
    LOG_ADDRESS = 1u << 0,
    LOG_TOPICS = 1u << 1,
    LOG_DATA = 1u << 2,
    LOG_BLOCK = 1u << 3,
    LOG_HEIGHT = 1u << 4,
    LOG_TXID = 1u << 5,
    LOG_INDEX = 1u << 6,
    LOG_FIELDS = (1u << 7) - 1,
};

static uint32_t read_log_field(struct json_reader *reader, struct str key, struct tron_log *log) {
    if (str_eq(key, STR("address"))) {
        read_address(reader, log);
        return LOG_ADDRESS;
    }
    if (str_eq(key, STR("topics"))) {
        read_topics(reader, log);
        return LOG_TOPICS;
    }
    if (str_eq(key, STR("data"))) {
        read_data(reader, log);
        return LOG_DATA;
    }
    if (str_eq(key, STR("blockHash"))) {
        api_read_hash(reader, log->block.bytes);
        return LOG_BLOCK;
    }
    if (str_eq(key, STR("blockNumber"))) {
        log->height = api_read_quantity(reader);
        return LOG_HEIGHT;
    }
    if (str_eq(key, STR("transactionHash"))) {
        api_read_hash(reader, log->txid.bytes);
        return LOG_TXID;
    }
    if (str_eq(key, STR("logIndex"))) {
        log->log_index = api_read_quantity(reader);
        return LOG_INDEX;
    }
    if (str_eq(key, STR("transactionIndex"))) {
        log->tx_index = (size_t)api_read_quantity(reader);
    } else if (str_eq(key, STR("removed")) && !json_take_null(reader)) {
        log->is_removed = json_read_bool(reader);
    } else {
        json_skip_value(reader);
    }
    return 0;
}

static void read_log(struct json_reader *reader, struct log_decoder *decoder) {
    struct tron_log log = {.log_index = -1};
    uint32_t fields = 0;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        fields |= read_log_field(reader, key, &log);
    }
    if (json_failed(reader)) {
        return;
    }
    if (fields != LOG_FIELDS) {
        json_fail(reader, "a log lacks a field");
        return;
    }
    decoder->count++;
    const char *why = decoder->visit(decoder->context, &log);
    if (why != NULL) {
        json_fail(reader, why);
    }
}

void logs_decode(struct json_reader *reader, void *log_decoder) {
    struct log_decoder *decoder = log_decoder;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_log(reader, decoder);
    }
}

/* ---- gettransactioninfobyblocknum */

struct payment {
    uint32_t frame;
    struct tron_address to;
    int64_t amount_sun;
};

/* One TransactionInfo, whose id may come behind its logs. */
struct info {
    struct txid txid;
    bool has_txid;
    int64_t height;
    struct tron_log *logs;
    size_t log_count;
    size_t log_cap;
    struct payment *payments;
    size_t payment_count;
    size_t payment_cap;
};

static void *room_for(struct arena *arena, void *items, size_t item_bytes, size_t count,
                      size_t *cap) {
    if (count < *cap) {
        return items;
    }
    size_t larger = *cap == 0 ? LOGS_FIRST : *cap * 2;
    void *memory = arena_try_alloc(arena, larger * item_bytes);
    if (memory != NULL && count > 0) {
        memcpy(memory, items, count * item_bytes);
    }
    *cap = memory == NULL ? 0 : larger;
    return memory;
}

static void read_info_log(struct json_reader *reader, struct info_decoder *decoder,
                          struct info *info) {
    info->logs =
        room_for(decoder->scratch, info->logs, sizeof *info->logs, info->log_count, &info->log_cap);
    if (info->logs == NULL) {
        json_fail(reader, "there are too many logs");
        return;
    }
    struct tron_log *log = &info->logs[info->log_count++];
    *log = (struct tron_log){.log_index = -1};
    bool has_address = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("address"))) {
            read_address(reader, log);
            has_address = true;
        } else if (str_eq(key, STR("topics"))) {
            read_topics(reader, log);
        } else if (str_eq(key, STR("data"))) {
            read_data(reader, log);
        } else {
            json_skip_value(reader);
        }
    }
    if (!has_address) {
        json_fail(reader, "a log has no address");
    }
}

/* TRX of one internal call; what names a token is TRC-10. */
static int64_t read_call_values(struct json_reader *reader) {
    int64_t sum = 0;
    json_array_begin(reader);
    while (json_array_next(reader)) {
        int64_t value = 0;
        bool is_token = false;
        struct str key;
        json_object_begin(reader);
        while (json_object_next(reader, &key)) {
            if (str_eq(key, STR("callValue"))) {
                value = json_read_i64(reader);
            } else {
                is_token = is_token || str_eq(key, STR("tokenId"));
                json_skip_value(reader);
            }
        }
        if (!is_token && (value < 0 || sum > INT64_MAX - value)) {
            json_fail(reader, "an internal transaction has no possible value");
            return 0;
        }
        sum += is_token ? 0 : value;
    }
    return sum;
}

static void read_internal(struct json_reader *reader, struct info_decoder *decoder,
                          struct info *info, uint32_t frame) {
    struct payment payment = {.frame = frame};
    bool has_to = false;
    bool is_rejected = false;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("transferTo_address"))) {
            has_to = tron_address_read(json_read_str(reader), &payment.to);
        } else if (str_eq(key, STR("callValueInfo"))) {
            payment.amount_sun = read_call_values(reader);
        } else if (str_eq(key, STR("rejected"))) {
            is_rejected = json_read_bool(reader);
        } else {
            json_skip_value(reader);
        }
    }
    if (!decoder->takes_internal || !has_to || is_rejected || payment.amount_sun == 0) {
        return;
    }
    info->payments = room_for(decoder->scratch, info->payments, sizeof *info->payments,
                              info->payment_count, &info->payment_cap);
    if (info->payments == NULL) {
        json_fail(reader, "there are too many internal transactions");
        return;
    }
    info->payments[info->payment_count++] = payment;
}

static const char *add_payments(struct info_decoder *decoder, const struct info *info) {
    for (size_t i = 0; i < info->payment_count; i++) {
        const struct payment *payment = &info->payments[i];
        if (!tron_block_add_native(decoder->block, decoder->rules, &info->txid, payment->frame,
                                   &payment->to, payment->amount_sun)) {
            return "there are too many transfers";
        }
    }
    return NULL;
}

/* Why the info does not belong to the block, or NULL once it has been taken. */
static const char *take_info(struct info_decoder *decoder, const struct info *info) {
    struct tron_block *block = decoder->block;
    struct tron_tx *tx =
        info->has_txid ? tron_block_find_tx(block, &info->txid, decoder->count) : NULL;
    if (tx == NULL || tx->has_info || info->height != block->header.height) {
        return "a transaction's result does not belong to the block";
    }
    tx->has_info = true;
    for (size_t i = 0; i < info->log_count; i++) {
        struct tron_log *log = &info->logs[i];
        log->txid = info->txid;
        log->block = block->header.hash;
        log->height = block->header.height;
        log->tx_index = (size_t)(tx - block->txs);
        const char *why = tron_block_add_log(block, decoder->rules, log);
        if (why != NULL) {
            return why;
        }
    }
    decoder->count++;
    return tx->is_paying ? add_payments(decoder, info) : NULL;
}

static void read_info(struct json_reader *reader, struct info_decoder *decoder) {
    struct info info = {.height = -1};
    uint32_t frame = FRAME_TOP;
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        if (str_eq(key, STR("id"))) {
            api_read_hash(reader, info.txid.bytes);
            info.has_txid = true;
        } else if (str_eq(key, STR("blockNumber"))) {
            info.height = json_read_i64(reader);
        } else if (str_eq(key, STR("log"))) {
            json_array_begin(reader);
            while (json_array_next(reader)) {
                read_info_log(reader, decoder, &info);
            }
        } else if (str_eq(key, STR("internal_transactions"))) {
            json_array_begin(reader);
            while (json_array_next(reader)) {
                read_internal(reader, decoder, &info, frame++);
            }
        } else {
            json_skip_value(reader);
        }
    }
    const char *why = json_failed(reader) ? NULL : take_info(decoder, &info);
    if (why != NULL) {
        json_fail(reader, why);
    }
}

static void read_error(struct json_reader *reader, struct info_decoder *decoder) {
    struct str key;
    json_object_begin(reader);
    while (json_object_next(reader, &key)) {
        api_skip_or_error(reader, key, decoder->error);
    }
}

void infos_decode(struct json_reader *reader, struct info_decoder *decoder) {
    if (json_peek(reader) == JSON_OBJECT_BEGIN) {
        read_error(reader, decoder);
        return;
    }
    json_array_begin(reader);
    while (json_array_next(reader)) {
        read_info(reader, decoder);
    }
}

bool infos_are_whole(const struct info_decoder *decoder) {
    return decoder->count == decoder->block->tx_count;
}
