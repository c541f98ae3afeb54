/* SPDX-License-Identifier: MIT */
#include "adapters/chain_sandbox/ledger_state.h"

#include <nettle/sha2.h>

#include "adapters/chain_sandbox/event_file.h"
#include "base/arena.h"
#include "core/error.h"

enum { DIGEST_BLOCKS = 1000 };

bool sandbox_ledger_is_empty(const struct sandbox_ledger *ledger) {
    return ledger->block_count == 0;
}

struct block_hash sandbox_ledger_genesis(const struct sandbox_ledger *ledger) {
    return sandbox_ledger_block_hash(ledger, 0);
}

static struct block_header header_of(const struct sandbox_ledger *ledger, size_t index) {
    const struct block_entry *entry = &ledger->blocks[index];
    struct block_header header = {
        .height = ledger->base_height + (int64_t)index,
        .hash = sandbox_ledger_block_hash(ledger, entry->seq),
        .time_ms = entry->time_ms,
        .proven_ms = entry->time_ms,
    };
    if (index > 0) {
        header.parent = sandbox_ledger_block_hash(ledger, ledger->blocks[index - 1].seq);
    }
    return header;
}

struct block_header sandbox_ledger_tip(const struct sandbox_ledger *ledger) {
    BUG_IF(sandbox_ledger_is_empty(ledger));
    return header_of(ledger, ledger->block_count - 1);
}

bool sandbox_ledger_header_at(const struct sandbox_ledger *ledger, int64_t height,
                              struct block_header *ret_header) {
    if (height < ledger->base_height ||
        height - ledger->base_height >= (int64_t)ledger->block_count) {
        return false;
    }
    *ret_header = header_of(ledger, (size_t)(height - ledger->base_height));
    return true;
}

bool sandbox_ledger_header_by_hash(const struct sandbox_ledger *ledger, struct block_hash hash,
                                   struct block_header *ret_header) {
    uint64_t seq = u64_load_be(hash.bytes + ID_DIGEST_BYTES);
    size_t low = 0;
    size_t high = ledger->block_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ledger->blocks[middle].seq < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == ledger->block_count || ledger->blocks[low].seq != seq ||
        !block_hash_eq(sandbox_ledger_block_hash(ledger, seq), hash)) {
        return false;
    }
    *ret_header = header_of(ledger, low);
    return true;
}

/* Outputs of one transaction behind those already there; there is room for them. */
static void add_outputs(const struct sandbox_ledger *ledger, const struct record_pay *pay,
                        struct chain_output *outputs, size_t *count) {
    struct txid txid = sandbox_ledger_txid(ledger, pay->seq);
    struct bytes rest = pay->outputs;
    for (uint32_t i = 0; i < pay->output_count; i++) {
        struct sandbox_output output;
        BUG_IF(!record_output_next(&rest, &output));
        if (!amount_is_zero(output.amount)) {
            outputs[(*count)++] = (struct chain_output){
                .txid = txid, .ordinal = i, .program = output.program, .amount = output.amount};
        }
    }
}

static struct result outputs_at(const struct sandbox_ledger *ledger, const struct event_file *file,
                                struct arena *arena, const uint64_t *offsets, size_t offset_count,
                                const struct chain_output **ret_outputs, size_t *ret_count) {
    struct record_pay *pays = arena_try_alloc(arena, (offset_count + 1) * sizeof(*pays));
    ENSURE(pays != NULL, ERR_SANDBOX_LIMIT);
    size_t total = 0;
    for (size_t i = 0; i < offset_count; i++) {
        TRY(sandbox_ledger_read_pay(file, arena, offsets[i], &pays[i]));
        total += pays[i].output_count;
    }
    struct chain_output *outputs = arena_try_alloc(arena, (total + 1) * sizeof(*outputs));
    ENSURE(outputs != NULL, ERR_SANDBOX_LIMIT);
    size_t count = 0;
    for (size_t i = 0; i < offset_count; i++) {
        add_outputs(ledger, &pays[i], outputs, &count);
    }
    *ret_outputs = outputs;
    *ret_count = count;
    return RESULT_OK;
}

