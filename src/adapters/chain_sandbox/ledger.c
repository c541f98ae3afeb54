/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/ledger_state.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/chain_sandbox/event_file.h"
#include "base/arena.h"
#include "core/error.h"
#include "core/hash.h"

struct sandbox_ledger *sandbox_ledger_new(void) {
    struct sandbox_ledger *ledger = calloc(1, sizeof(*ledger));
    BUG_IF(ledger == NULL);
    ledger->blocks = calloc(SANDBOX_LEDGER_BLOCKS_MAX, sizeof(*ledger->blocks));
    ledger->mempool = calloc(SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX, sizeof(*ledger->mempool));
    BUG_IF(ledger->blocks == NULL || ledger->mempool == NULL);
    return ledger;
}

void sandbox_ledger_free(struct sandbox_ledger *ledger) {
    if (ledger != NULL) {
        free(ledger->blocks);
        free(ledger->mempool);
        free(ledger);
    }
}

/* ---- ids: 24 bytes of a digest, then the number itself, so that an id leads back to its place */

static void id_of(const struct sandbox_ledger *ledger, char kind, uint64_t seq,
                  uint8_t ret_id[HASH_BYTES]) {
    uint8_t input[17];
    input[0] = (uint8_t)kind;
    u64_store_be(input + 1, ledger->seed);
    u64_store_be(input + 9, seq);
    hash_sha256(BYTES_OF(input), ret_id);
    u64_store_be(ret_id + ID_DIGEST_BYTES, seq);
}

struct block_hash sandbox_ledger_block_hash(const struct sandbox_ledger *ledger, uint64_t seq) {
    struct block_hash hash;
    id_of(ledger, 'b', seq, hash.bytes);
    return hash;
}

struct txid sandbox_ledger_txid(const struct sandbox_ledger *ledger, uint64_t seq) {
    struct txid txid;
    id_of(ledger, 't', seq, txid.bytes);
    return txid;
}

/* ---- what a block holds */

struct result sandbox_ledger_block_txs(const struct sandbox_ledger *ledger,
                                       const struct event_file *file, struct arena *arena,
                                       size_t index, struct record_blocks *ret_blocks) {
    *ret_blocks = (struct record_blocks){0};
    if (ledger->blocks[index].offset == 0) {
        return RESULT_OK;
    }
    struct bytes record;
    TRY(event_file_read(file, arena, ledger->blocks[index].offset, &record));
    ENSURE(record_decode_blocks(record, ret_blocks), ERR_SANDBOX_FILE);
    return RESULT_OK;
}

struct result sandbox_ledger_read_pay(const struct event_file *file, struct arena *arena,
                                      uint64_t offset, struct record_pay *ret_pay) {
    struct bytes record;
    TRY(event_file_read(file, arena, offset, &record));
    ENSURE(record_decode_pay(record, ret_pay), ERR_SANDBOX_FILE);
    return RESULT_OK;
}

/* ---- applying records */

static struct result mempool_add(struct sandbox_ledger *ledger, uint64_t offset,
                                 const struct record_pay *pay, bool held) {
    ENSURE(pay->output_count > 0 && pay->output_count <= SANDBOX_LEDGER_TX_OUTPUTS_MAX &&
               ledger->mempool_outputs + pay->output_count <= SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX,
           ERR_SANDBOX_FILE);
    ledger->mempool[ledger->mempool_count++] =
        (struct mempool_entry){.offset = offset,
                               .seq = pay->seq,
                               .entered = ++ledger->arrivals,
                               .output_count = pay->output_count,
                               .held = held};
    ledger->mempool_outputs += pay->output_count;
    return RESULT_OK;
}

static struct result apply_genesis(struct sandbox_ledger *ledger, struct bytes record) {
    struct record_genesis genesis;
    ENSURE(record_decode_genesis(record, &genesis), ERR_SANDBOX_FILE);
    ENSURE(genesis.height >= 0 && genesis.height < INT64_MAX / 2 && genesis.time_ms >= 0 &&
               genesis.block_seq < genesis.next_block_seq,
           ERR_SANDBOX_FILE);
    ledger->seed = genesis.seed;
    ledger->next_block_seq = genesis.next_block_seq;
    ledger->next_tx_seq = genesis.next_tx_seq;
    ledger->base_height = genesis.height;
    ledger->blocks[0] = (struct block_entry){.seq = genesis.block_seq, .time_ms = genesis.time_ms};
    ledger->block_count = 1;
    return RESULT_OK;
}

static struct result apply_pay(struct sandbox_ledger *ledger, uint64_t offset,
                               struct bytes record) {
    struct record_pay pay;
    ENSURE(record_decode_pay(record, &pay), ERR_SANDBOX_FILE);
    TRY(mempool_add(ledger, offset, &pay, pay.held));
    if (pay.seq >= ledger->next_tx_seq) {
        ENSURE(pay.seq < UINT64_MAX, ERR_SANDBOX_FILE);
        ledger->next_tx_seq = pay.seq + 1;
    }
    return RESULT_OK;
}

static struct result apply_drop(struct sandbox_ledger *ledger, struct bytes record) {
    uint64_t seq;
    ENSURE(record_decode_drop(record, &seq), ERR_SANDBOX_FILE);
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        if (ledger->mempool[i].seq == seq) {
            ledger->mempool_outputs -= ledger->mempool[i].output_count;
            ledger->mempool_count--;
            memmove(&ledger->mempool[i], &ledger->mempool[i + 1],
                    (ledger->mempool_count - i) * sizeof(ledger->mempool[0]));
            return RESULT_OK;
        }
    }
    return result_fail(&ERR_SANDBOX_FILE);
}

