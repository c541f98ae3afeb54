/* SPDX-License-Identifier: MIT */
#include "tron_answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "core/asset.h"
#include "core/error.h"
#include "support/json_trace.h"

enum { HEIGHT = 1000, TIME_MS_HIGH = 1700000000 };

static void put_varint(struct buf *buf, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        buf_put_char(buf, (char)(value | 0x80));
    }
    buf_put_char(buf, (char)value);
}

static void put_number(struct buf *buf, unsigned field, uint64_t value) {
    put_varint(buf, field << 3);
    put_varint(buf, value);
}

static void put_bytes(struct buf *buf, unsigned field, struct bytes bytes) {
    put_varint(buf, field << 3 | 2);
    put_varint(buf, bytes.len);
    buf_put(buf, bytes.ptr, bytes.len);
}

static struct bytes from_hex(struct arena *arena, const char *hex) {
    size_t len = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(arena, len + 1);
    assert_true(hex_decode(str_from_c(hex), bytes, len));
    return (struct bytes){.ptr = bytes, .len = len};
}

static struct bytes prefixed(struct arena *arena, const char *address) {
    return from_hex(arena, arena_printf(arena, "41%s", address));
}

static struct bytes raw_of(struct arena *arena, const struct tron_made_tx *tx, size_t at) {
    struct buf value = buf_in(arena);
    put_bytes(&value, 1, prefixed(arena, TRON_CUSTOMER));
    put_bytes(&value, 2, prefixed(arena, tx->to));
    if (tx->amount != 0) {
        put_number(&value, 3, (uint64_t)tx->amount);
    }
    if (tx->input != NULL) {
        put_bytes(&value, 4, from_hex(arena, tx->input));
    }
    struct buf any = buf_in(arena);
    put_bytes(&any, 1, bytes_from_str(STR("type.googleapis.com/protocol.Some")));
    put_bytes(&any, 2, buf_bytes(&value));
    struct buf contract = buf_in(arena);
    put_number(&contract, 1, tx->kind);
    put_bytes(&contract, 2, buf_bytes(&any));
    struct buf raw = buf_in(arena);
    put_bytes(&raw, 11, buf_bytes(&contract));
    put_number(&raw, 14, at + 1);
    return buf_bytes(&raw);
}

static void put_tx(struct arena *arena, struct buf *json, struct tron_tree *tree,
                   const struct tron_made_tx *tx, size_t at, struct txid *ret_txid) {
    struct bytes raw = raw_of(arena, tx, at);
    uint32_t result = 0;
    assert_true(tron_result_by_name(str_from_c(tx->result), &result));
    static const uint8_t signature[65] = {1, 2, 3};
    struct buf whole = buf_in(arena);
    tron_put_raw(&whole, raw);
    tron_put_signature(&whole, BYTES_OF(signature));
    tron_put_result(&whole, 0, result);
    tron_tree_add(tree, buf_bytes(&whole));
    hash_sha256(raw, ret_txid->bytes);
    buf_putf(json,
             "%s{\"ret\":[{\"contractRet\":\"%s\"}],\"signature\":[\"%.*s\"],\"txID\":\"%.*s\","
             "\"raw_data\":{\"contract\":[]},\"raw_data_hex\":\"%.*s\"}",
             at == 0 ? "" : ",", tx->result, STR_ARG(hex_encode(arena, BYTES_OF(signature))),
             STR_ARG(hex_encode(arena, BYTES_OF(ret_txid->bytes))),
             STR_ARG(hex_encode(arena, raw)));
}

struct tron_made tron_make(struct arena *arena, const struct tron_made_tx *txs, size_t count) {
    struct tron_made made = {0};
    struct tron_tree tree = {0};
    struct tron_header header = {
        .number = HEIGHT, .timestamp = (int64_t)TIME_MS_HIGH * 1000, .version = 30};
    u64_store_be(header.parent.bytes, HEIGHT - 1);
    struct buf list = buf_in(arena);
    for (size_t i = 0; i < count; i++) {
        put_tx(arena, &list, &tree, &txs[i], i, &made.txids[i]);
    }
    tron_tree_root(&tree, header.tx_root);
    made.hash = tron_header_id(&header);
    struct buf json = buf_in(arena);
    buf_putf(&json,
             "{\"blockID\":\"%.*s\",\"block_header\":{\"raw_data\":{\"number\":%d,"
             "\"txTrieRoot\":\"%.*s\",\"parentHash\":\"%.*s\",\"version\":30,"
             "\"timestamp\":%lld},\"witness_signature\":\"00\"}",
             STR_ARG(hex_encode(arena, BYTES_OF(made.hash.bytes))), HEIGHT,
             STR_ARG(hex_encode(arena, BYTES_OF(header.tx_root))),
             STR_ARG(hex_encode(arena, BYTES_OF(header.parent.bytes))),
             (long long)header.timestamp);
    if (count > 0) {
        buf_putf(&json, ",\"transactions\":[%.*s]", STR_ARG(buf_str(&list)));
    }
    buf_putf(&json, "}");
    made.json = buf_str(&json);
    return made;
}

