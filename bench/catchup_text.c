/* SPDX-License-Identifier: MIT */
#include "catchup_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "adapters/chain_tron/block_json.h"
#include "adapters/chain_tron/log_json.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "core/asset.h"
#include "core/error.h"
#include "core/hash.h"
#include "rows.h"

enum {
    BLOCK_TEXT_BYTES = 40 << 20,
    LOGS_TEXT_BYTES = 16 << 20,
    SCRATCH_BYTES = 64 << 20,
    WORD_BYTES = 32,
    SIGNATURE_BYTES = 65,
    ADDRESS_BYTES = 21, /* with 41 before it */
    CALL_BYTES = 4 + 2 * WORD_BYTES,
    RAW_BYTES_MAX = 512,
    WIRE_VARINT = 0,
    WIRE_BYTES = 2,
    TYPE_CALL = 31,
    FEE_LIMIT_SUN = 100000000,
    HEADER_VERSION = 30,
};

#define TYPE_URL "type.googleapis.com/protocol.TriggerSmartContract"
#define TRANSFER "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

static const uint8_t usdt[ADDRESS_BYTES] = {0x41, 0xa6, 0x14, 0xf8, 0x03, 0xb6, 0xfd,
                                            0x78, 0x09, 0x86, 0xa4, 0x2c, 0x78, 0xec,
                                            0x9c, 0x7f, 0x77, 0xe6, 0xde, 0xd1, 0x3c};

struct catchup_text catchup_text_new(void) {
    struct catchup_text text = {.memory = malloc(BLOCK_TEXT_BYTES + LOGS_TEXT_BYTES)};
    BUG_IF(text.memory == NULL);
    return text;
}

void catchup_text_free(struct catchup_text *text) {
    free(text->memory);
}

/* ---- making */

struct transfer {
    uint8_t owner[ADDRESS_BYTES];
    uint8_t call[CALL_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
    char raw_memory[RAW_BYTES_MAX];
    struct buf raw;
};

static void put_hex(struct buf *buf, const void *bytes, size_t size) {
    static const char digits[] = "0123456789abcdef";
    char text[2 * RAW_BYTES_MAX];
    const uint8_t *from = bytes;
    BUG_IF(size > RAW_BYTES_MAX);
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[from[i] >> 4];
        text[2 * i + 1] = digits[from[i] & 15];
    }
    buf_put(buf, text, 2 * size);
}

static void put_varint(struct buf *buf, uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        buf_put_char(buf, (char)(value | 0x80));
    }
    buf_put_char(buf, (char)value);
}

static void put_number(struct buf *buf, unsigned field, uint64_t value) {
    put_varint(buf, field << 3 | WIRE_VARINT);
    put_varint(buf, value);
}

static void put_field(struct buf *buf, unsigned field, const void *bytes, size_t size) {
    put_varint(buf, field << 3 | WIRE_BYTES);
    put_varint(buf, size);
    buf_put(buf, bytes, size);
}

/* transfer(to, amount), from an address that follows from the transaction. */
static void transfer_fill(struct transfer *transfer, const struct block_header *header,
                          const struct chain_output *output) {
    transfer->owner[0] = 0x41;
    memcpy(transfer->owner + 1, output->txid.bytes, ADDRESS_BYTES - 1);
    static const uint8_t selector[] = {0xa9, 0x05, 0x9c, 0xbb};
    memset(transfer->call, 0, sizeof transfer->call);
    memcpy(transfer->call, selector, sizeof selector);
    memcpy(transfer->call + 4 + 12, output->program.bytes, SCRIPT_EVM_BYTES);
    amount_to_blob(output->amount, transfer->call + CALL_BYTES - AMOUNT_BLOB_BYTES);
    memset(transfer->signature, output->txid.bytes[0], sizeof transfer->signature);
    char value_memory[RAW_BYTES_MAX];
    char any_memory[RAW_BYTES_MAX];
    char contract_memory[RAW_BYTES_MAX];
    struct buf value = buf_over(value_memory, sizeof value_memory);
    struct buf any = buf_over(any_memory, sizeof any_memory);
    struct buf contract = buf_over(contract_memory, sizeof contract_memory);
    put_field(&value, 1, transfer->owner, ADDRESS_BYTES);
    put_field(&value, 2, usdt, ADDRESS_BYTES);
    put_field(&value, 4, transfer->call, CALL_BYTES);
    put_field(&any, 1, TYPE_URL, sizeof TYPE_URL - 1);
    put_field(&any, 2, value.ptr, value.len);
    put_number(&contract, 1, TYPE_CALL);
    put_field(&contract, 2, any.ptr, any.len);
    struct buf *raw = &transfer->raw;
    *raw = buf_over(transfer->raw_memory, sizeof transfer->raw_memory);
    put_field(raw, 1, output->txid.bytes, 2);
    put_field(raw, 4, output->txid.bytes, 8);
    put_number(raw, 8, (uint64_t)header->time_ms + 60000);
    put_field(raw, 11, contract.ptr, contract.len);
    put_number(raw, 14, (uint64_t)header->time_ms - 3000);
    put_number(raw, 18, FEE_LIMIT_SUN);
    BUG_IF(raw->failed);
}

