/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/record.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "core/asset.h"

static void put_u32(struct buf *buf, uint32_t value) {
    uint8_t bytes[4];
    u32_store_be(bytes, value);
    buf_put(buf, bytes, sizeof(bytes));
}

static void put_u64(struct buf *buf, uint64_t value) {
    uint8_t bytes[8];
    u64_store_be(bytes, value);
    buf_put(buf, bytes, sizeof(bytes));
}

static struct buf start(struct arena *arena, enum record_type type) {
    struct buf buf = buf_in(arena);
    buf_put_char(&buf, (char)type);
    return buf;
}

static struct bytes finish(const struct buf *buf) {
    BUG_IF(buf->failed);
    return buf_bytes(buf);
}

struct bytes record_encode_genesis(struct arena *arena, const struct record_genesis *genesis) {
    struct buf buf = start(arena, RECORD_GENESIS);
    put_u64(&buf, genesis->seed);
    put_u64(&buf, (uint64_t)genesis->time_ms);
    put_u64(&buf, (uint64_t)genesis->height);
    put_u64(&buf, genesis->block_seq);
    put_u64(&buf, genesis->next_block_seq);
    put_u64(&buf, genesis->next_tx_seq);
    return finish(&buf);
}

static void put_pay_head(struct buf *buf, const struct record_pay *pay) {
    put_u64(buf, pay->seq);
    buf_put_char(buf, (char)pay->held);
    put_u32(buf, pay->output_count);
}

struct bytes record_encode_pay(struct arena *arena, const struct record_pay *pay,
                               const struct sandbox_output *outputs) {
    struct buf buf = start(arena, RECORD_PAY);
    put_pay_head(&buf, pay);
    for (uint32_t i = 0; i < pay->output_count; i++) {
        struct str code = str_from_c(outputs[i].amount.asset->code);
        BUG_IF(code.len > UINT8_MAX);
        buf_put_char(&buf, (char)outputs[i].program.len);
        buf_put(&buf, outputs[i].program.bytes, outputs[i].program.len);
        buf_put_char(&buf, (char)code.len);
        buf_put_str(&buf, code);
        uint8_t units[AMOUNT_BLOB_BYTES];
        amount_to_blob(outputs[i].amount, units);
        buf_put(&buf, units, sizeof(units));
    }
    return finish(&buf);
}

struct bytes record_encode_pay_again(struct arena *arena, const struct record_pay *pay) {
    struct buf buf = start(arena, RECORD_PAY);
    put_pay_head(&buf, pay);
    buf_put(&buf, pay->outputs.ptr, pay->outputs.len);
    return finish(&buf);
}

struct bytes record_encode_blocks(struct arena *arena, const struct record_blocks *blocks) {
    struct buf buf = start(arena, RECORD_BLOCKS);
    put_u32(&buf, blocks->depth);
    buf_put_char(&buf, (char)blocks->mode);
    put_u32(&buf, blocks->count);
    put_u64(&buf, blocks->first_seq);
    put_u64(&buf, (uint64_t)blocks->time_ms);
    put_u32(&buf, blocks->tx_count);
    buf_put(&buf, blocks->tx_offsets.ptr, blocks->tx_offsets.len);
    return finish(&buf);
}

struct bytes record_encode_drop(struct arena *arena, uint64_t tx_seq) {
    struct buf buf = start(arena, RECORD_DROP);
    put_u64(&buf, tx_seq);
    return finish(&buf);
}

/* Takes bytes off the front; once there are too few, everything is NULL or zero. */
struct taker {
    struct bytes rest;
    bool failed;
};

static const uint8_t *take(struct taker *taker, size_t size) {
    if (taker->failed || size > taker->rest.len) {
        taker->failed = true;
        return NULL;
    }
    const uint8_t *from = taker->rest.ptr;
    taker->rest.ptr += size;
    taker->rest.len -= size;
    return from;
}