static struct result return_txs(struct sandbox_ledger *ledger, const struct event_file *file,
                                size_t index, bool held) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(16 << 20);
    struct record_blocks txs;
    TRY(sandbox_ledger_block_txs(ledger, file, arena, index, &txs));
    for (uint32_t i = 0; i < txs.tx_count; i++) {
        uint64_t offset = record_tx_offset(&txs, i);
        struct record_pay pay;
        TRY(sandbox_ledger_read_pay(file, arena, offset, &pay));
        TRY(mempool_add(ledger, offset, &pay, held));
    }
    return RESULT_OK;
}

static struct result undo_blocks(struct sandbox_ledger *ledger, const struct event_file *file,
                                 const struct record_blocks *blocks) {
    ENSURE(blocks->depth < ledger->block_count, ERR_SANDBOX_FILE);
    size_t left = ledger->block_count - blocks->depth;
    if (blocks->mode != SANDBOX_REORG_DROP) {
        for (size_t i = left; i < ledger->block_count; i++) {
            TRY(return_txs(ledger, file, i, blocks->mode == SANDBOX_REORG_HOLD));
        }
    }
    ledger->block_count = left;
    return RESULT_OK;
}

/* The listed transactions leave the mempool; they stand there in the same order. */
static struct result take_txs(struct sandbox_ledger *ledger, const struct record_blocks *blocks) {
    size_t kept = 0;
    uint32_t taken = 0;
    size_t taken_outputs = 0;
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        const struct mempool_entry *entry = &ledger->mempool[i];
        if (taken < blocks->tx_count && record_tx_offset(blocks, taken) == entry->offset) {
            taken++;
            taken_outputs += entry->output_count;
            continue;
        }
        ledger->mempool[kept++] = *entry;
    }
    ledger->mempool_count = kept;
    ledger->mempool_outputs -= taken_outputs;
    ENSURE(taken == blocks->tx_count, ERR_SANDBOX_FILE);
    return RESULT_OK;
}

static void forget_old_blocks(struct sandbox_ledger *ledger) {
    size_t gone = ledger->block_count - SANDBOX_LEDGER_BLOCKS_KEPT;
    memmove(ledger->blocks, ledger->blocks + gone,
            SANDBOX_LEDGER_BLOCKS_KEPT * sizeof(ledger->blocks[0]));
    ledger->block_count = SANDBOX_LEDGER_BLOCKS_KEPT;
    ledger->base_height += (int64_t)gone;
}

static struct result add_blocks(struct sandbox_ledger *ledger, uint64_t offset,
                                const struct record_blocks *blocks) {
    const struct block_entry *tip = &ledger->blocks[ledger->block_count - 1];
    ENSURE(blocks->first_seq > tip->seq && blocks->first_seq < UINT64_MAX / 2 &&
               tip->time_ms < INT64_MAX / 2 && blocks->time_ms < INT64_MAX / 2,
           ERR_SANDBOX_FILE);
    for (uint32_t i = 0; i < blocks->count; i++) {
        if (ledger->block_count == SANDBOX_LEDGER_BLOCKS_MAX) {
            forget_old_blocks(ledger);
        }
        int64_t earliest_ms = ledger->blocks[ledger->block_count - 1].time_ms + 1;
        ledger->blocks[ledger->block_count++] = (struct block_entry){
            .seq = blocks->first_seq + i,
            .time_ms = blocks->time_ms > earliest_ms ? blocks->time_ms : earliest_ms,
            .offset = i == 0 && blocks->tx_count > 0 ? offset : 0,
        };
    }
    uint64_t next = blocks->first_seq + blocks->count;
    ledger->next_block_seq = next > ledger->next_block_seq ? next : ledger->next_block_seq;
    return RESULT_OK;
}

static struct result apply_blocks(struct sandbox_ledger *ledger, const struct event_file *file,
                                  uint64_t offset, struct bytes record) {
    struct record_blocks blocks;
    ENSURE(record_decode_blocks(record, &blocks), ERR_SANDBOX_FILE);
    ENSURE(blocks.count > 0 && blocks.count <= SANDBOX_LEDGER_NEW_BLOCKS_MAX, ERR_SANDBOX_FILE);
    TRY(undo_blocks(ledger, file, &blocks));
    TRY(take_txs(ledger, &blocks));
    return add_blocks(ledger, offset, &blocks);
}

struct result sandbox_ledger_apply(struct sandbox_ledger *ledger, const struct event_file *file,
                                   uint64_t offset, struct bytes record) {
    BUG_IF(record.len == 0);
    ENSURE((record.ptr[0] == RECORD_GENESIS) == sandbox_ledger_is_empty(ledger), ERR_SANDBOX_FILE);
    switch (record.ptr[0]) {
    case RECORD_GENESIS:
        return apply_genesis(ledger, record);
    case RECORD_PAY:
        return apply_pay(ledger, offset, record);
    case RECORD_BLOCKS:
        return apply_blocks(ledger, file, offset, record);
    case RECORD_DROP:
        return apply_drop(ledger, record);
    }
    return result_fail(&ERR_SANDBOX_FILE);
}
