/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/ledger_state.h"

#include "adapters/chain_sandbox/event_file.h"
#include "base/arena.h"
#include "core/error.h"

struct bytes sandbox_ledger_record_genesis(struct arena *arena, uint64_t seed, int64_t time_ms) {
    return record_encode_genesis(
        arena, &(struct record_genesis){.seed = seed, .time_ms = time_ms, .next_block_seq = 1});
}

struct result sandbox_ledger_record_pay(const struct sandbox_ledger *ledger, struct arena *arena,
                                        const struct sandbox_output *outputs, size_t count,
                                        struct bytes *ret_record, struct txid *ret_txid) {
    ENSURE(count > 0 && count <= SANDBOX_LEDGER_TX_OUTPUTS_MAX &&
               ledger->mempool_outputs + count <= SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX,
           ERR_SANDBOX_LIMIT);
    struct record_pay pay = {.seq = ledger->next_tx_seq, .output_count = (uint32_t)count};
    *ret_record = record_encode_pay(arena, &pay, outputs);
    *ret_txid = sandbox_ledger_txid(ledger, pay.seq);
    return RESULT_OK;
}

/* Offsets of transactions, as a record lists them. */
struct offsets {
    uint8_t *bytes;
    uint32_t count;
};

static void offsets_add(struct offsets *offsets, uint64_t offset) {
    BUG_IF(offsets->count == SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX);
    u64_store_be(offsets->bytes + (size_t)offsets->count * 8, offset);
    offsets->count++;
}

/* What the undone blocks give back must fit into the mempool; in the mode that mines it again, it
 * is also listed in `offsets`. */
static struct result plan_return(const struct sandbox_ledger *ledger, const struct event_file *file,
                                 struct arena *arena, uint32_t depth, enum sandbox_reorg_mode mode,
                                 struct offsets *offsets) {
    size_t outputs = ledger->mempool_outputs;
    for (size_t i = ledger->block_count - depth; i < ledger->block_count; i++) {
        struct record_blocks txs;
        TRY(sandbox_ledger_block_txs(ledger, file, arena, i, &txs));
        for (uint32_t k = 0; k < txs.tx_count; k++) {
            struct record_pay pay;
            TRY(sandbox_ledger_read_pay(file, arena, record_tx_offset(&txs, k), &pay));
            outputs += pay.output_count;
            ENSURE(outputs <= SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX, ERR_SANDBOX_LIMIT);
            if (mode == SANDBOX_REORG_RETURN) {
                offsets_add(offsets, record_tx_offset(&txs, k));
            }
        }
    }
    return RESULT_OK;
}

struct result sandbox_ledger_record_blocks(const struct sandbox_ledger *ledger,
                                           const struct event_file *file, struct arena *arena,
                                           uint32_t depth, enum sandbox_reorg_mode mode,
                                           uint32_t count, enum sandbox_ledger_take take,
                                           int64_t now_ms, struct bytes *ret_record) {
    ENSURE(count > 0 && count <= SANDBOX_LEDGER_NEW_BLOCKS_MAX, ERR_SANDBOX_LIMIT);
    ENSURE(depth < ledger->block_count, ERR_SANDBOX_DEPTH);
    struct offsets offsets = {
        .bytes = arena_alloc(arena, sizeof(uint64_t) * SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX)};
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        if (take == SANDBOX_LEDGER_TAKE_ALL || !ledger->mempool[i].held) {
            offsets_add(&offsets, ledger->mempool[i].offset);
        }
    }
    if (mode != SANDBOX_REORG_DROP) {
        TRY(plan_return(ledger, file, arena, depth, mode, &offsets));
    }
    struct record_blocks blocks = {
        .depth = depth,
        .mode = mode,
        .count = count,
        .first_seq = ledger->next_block_seq,
        .time_ms = now_ms,
        .tx_count = offsets.count,
        .tx_offsets = {.ptr = offsets.bytes, .len = (size_t)offsets.count * 8},
    };
    *ret_record = record_encode_blocks(arena, &blocks);
    return RESULT_OK;
}

struct result sandbox_ledger_record_drop(const struct sandbox_ledger *ledger, struct arena *arena,
                                         struct txid txid, struct bytes *ret_record) {
    ENSURE(sandbox_ledger_mempool_has(ledger, txid), ERR_TX_UNKNOWN);
    *ret_record = record_encode_drop(arena, u64_load_be(txid.bytes + ID_DIGEST_BYTES));
    return RESULT_OK;
}

static struct result save_pay(const struct event_file *file, struct event_file *copy,
                              struct arena *arena, uint64_t offset, bool held,
                              uint64_t *ret_offset) {
    struct record_pay pay;
    TRY(sandbox_ledger_read_pay(file, arena, offset, &pay));
    pay.held = held;
    return event_file_append(copy, record_encode_pay_again(arena, &pay), ret_offset);
}

static struct result save_block(const struct sandbox_ledger *ledger, const struct event_file *file,
                                struct event_file *copy, size_t index) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    struct record_blocks txs;
    TRY(sandbox_ledger_block_txs(ledger, file, arena, index, &txs));
    struct offsets offsets = {.bytes = arena_alloc(arena, (size_t)txs.tx_count * 8 + 1)};
    for (uint32_t i = 0; i < txs.tx_count; i++) {
        uint64_t offset;
        TRY(save_pay(file, copy, arena, record_tx_offset(&txs, i), false, &offset));
        offsets_add(&offsets, offset);
    }
    struct record_blocks block = {
        .count = 1,
        .first_seq = ledger->blocks[index].seq,
        .time_ms = ledger->blocks[index].time_ms,
        .tx_count = txs.tx_count,
        .tx_offsets = {.ptr = offsets.bytes, .len = (size_t)txs.tx_count * 8},
    };
    uint64_t offset;
    return event_file_append(copy, record_encode_blocks(arena, &block), &offset);
}

struct result sandbox_ledger_save(const struct sandbox_ledger *ledger,
                                  const struct event_file *file, struct event_file *copy) {
    BUG_IF(sandbox_ledger_is_empty(ledger));
    size_t first = ledger->block_count > SANDBOX_LEDGER_BLOCKS_KEPT
                       ? ledger->block_count - SANDBOX_LEDGER_BLOCKS_KEPT
                       : 0;
    struct record_genesis start = {
        .seed = ledger->seed,
        .time_ms = ledger->blocks[first].time_ms,
        .height = ledger->base_height + (int64_t)first,
        .block_seq = ledger->blocks[first].seq,
        .next_block_seq = ledger->next_block_seq,
        .next_tx_seq = ledger->next_tx_seq,
    };
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    uint64_t offset;
    TRY(event_file_append(copy, record_encode_genesis(arena, &start), &offset));
    for (size_t i = first + 1; i < ledger->block_count; i++) {
        TRY(save_block(ledger, file, copy, i));
    }
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        const struct mempool_entry *entry = &ledger->mempool[i];
        TRY(save_pay(file, copy, arena, entry->offset, entry->held, &offset));
    }
    return RESULT_OK;
}