const struct tron_rules *tron_test_rules(void) {
    static struct tron_rules rules;
    rules.coin = asset_by_code(STR("TRX"));
    struct result named =
        token_from_text(rules.coin->network, STR("USDT_TRC20"),
                        STR("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t:6"), &rules.tokens.tokens[0]);
    assert_true(result_is_ok(named));
    rules.tokens.count = 1;
    return &rules;
}

struct result tron_decode(struct arena *arena, struct str json, size_t piece,
                          struct tron_block **ret_block) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(64 << 20);
    size_t size = piece ? piece : json.len;
    struct json_pieces pieces = {.rest = bytes_from_str(json), .first = size, .then = size};
    struct json_reader reader;
    json_reader_init_source(&reader, scratch, json_pieces_source(&pieces), json_limits_default);
    struct api_error error = {0};
    struct block_decoder decoder = {
        .rules = tron_test_rules(),
        .scratch = scratch,
        .block = tron_block_new(),
        .error = &error,
    };
    tron_block_decode(&reader, &decoder);
    struct block_header header;
    struct result checked = {.code = &ERR_NODE_ANSWER};
    if (json_reader_finish(&reader)) {
        checked = tron_block_check(&decoder, &header);
    } else {
        checked.detail = arena_printf(arena, "%s", json_reader_error(&reader));
    }
    json_pieces_release(&pieces);
    *ret_block = decoder.block;
    if (!result_is_ok(checked)) {
        tron_block_free(decoder.block);
        *ret_block = NULL;
    }
    return checked;
}

struct tron_block *tron_made_block(struct arena *arena, const struct tron_made_tx *txs,
                                   size_t count, struct tron_made *ret_made) {
    struct tron_block *block = NULL;
    *ret_made = tron_make(arena, txs, count);
    struct result decoded = tron_decode(arena, ret_made->json, 0, &block);
    if (!result_is_ok(decoded)) {
        fail_msg("%s", result_text(decoded));
    }
    return block;
}

struct tron_log tron_made_log(const struct tron_made *made, size_t tx, uint8_t units) {
    struct tron_log log = {
        .block = made->hash,
        .txid = made->txids[tx],
        .height = HEIGHT,
        .log_index = -1,
        .tx_index = tx,
        .topic_count = 3,
        .data_bytes = HASH_256_BYTES,
    };
    log.data[HASH_256_BYTES - 1] = units;
    assert_true(tron_address_read(STR(TRON_USDT), &log.address));
    assert_true(hex_decode(STR(TRON_TRANSFER_EVENT), log.topics[0], HASH_256_BYTES));
    assert_true(hex_decode(STR(TRON_PADDING TRON_CUSTOMER), log.topics[1], HASH_256_BYTES));
    assert_true(hex_decode(STR(TRON_PADDING TRON_SHOP), log.topics[2], HASH_256_BYTES));
    return log;
}

const char *tron_outputs(struct arena *arena, const struct tron_block *block) {
    struct buf text = buf_in(arena);
    buf_puts(&text, "");
    for (size_t i = 0; i < block->output_count; i++) {
        const struct chain_output *output = &block->outputs[i];
        struct str to = hex_encode(arena, script_bytes(&output->program));
        buf_putf(&text, "%.*s %s to %.*s at %x\n", STR_ARG(amount_to_text(arena, output->amount)),
                 output->amount.asset->code, STR_ARG(str_slice(to, to.len - 6, to.len)),
                 output->ordinal);
    }
    return str_to_c(arena, buf_str(&text));
}

struct str tron_with(struct arena *arena, struct str text, const char *from, const char *to) {
    const char *at = memmem(text.ptr, text.len, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - text.ptr);
    struct buf changed = buf_in(arena);
    buf_put_str(&changed, str_slice(text, 0, before));
    buf_puts(&changed, to);
    buf_put_str(&changed, str_slice(text, before + strlen(from), text.len));
    return buf_str(&changed);
}
