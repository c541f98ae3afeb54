/* SPDX-License-Identifier: MIT */
#include "adapters/chain_evm/evm_proof.h"

#include "base/arena.h"
#include "core/error.h"
#include "core/evm_header.h"
#include "core/evm_receipt.h"
#include "core/trie_root.h"

enum {
    /* Two copies of the longest receipt, each in a buffer that grew by doubling, and the encoding;
     * logs cost gas by the byte, so that no network has receipts of more than some megabytes. */
    MEMORY_BYTES_MAX = 256 << 20,
};

static struct result unfit(const char *detail) {
    return (struct result){.code = &ERR_NODE_ANSWER, .detail = detail};
}

/* What looks the same as a lie to a version that is too old. */
struct gap {
    const char *believed;
    const char *refused;
};

#define GAP(text)                                                                                  \
    { text, text ": a lie, or a form that is new; see trust_node in till.ini(5)" }

static const struct gap unknown_header =
    GAP("the block's hash is not that of its header as this version knows headers");
static const struct gap unknown_tx =
    GAP("a transaction is of a type that this version does not know");
static const struct gap unknown_receipt =
    GAP("a receipt is of a type that this version does not know");

/* Refused, or taken on trust. The first gap is told. */
static struct result believe(enum evm_trust trust, const struct gap *gap, struct evm_proof *proof) {
    if (trust == EVM_TRUST_NOTHING) {
        return unfit(gap->refused);
    }
    if (proof->gap == NULL) {
        proof->gap = gap->believed;
    }
    return RESULT_OK;
}

static struct result check_header(const struct evm_block *block, struct block_hash asked,
                                  struct arena *arena, enum evm_trust trust,
                                  struct evm_proof *proof) {
    if (!block_hash_eq(block->header.hash, asked)) {
        return unfit("the node sent another block than asked for");
    }
    struct buf scratch = buf_in(arena);
    struct block_hash hash;
    if (!evm_header_hash(&block->header, &scratch, &hash)) {
        return unfit("the header is too long");
    }
    if (block_hash_eq(hash, asked)) {
        return RESULT_OK;
    }
    return believe(trust, &unknown_header, proof);
}

static struct result check_txs(const struct evm_block *block, enum evm_trust trust,
                               struct evm_proof *proof) {
    const struct evm_tx_commitment *commitment = &block->tx_commitment;
    if (!commitment->is_whole) {
        return believe(trust, &unknown_tx, proof);
    }
    if (!evm_word_eq(&commitment->root, &block->header.transactions_root)) {
        return unfit("the transactions are not those the header commits to");
    }
    if (!commitment->hashes_fit) {
        return unfit("a transaction's hash is not that of its bytes");
    }
    if (!commitment->senders_fit) {
        return unfit("a transaction was not signed by who seems to send it");
    }
    return RESULT_OK;
}

struct receipts_sum {
    bool is_whole; /* every type could be encoded */
    bool is_known; /* and was one that this version has heard of */
    struct evm_word root;
    struct bloom bloom;
};

/* EIP-2718 types of Ethereum, of Arbitrum, and the OP stack's. */
static bool is_known_type(uint64_t type) {
    return type <= 4 || (type >= 0x64 && type <= 0x6a) || type == EVM_TYPE_BRIDGE;
}

static struct result sum_receipts(const struct evm_block *block, struct arena *arena,
                                  struct receipts_sum *ret_sum) {
    struct receipts_sum sum = {.is_whole = true, .is_known = true};
    struct trie_root root;
    struct buf code = buf_in(arena);
    trie_root_init(&root, arena);
    for (size_t i = 0; i < block->receipt_count; i++) {
        const struct evm_receipt *receipt = &block->receipts[i];
        struct bloom bloom;
        evm_logs_bloom(receipt->logs, receipt->log_count, &bloom);
        bloom_unite(&sum.bloom, &bloom);
        sum.is_known = sum.is_known && is_known_type(receipt->type);
        sum.is_whole = sum.is_whole && receipt->type <= EVM_RECEIPT_TYPE_MAX;
        if (sum.is_whole) {
            code.len = 0;
            evm_receipt_put(&code, receipt, &bloom);
        }
        if (sum.is_whole && !code.failed) {
            trie_root_add(&root, buf_bytes(&code));
        }
    }
    if (code.failed || !trie_root_finish(&root, sum.root.bytes)) {
        return unfit("a receipt is too long");
    }
    *ret_sum = sum;
    return RESULT_OK;
}

static struct result check_receipts(const struct evm_block *block, struct arena *arena,
                                    enum evm_trust trust, struct evm_proof *proof) {
    if (block->receipt_count != block->tx_count) {
        return unfit("there is not one receipt for each transaction");
    }
    struct receipts_sum sum;
    TRY(sum_receipts(block, arena, &sum));
    TRY(evm_proof_check_logs(&block->header, &sum.bloom));
    if (sum.is_whole && evm_word_eq(&sum.root, &block->header.receipts_root)) {
        return RESULT_OK;
    }
    if (!sum.is_known) {
        return believe(trust, &unknown_receipt, proof);
    }
    return unfit("the receipts are not those the header commits to");
}

struct result evm_proof_check_logs(const struct evm_header *header, const struct bloom *seen) {
    if (!bloom_covers(seen, &header->bloom)) {
        return unfit("the header's bloom promises logs that the node left out");
    }
    if (!bloom_covers(&header->bloom, seen)) {
        return unfit("the node sent logs that the header's bloom does not know");
    }
    return RESULT_OK;
}

struct result evm_proof_check_txs(const struct evm_block *block, struct block_hash asked,
                                  enum evm_trust trust, struct evm_proof *ret_proof) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(MEMORY_BYTES_MAX);
    struct evm_proof proof = {0};
    TRY(check_header(block, asked, arena, trust, &proof));
    TRY(check_txs(block, trust, &proof));
    *ret_proof = proof;
    return RESULT_OK;
}

struct result evm_proof_check(const struct evm_block *block, struct block_hash asked,
                              enum evm_trust trust, struct evm_proof *ret_proof) {
    CLEANUP(arena_cleanup) struct arena *arena = arena_new(MEMORY_BYTES_MAX);
    struct evm_proof proof = {0};
    TRY(evm_proof_check_txs(block, asked, trust, &proof));
    TRY(check_receipts(block, arena, trust, &proof));
    *ret_proof = proof;
    return RESULT_OK;
}
