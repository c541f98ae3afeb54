/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_SANDBOX_LEDGER_STATE_H
#define TILL_ADAPTERS_CHAIN_SANDBOX_LEDGER_STATE_H

/* What the ledger's three files share: ledger.c changes the state, ledger_plan.c says what to
 * write for a change, ledger_view.c answers questions. Nobody else includes this. */

#include "adapters/chain_sandbox/ledger.h"
#include "adapters/chain_sandbox/record.h"

enum { ID_DIGEST_BYTES = HASH_BYTES - 8 }; /* of an id; its number follows */

struct block_entry {
    uint64_t seq; /* rises along the chain, and with each block ever made */
    int64_t time_ms;
    uint64_t offset; /* of the record that lists its transactions; 0: it has none */
};

struct mempool_entry {
    uint64_t offset; /* of the transaction's record */
    uint64_t seq;
    uint64_t entered; /* counts arrivals, also of the same transaction again */
    uint32_t output_count;
    bool held;
};

struct sandbox_ledger {
    uint64_t seed;
    uint64_t next_block_seq;
    uint64_t next_tx_seq;
    int64_t base_height; /* of blocks[0] */
    size_t block_count;
    size_t mempool_count;
    size_t mempool_outputs;
    uint64_t arrivals;
    struct block_entry *blocks;    /* SANDBOX_LEDGER_BLOCKS_MAX, touched as they fill */
    struct mempool_entry *mempool; /* SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX */
};

struct block_hash sandbox_ledger_block_hash(const struct sandbox_ledger *ledger, uint64_t seq);
struct txid sandbox_ledger_txid(const struct sandbox_ledger *ledger, uint64_t seq);

/* The record that lists the transactions of blocks[index]; lives in `arena`. */
struct result sandbox_ledger_block_txs(const struct sandbox_ledger *ledger,
                                       const struct event_file *file, struct arena *arena,
                                       size_t index, struct record_blocks *ret_blocks);
struct result sandbox_ledger_read_pay(const struct event_file *file, struct arena *arena,
                                      uint64_t offset, struct record_pay *ret_pay);

#endif