static uint8_t take_u8(struct taker *taker) {
    const uint8_t *from = take(taker, 1);
    return from ? *from : 0;
}

static uint32_t take_u32(struct taker *taker) {
    const uint8_t *from = take(taker, 4);
    return from ? u32_load_be(from) : 0;
}

static uint64_t take_u64(struct taker *taker) {
    const uint8_t *from = take(taker, 8);
    return from ? u64_load_be(from) : 0;
}

static struct taker taker_of(struct bytes record, enum record_type type) {
    struct taker taker = {.rest = record};
    taker.failed = take_u8(&taker) != type;
    return taker;
}

static bool is_done(const struct taker *taker) {
    return !taker->failed && taker->rest.len == 0;
}

bool record_decode_genesis(struct bytes record, struct record_genesis *ret_genesis) {
    struct taker taker = taker_of(record, RECORD_GENESIS);
    ret_genesis->seed = take_u64(&taker);
    ret_genesis->time_ms = (int64_t)take_u64(&taker);
    ret_genesis->height = (int64_t)take_u64(&taker);
    ret_genesis->block_seq = take_u64(&taker);
    ret_genesis->next_block_seq = take_u64(&taker);
    ret_genesis->next_tx_seq = take_u64(&taker);
    return is_done(&taker);
}

bool record_output_next(struct bytes *rest, struct sandbox_output *ret_output) {
    struct taker taker = {.rest = *rest};
    size_t script_len = take_u8(&taker);
    struct bytes program = {.ptr = take(&taker, script_len), .len = script_len};
    struct str code = {.len = take_u8(&taker)};
    code.ptr = (const char *)take(&taker, code.len);
    const uint8_t *units = take(&taker, AMOUNT_BLOB_BYTES);
    const struct asset *asset = taker.failed ? NULL : asset_by_code(code);
    if (asset == NULL || !script_from_bytes(program, &ret_output->program)) {
        return false;
    }
    ret_output->amount = amount_from_blob(asset, units);
    *rest = taker.rest;
    return true;
}

bool record_decode_pay(struct bytes record, struct record_pay *ret_pay) {
    struct taker taker = taker_of(record, RECORD_PAY);
    ret_pay->seq = take_u64(&taker);
    uint8_t held = take_u8(&taker);
    ret_pay->held = held == 1;
    ret_pay->output_count = take_u32(&taker);
    if (taker.failed || held > 1) {
        return false;
    }
    ret_pay->outputs = taker.rest;
    struct bytes rest = taker.rest;
    for (uint32_t i = 0; i < ret_pay->output_count; i++) {
        struct sandbox_output output;
        if (!record_output_next(&rest, &output)) {
            return false;
        }
    }
    return rest.len == 0;
}

bool record_decode_blocks(struct bytes record, struct record_blocks *ret_blocks) {
    struct taker taker = taker_of(record, RECORD_BLOCKS);
    ret_blocks->depth = take_u32(&taker);
    uint8_t mode = take_u8(&taker);
    ret_blocks->count = take_u32(&taker);
    ret_blocks->first_seq = take_u64(&taker);
    ret_blocks->time_ms = (int64_t)take_u64(&taker);
    ret_blocks->tx_count = take_u32(&taker);
    if (taker.failed || mode > SANDBOX_REORG_DROP) {
        return false;
    }
    ret_blocks->mode = (enum sandbox_reorg_mode)mode;
    ret_blocks->tx_offsets = taker.rest;
    return taker.rest.len == (size_t)ret_blocks->tx_count * 8;
}

bool record_decode_drop(struct bytes record, uint64_t *ret_tx_seq) {
    struct taker taker = taker_of(record, RECORD_DROP);
    *ret_tx_seq = take_u64(&taker);
    return is_done(&taker);
}

uint64_t record_tx_offset(const struct record_blocks *blocks, uint32_t index) {
    BUG_IF(index >= blocks->tx_count);
    return u64_load_be(blocks->tx_offsets.ptr + (size_t)index * 8);
}