static void put_tx(struct buf *out, const struct transfer *transfer,
                   const struct block_header *header, const struct txid *txid) {
    buf_put_str(out, STR("{\"ret\":[{\"contractRet\":\"SUCCESS\"}],\"signature\":[\""));
    put_hex(out, transfer->signature, SIGNATURE_BYTES);
    buf_put_str(out, STR("\"],\"txID\":\""));
    put_hex(out, txid->bytes, sizeof txid->bytes);
    buf_put_str(out, STR("\",\"raw_data\":{\"contract\":[{\"parameter\":{\"value\":{\"data\":\""));
    put_hex(out, transfer->call, CALL_BYTES);
    buf_put_str(out, STR("\",\"owner_address\":\""));
    put_hex(out, transfer->owner, ADDRESS_BYTES);
    buf_put_str(out, STR("\",\"contract_address\":\""));
    put_hex(out, usdt, ADDRESS_BYTES);
    buf_put_str(out, STR("\"},\"type_url\":\"" TYPE_URL "\"},\"type\":\"TriggerSmartContract\"}],"
                         "\"ref_block_bytes\":\""));
    put_hex(out, txid->bytes, 2);
    buf_put_str(out, STR("\",\"ref_block_hash\":\""));
    put_hex(out, txid->bytes, 8);
    buf_put_str(out, STR("\",\"expiration\":"));
    buf_put_u64(out, (uint64_t)header->time_ms + 60000);
    buf_put_str(out, STR(",\"fee_limit\":100000000,\"timestamp\":"));
    buf_put_u64(out, (uint64_t)header->time_ms - 3000);
    buf_put_str(out, STR("},\"raw_data_hex\":\""));
    put_hex(out, transfer->raw.ptr, transfer->raw.len);
    buf_put_str(out, STR("\"}"));
}

/* One transaction: into the tree and the text. Its id is that of its raw data. */
static void add_tx(struct catchup_text *text, struct tron_tree *tree,
                   const struct block_header *header, struct chain_output *output) {
    struct transfer transfer;
    transfer_fill(&transfer, header, output);
    hash_sha256(buf_bytes(&transfer.raw), output->txid.bytes);
    char memory[2 * RAW_BYTES_MAX];
    struct buf whole = buf_over(memory, sizeof memory);
    tron_put_raw(&whole, buf_bytes(&transfer.raw));
    tron_put_signature(&whole, BYTES_OF(transfer.signature));
    tron_put_result(&whole, 0, TRON_RESULT_SUCCESS);
    tron_tree_add(tree, buf_bytes(&whole));
    put_tx(&text->block, &transfer, header, &output->txid);
}

static void put_log(struct buf *out, const struct block_header *header,
                    const struct chain_output *output, size_t at) {
    uint8_t word[WORD_BYTES] = {0};
    buf_put_str(out, STR("{\"address\":\"0x"));
    put_hex(out, usdt + 1, ADDRESS_BYTES - 1);
    buf_put_str(out, STR("\",\"blockHash\":\"0x"));
    put_hex(out, header->hash.bytes, sizeof header->hash.bytes);
    buf_putf(out, "\",\"blockNumber\":\"0x%" PRIx64 "\",\"data\":\"0x", (uint64_t)header->height);
    amount_to_blob(output->amount, word + WORD_BYTES - AMOUNT_BLOB_BYTES);
    put_hex(out, word, sizeof word);
    buf_putf(out, "\",\"logIndex\":\"0x%zx\",\"removed\":false,\"topics\":[\"0x" TRANSFER "\",\"0x",
             at);
    memset(word, 0, sizeof word);
    memcpy(word + 12, output->txid.bytes, SCRIPT_EVM_BYTES);
    put_hex(out, word, sizeof word);
    buf_put_str(out, STR("\",\"0x"));
    memcpy(word + 12, output->program.bytes, SCRIPT_EVM_BYTES);
    put_hex(out, word, sizeof word);
    buf_put_str(out, STR("\"],\"transactionHash\":\"0x"));
    put_hex(out, output->txid.bytes, sizeof output->txid.bytes);
    buf_putf(out, "\",\"transactionIndex\":\"0x%zx\"}", at);
}