struct result sandbox_ledger_block_outputs(const struct sandbox_ledger *ledger,
                                           const struct event_file *file, struct arena *arena,
                                           int64_t height, const struct chain_output **ret_outputs,
                                           size_t *ret_count) {
    struct block_header header;
    BUG_IF(!sandbox_ledger_header_at(ledger, height, &header));
    struct record_blocks txs;
    TRY(sandbox_ledger_block_txs(ledger, file, arena, (size_t)(height - ledger->base_height),
                                 &txs));
    uint64_t *offsets = arena_try_alloc(arena, (txs.tx_count + (size_t)1) * sizeof(*offsets));
    ENSURE(offsets != NULL, ERR_SANDBOX_LIMIT);
    for (uint32_t i = 0; i < txs.tx_count; i++) {
        offsets[i] = record_tx_offset(&txs, i);
    }
    return outputs_at(ledger, file, arena, offsets, txs.tx_count, ret_outputs, ret_count);
}

struct result sandbox_ledger_mempool_outputs(const struct sandbox_ledger *ledger,
                                             const struct event_file *file, struct arena *arena,
                                             uint64_t *mark,
                                             const struct chain_output **ret_outputs,
                                             size_t *ret_count) {
    uint64_t *offsets = arena_try_alloc(arena, (ledger->mempool_count + 1) * sizeof(*offsets));
    ENSURE(offsets != NULL, ERR_SANDBOX_LIMIT);
    size_t count = 0;
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        if (ledger->mempool[i].entered > *mark) {
            offsets[count++] = ledger->mempool[i].offset;
        }
    }
    TRY(outputs_at(ledger, file, arena, offsets, count, ret_outputs, ret_count));
    *mark = ledger->arrivals;
    return RESULT_OK;
}

bool sandbox_ledger_mempool_has(const struct sandbox_ledger *ledger, struct txid txid) {
    uint64_t seq = u64_load_be(txid.bytes + ID_DIGEST_BYTES);
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        if (ledger->mempool[i].seq == seq) {
            return txid_eq(sandbox_ledger_txid(ledger, seq), txid);
        }
    }
    return false;
}

bool sandbox_ledger_has_free_tx(const struct sandbox_ledger *ledger) {
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        if (!ledger->mempool[i].held) {
            return true;
        }
    }
    return false;
}

static void digest_u64(struct sha256_ctx *digest, uint64_t value) {
    uint8_t bytes[8];
    u64_store_be(bytes, value);
    sha256_update(digest, sizeof(bytes), bytes);
}

static void digest_pay(struct sha256_ctx *digest, const struct record_pay *pay) {
    digest_u64(digest, pay->seq);
    digest_u64(digest, pay->output_count);
    sha256_update(digest, pay->outputs.len, pay->outputs.ptr);
}

static struct result digest_block(const struct sandbox_ledger *ledger,
                                  const struct event_file *file, size_t index,
                                  struct sha256_ctx *digest) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    digest_u64(digest, ledger->blocks[index].seq);
    digest_u64(digest, (uint64_t)ledger->blocks[index].time_ms);
    struct record_blocks txs;
    TRY(sandbox_ledger_block_txs(ledger, file, arena, index, &txs));
    for (uint32_t i = 0; i < txs.tx_count; i++) {
        struct record_pay pay;
        TRY(sandbox_ledger_read_pay(file, arena, record_tx_offset(&txs, i), &pay));
        digest_pay(digest, &pay);
    }
    return RESULT_OK;
}

struct result sandbox_ledger_digest(const struct sandbox_ledger *ledger,
                                    const struct event_file *file, uint8_t ret_digest[HASH_BYTES]) {
    struct sha256_ctx digest;
    sha256_init(&digest);
    digest_u64(&digest, ledger->seed);
    digest_u64(&digest, ledger->next_block_seq);
    digest_u64(&digest, ledger->next_tx_seq);
    digest_u64(&digest, (uint64_t)ledger->base_height + ledger->block_count);
    size_t first = ledger->block_count > DIGEST_BLOCKS ? ledger->block_count - DIGEST_BLOCKS : 0;
    for (size_t i = first; i < ledger->block_count; i++) {
        TRY(digest_block(ledger, file, i, &digest));
    }
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(64 << 20);
    for (size_t i = 0; i < ledger->mempool_count; i++) {
        struct record_pay pay;
        TRY(sandbox_ledger_read_pay(file, arena, ledger->mempool[i].offset, &pay));
        digest_u64(&digest, ledger->mempool[i].held);
        digest_pay(&digest, &pay);
    }
    sha256_digest(&digest, HASH_BYTES, ret_digest);
    return RESULT_OK;
}
