/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_SANDBOX_LEDGER_H
#define TILL_ADAPTERS_CHAIN_SANDBOX_LEDGER_H

/* The simulated chain's state: its best chain and its mempool, as what the records of an event file
 * lead to. The same record gives the same change, whether it was just written or is replayed. Keeps
 * places in memory, never transactions: those are read back from the file. No clock, no locks. */

#include "base/bytes.h"
#include "core/chain_types.h"
#include "ports/chain.h"
#include "ports/sandbox.h"

struct arena;
struct event_file;
struct sandbox_ledger;

enum {
    SANDBOX_LEDGER_BLOCKS_KEPT = 100000, /* older ones can no longer be asked for */
    SANDBOX_LEDGER_BLOCKS_MAX = 2 * SANDBOX_LEDGER_BLOCKS_KEPT,
    SANDBOX_LEDGER_NEW_BLOCKS_MAX = 10000,      /* by one record */
    SANDBOX_LEDGER_MEMPOOL_OUTPUTS_MAX = 20000, /* and so in any block */
    SANDBOX_LEDGER_TX_OUTPUTS_MAX = 4096,
};

/* What a new branch's first block takes from the mempool. */
enum sandbox_ledger_take { SANDBOX_LEDGER_TAKE_FREE, SANDBOX_LEDGER_TAKE_ALL };

struct sandbox_ledger *sandbox_ledger_new(void);
void sandbox_ledger_free(struct sandbox_ledger *ledger);

/* ---- records: what to write for a change. Each answers the refusals of ports/sandbox.h and
 * changes nothing. The bytes live in `arena`. */

struct bytes sandbox_ledger_record_genesis(struct arena *arena, uint64_t seed, int64_t time_ms);
struct result sandbox_ledger_record_pay(const struct sandbox_ledger *ledger, struct arena *arena,
                                        const struct sandbox_output *outputs, size_t count,
                                        struct bytes *ret_record, struct txid *ret_txid);
/* Undoes `depth` blocks, whose transactions go where `mode` says, and adds `count`. */
struct result sandbox_ledger_record_blocks(const struct sandbox_ledger *ledger,
                                           const struct event_file *file, struct arena *arena,
                                           uint32_t depth, enum sandbox_reorg_mode mode,
                                           uint32_t count, enum sandbox_ledger_take take,
                                           int64_t now_ms, struct bytes *ret_record);
struct result sandbox_ledger_record_drop(const struct sandbox_ledger *ledger, struct arena *arena,
                                         struct txid txid, struct bytes *ret_record);

/* Makes the change that a record of `file` at `offset` describes. ERR_SANDBOX_FILE if the record
 * says what cannot be; the ledger is then of no further use. */
struct result sandbox_ledger_apply(struct sandbox_ledger *ledger, const struct event_file *file,
                                   uint64_t offset, struct bytes record);

/* Writes the state, and no more of its history than SANDBOX_LEDGER_BLOCKS_KEPT, to a new file. */
struct result sandbox_ledger_save(const struct sandbox_ledger *ledger,
                                  const struct event_file *file, struct event_file *copy);

/* ---- questions */

bool sandbox_ledger_is_empty(const struct sandbox_ledger *ledger); /* not even a genesis block */
struct block_hash sandbox_ledger_genesis(const struct sandbox_ledger *ledger);
struct block_header sandbox_ledger_tip(const struct sandbox_ledger *ledger);
/* False above the tip and below what is kept. */
bool sandbox_ledger_header_at(const struct sandbox_ledger *ledger, int64_t height,
                              struct block_header *ret_header);
/* False if the best chain has no such block. */
bool sandbox_ledger_header_by_hash(const struct sandbox_ledger *ledger, struct block_hash hash,
                                   struct block_header *ret_header);
/* The outputs of the best chain's block at `height`. */
struct result sandbox_ledger_block_outputs(const struct sandbox_ledger *ledger,
                                           const struct event_file *file, struct arena *arena,
                                           int64_t height, const struct chain_output **ret_outputs,
                                           size_t *ret_count);
/* Outputs of what entered the mempool after the mark, which moves on. */
struct result sandbox_ledger_mempool_outputs(const struct sandbox_ledger *ledger,
                                             const struct event_file *file, struct arena *arena,
                                             uint64_t *mark,
                                             const struct chain_output **ret_outputs,
                                             size_t *ret_count);
/* Is the transaction in the mempool, held or not? */
bool sandbox_ledger_mempool_has(const struct sandbox_ledger *ledger, struct txid txid);
bool sandbox_ledger_has_free_tx(const struct sandbox_ledger *ledger); /* one that is not held */

/* Equal for equal states: of the last thousand blocks, the mempool and the counters. */
struct result sandbox_ledger_digest(const struct sandbox_ledger *ledger,
                                    const struct event_file *file, uint8_t ret_digest[HASH_BYTES]);

#endif
