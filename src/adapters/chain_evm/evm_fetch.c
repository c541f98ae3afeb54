/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_fetch.h"

#include <stdatomic.h>

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_logs.h"
#include "base/arena.h"
#include "core/error.h"

enum {
    /* Room for blocks that somebody fills with the smallest logs: 400 million gas are a million of
     * them, each 400 bytes of JSON and 200 of memory. */
    BLOCK_ANSWER_BYTES_MAX = 128 << 20,
    RECEIPTS_ANSWER_BYTES_MAX = 512 << 20,
    DECODED_BYTES_MAX = 320 << 20,
    SCRATCH_BYTES_MAX = 16 << 20,
    BLOCK_TIMEOUT_MS = 60000,
    CALLS_FOR_A_BLOCK = 2,
};
static_assert(EVM_FETCH_MAX * CALLS_FOR_A_BLOCK <= RPC_BATCH_MAX, "one batch");

/* Room for what a fetch of some blocks asks and hears. */
struct fetch {
    struct evm_node *node;
    struct evm_room room;
    size_t count;
    size_t call_count;
    struct rpc_call calls[EVM_FETCH_MAX * CALLS_FOR_A_BLOCK];
    struct result results[EVM_FETCH_MAX * CALLS_FOR_A_BLOCK];
    struct evm_block_decoder blocks[EVM_FETCH_MAX];
    struct evm_receipts_decoder receipts[EVM_FETCH_MAX];
    int64_t receipt_errors[EVM_FETCH_MAX];
};

static struct fetch *fetch_new(struct evm_node *node, const struct evm_room *room) {
    struct fetch *fetch = ARENA_NEW(room->scratch, struct fetch);
    fetch->node = node;
    fetch->room = *room;
    return fetch;
}

/* `which`: 0x and a hash or a number. */
static void ask_for(struct fetch *fetch, const char *method, const char *which) {
    size_t at = fetch->count++;
    fetch->blocks[at] = (struct evm_block_decoder){.arena = fetch->room.decoded, .takes_txs = true};
    fetch->receipts[at] =
        (struct evm_receipts_decoder){.arena = fetch->room.decoded, .is_null = true};
    fetch->calls[fetch->call_count++] = (struct rpc_call){
        .method = method,
        .params = str_from_c(arena_printf(fetch->room.scratch, "[\"%s\",true]", which)),
        .answer_bytes_max = BLOCK_ANSWER_BYTES_MAX,
        .timeout_ms = BLOCK_TIMEOUT_MS,
        .decode = evm_block_decode,
        .context = &fetch->blocks[at],
        .takes_null = true,
    };
    if (fetch->node->has_no_receipts) {
        return;
    }
    fetch->calls[fetch->call_count++] = (struct rpc_call){
        .method = "eth_getBlockReceipts",
        .params = str_from_c(arena_printf(fetch->room.scratch, "[\"%s\"]", which)),
        .answer_bytes_max = RECEIPTS_ANSWER_BYTES_MAX,
        .timeout_ms = BLOCK_TIMEOUT_MS,
        .decode = evm_receipts_decode,
        .context = &fetch->receipts[at],
        .takes_null = true,
        .ret_error = &fetch->receipt_errors[at],
    };
}

/* A node that does not serve receipts has failed in nothing: its logs will do. */
static struct result hear(struct fetch *fetch) {
    TRY(rpc_batch(fetch->node->rpc, fetch->room.scratch, fetch->calls, fetch->call_count,
                  fetch->results));
    for (size_t i = 0; i < fetch->count; i++) {
        if (evm_node_lacks(fetch->receipt_errors[i])) {
            fetch->node->has_no_receipts = true;
            fetch->receipts[i].is_null = true;
        }
        fetch->node->has_served_receipts |= !fetch->receipts[i].is_null;
    }
    for (size_t i = 0; i < fetch->call_count; i++) {
        bool is_receipts = fetch->calls[i].ret_error != NULL;
        if (!is_receipts || !evm_node_lacks(*fetch->calls[i].ret_error)) {
            TRY(fetch->results[i]);
        }
    }
    return RESULT_OK;
}

static struct result put_together(struct fetch *fetch, size_t at, struct block_hash asked,
                                  struct evm_block *ret_block, struct evm_proof *ret_proof) {
    const struct evm_block_decoder *block = &fetch->blocks[at];
    const struct evm_receipts_decoder *receipts = &fetch->receipts[at];
    ENSURE(!block->is_null, ERR_BLOCK_UNKNOWN);
    /* Receipts prove amounts, logs do not: who can tell them is not excused. */
    bool withholds = receipts->is_null && fetch->node->has_served_receipts;
    ENSURE(!withholds, ERR_NODE_ANSWER);
    *ret_block = (struct evm_block){
        .header = block->header,
        .txs = block->txs,
        .tx_count = block->tx_count,
        .tx_commitment = block->tx_commitment,
        .receipts = receipts->receipts,
        .receipt_count = receipts->count,
    };
    enum evm_trust trust = fetch->node->demand->trust;
    if (receipts->is_null) {
        TRY(evm_proof_check_txs(ret_block, asked, trust, ret_proof));
        TRY(evm_logs_as_receipts(fetch->node, &fetch->room, ret_block));
    } else {
        TRY(evm_proof_check(ret_block, asked, trust, ret_proof));
    }
    if (ret_proof->gap != NULL) {
        atomic_store(&fetch->node->believed, ret_proof->gap);
    }
    return RESULT_OK;
}

