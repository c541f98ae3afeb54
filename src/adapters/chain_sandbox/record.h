/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_SANDBOX_RECORD_H
#define TILL_ADAPTERS_CHAIN_SANDBOX_RECORD_H

/* The bytes of the sandbox's records: what happened to the simulated chain, big-endian. Decoding
 * refuses whatever encoding would not have written; whether it fits the chain is the ledger's
 * business. */

#include "base/bytes.h"
#include "ports/sandbox.h"

struct arena;

enum record_type {
    RECORD_GENESIS = 'G', /* the first record, and only that */
    RECORD_PAY = 'P',     /* a transaction enters the mempool */
    RECORD_BLOCKS = 'B',  /* blocks are undone, blocks are added */
    RECORD_DROP = 'D',    /* a transaction leaves the mempool */
};

struct record_genesis {
    uint64_t seed;
    int64_t time_ms;
    int64_t height; /* 0, or what a shortened file starts with */
    uint64_t block_seq;
    uint64_t next_block_seq;
    uint64_t next_tx_seq;
};

struct record_pay {
    uint64_t seq;
    bool held;
    uint32_t output_count;
    struct bytes outputs; /* for record_output_next */
};

struct record_blocks {
    uint32_t depth;
    enum sandbox_reorg_mode mode;
    uint32_t count;
    uint64_t first_seq;
    int64_t time_ms; /* the clock's; a block is at least 1 ms younger than its parent */
    uint32_t tx_count;
    struct bytes tx_offsets; /* of the RECORD_PAY records, 8 bytes each */
};

struct bytes record_encode_genesis(struct arena *arena, const struct record_genesis *genesis);
/* `outputs` of `pay` is ignored in favour of the array. */
struct bytes record_encode_pay(struct arena *arena, const struct record_pay *pay,
                               const struct sandbox_output *outputs);
/* Once more, under another seq's file or with another `held`. */
struct bytes record_encode_pay_again(struct arena *arena, const struct record_pay *pay);
struct bytes record_encode_blocks(struct arena *arena, const struct record_blocks *blocks);
struct bytes record_encode_drop(struct arena *arena, uint64_t tx_seq);

bool record_decode_genesis(struct bytes record, struct record_genesis *ret_genesis);
bool record_decode_pay(struct bytes record, struct record_pay *ret_pay);
bool record_decode_blocks(struct bytes record, struct record_blocks *ret_blocks);
bool record_decode_drop(struct bytes record, uint64_t *ret_tx_seq);

/* Takes the next output off the front of a decoded pay's `outputs`. */
bool record_output_next(struct bytes *rest, struct sandbox_output *ret_output);
uint64_t record_tx_offset(const struct record_blocks *blocks, uint32_t index);

#endif