static void put_header(struct buf *out, const struct tron_header *header,
                       const struct block_hash *id) {
    buf_put_str(out, STR("],\"blockID\":\""));
    put_hex(out, id->bytes, sizeof id->bytes);
    buf_putf(out, "\",\"block_header\":{\"raw_data\":{\"number\":%" PRId64 ",\"txTrieRoot\":\"",
             header->number);
    put_hex(out, header->tx_root, sizeof header->tx_root);
    buf_put_str(out, STR("\",\"witness_address\":\""));
    put_hex(out, header->witness, header->witness_len);
    buf_put_str(out, STR("\",\"parentHash\":\""));
    put_hex(out, header->parent.bytes, sizeof header->parent.bytes);
    buf_putf(out, "\",\"version\":%d,\"timestamp\":%" PRId64 "},\"witness_signature\":\"",
             (int)header->version, header->timestamp);
    put_hex(out, header->tx_root, sizeof header->tx_root);
    buf_put_str(out, STR("\"}}"));
}

void catchup_text_make(struct catchup_text *text, struct block_header *header,
                       struct chain_output *outputs, size_t count) {
    text->block = buf_over(text->memory, BLOCK_TEXT_BYTES);
    text->logs = buf_over(text->memory + BLOCK_TEXT_BYTES, LOGS_TEXT_BYTES);
    struct tron_tree tree = {0};
    buf_put_str(&text->block, STR("{\"transactions\":["));
    for (size_t i = 0; i < count; i++) {
        buf_put_str(&text->block, i == 0 ? STR("") : STR(","));
        add_tx(text, &tree, header, &outputs[i]);
    }
    struct tron_header raw = {.number = header->height,
                              .timestamp = header->time_ms,
                              .parent = header->parent,
                              .version = HEADER_VERSION,
                              .witness_len = ADDRESS_BYTES};
    memcpy(raw.witness, usdt, ADDRESS_BYTES);
    tron_tree_root(&tree, raw.tx_root);
    header->hash = tron_header_id(&raw);
    put_header(&text->block, &raw, &header->hash);
    buf_put_char(&text->logs, '[');
    for (size_t i = 0; i < count; i++) {
        buf_put_str(&text->logs, i == 0 ? STR("") : STR(","));
        put_log(&text->logs, header, &outputs[i], i);
    }
    buf_put_char(&text->logs, ']');
    BUG_IF(text->block.failed || text->logs.failed);
}

/* ---- decoding */

struct log_target {
    struct tron_block *block;
    const struct tron_rules *rules;
};

static const char *add_log(void *context, const struct tron_log *log) {
    struct log_target *target = context;
    return tron_block_add_log(target->block, target->rules, log);
}

static void finish(struct json_reader *reader) {
    if (!json_reader_finish(reader)) {
        must((struct result){.code = &ERR_NODE_ANSWER, .detail = "the text does not decode"});
    }
}

void catchup_text_decode(const struct catchup_text *text, const struct tron_rules *rules,
                         struct arena *arena, struct chain_block *ret_block) {
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct json_reader *reader = ARENA_NEW(scratch, struct json_reader);
    struct tron_block *block = tron_block_new();
    struct api_error error = {0};
    struct block_decoder decoder = {
        .rules = rules, .scratch = scratch, .block = block, .error = &error};
    json_reader_init(reader, scratch, buf_bytes(&text->block));
    tron_block_decode(reader, &decoder);
    finish(reader);
    struct block_header header;
    must(tron_block_check(&decoder, &header));
    struct log_target target = {block, rules};
    struct log_decoder logs = {.visit = add_log, .context = &target};
    json_reader_init(reader, scratch, buf_bytes(&text->logs));
    logs_decode(reader, &logs);
    finish(reader);
    BUG_IF(!block->is_rooted || block->unread_count > 0);
    struct chain_output *outputs = ARENA_ARRAY(arena, struct chain_output, block->output_count + 1);
    if (block->output_count > 0) {
        memcpy(outputs, block->outputs, block->output_count * sizeof *outputs);
    }
    *ret_block = (struct chain_block){
        .header = header, .outputs = outputs, .output_count = block->output_count};
    tron_block_free(block);
}