/* `asked`: one hash for each block that was heard. */
static struct result take_blocks(struct fetch *fetch, struct arena *arena,
                                 const struct block_hash *asked, struct chain_block *ret_blocks) {
    struct evm_block *blocks = ARENA_ARRAY(fetch->room.scratch, struct evm_block, fetch->count);
    struct evm_proof proofs[EVM_FETCH_MAX];
    for (size_t i = 0; i < fetch->count; i++) {
        TRY(put_together(fetch, i, asked[i], &blocks[i], &proofs[i]));
        TRY(evm_block_check(&blocks[i], asked[i]));
    }
    TRY(evm_trace_blocks(fetch->node, &fetch->room, blocks, fetch->count));
    for (size_t i = 0; i < fetch->count; i++) {
        if (fetch->receipts[i].is_null && blocks[i].transfer_count > 0) {
            TRY(evm_logs_ask_payers(fetch->node, &fetch->room, &blocks[i]));
        }
        evm_block_outputs(&blocks[i], &fetch->node->demand->assets, arena, &ret_blocks[i]);
        ret_blocks[i].flaws.is_unproven = proofs[i].gap != NULL;
        ret_blocks[i].flaws.is_untraced = blocks[i].is_untraced;
        ret_blocks[i].flaws.is_traceless = fetch->node->tracer == EVM_TRACER_NONE;
    }
    return RESULT_OK;
}

/* Details live as long as the caller's arena, not as the fetch. */
static struct result tell(struct evm_node *node, struct arena *arena, struct result failed) {
    return result_failf(arena, failed.code, "a block at %s: %s", rpc_label(node->rpc),
                        result_text(failed));
}

static struct result fetch_one(struct fetch *fetch, struct arena *arena, struct block_hash hash,
                               struct chain_block *ret_block) {
    struct str text = hex_encode(fetch->room.scratch, BYTES_OF(hash.bytes));
    ask_for(fetch, "eth_getBlockByHash",
            arena_printf(fetch->room.scratch, "0x%.*s", STR_ARG(text)));
    TRY(hear(fetch));
    return take_blocks(fetch, arena, &hash, ret_block);
}

struct result evm_fetch_block(struct evm_node *node, struct arena *arena, struct block_hash hash,
                              struct chain_block *ret_block) {
    CLEANUP(arena_cleanup) struct arena *decoded = arena_new(DECODED_BYTES_MAX);
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(SCRATCH_BYTES_MAX);
    struct evm_room room = {.decoded = decoded, .scratch = scratch};
    struct fetch *fetch = fetch_new(node, &room);
    struct result fetched = fetch_one(fetch, arena, hash, ret_block);
    return result_is_ok(fetched) ? RESULT_OK : tell(node, arena, fetched);
}

static struct result fetch_many(struct fetch *fetch, struct arena *arena, int64_t first,
                                size_t count, struct chain_block *ret_blocks) {
    for (size_t i = 0; i < count; i++) {
        ask_for(fetch, "eth_getBlockByNumber",
                arena_printf(fetch->room.scratch, "0x%llx", (unsigned long long)first + i));
    }
    TRY(hear(fetch));
    struct block_hash hashes[EVM_FETCH_MAX];
    for (size_t i = 0; i < count; i++) {
        const struct evm_header *header = &fetch->blocks[i].header;
        ENSURE(!fetch->blocks[i].is_null, ERR_BLOCK_UNKNOWN);
        ENSURE(header->number == (uint64_t)first + i, ERR_NODE_ANSWER);
        ENSURE(i == 0 || block_hash_eq(header->parent, hashes[i - 1]), ERR_BLOCK_UNKNOWN);
        hashes[i] = header->hash;
    }
    return take_blocks(fetch, arena, hashes, ret_blocks);
}

struct result evm_fetch_run(struct evm_node *node, struct arena *arena, int64_t first, size_t count,
                            struct chain_block *ret_blocks) {
    BUG_IF(first < 0 || count == 0 || count > EVM_FETCH_MAX);
    CLEANUP(arena_cleanup) struct arena *decoded = arena_new(DECODED_BYTES_MAX);
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new(SCRATCH_BYTES_MAX);
    struct evm_room room = {.decoded = decoded, .scratch = scratch};
    struct fetch *fetch = fetch_new(node, &room);
    struct result fetched = fetch_many(fetch, arena, first, count, ret_blocks);
    return result_is_ok(fetched) ? RESULT_OK : tell(node, arena, fetched);
}
