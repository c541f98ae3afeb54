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
struct ledger;

enum {
    LEDGER_BLOCKS_KEPT = 100000, /* older ones can no longer be asked for */
    LEDGER_BLOCKS_MAX = 2 * LEDGER_BLOCKS_KEPT,
    LEDGER_NEW_BLOCKS_MAX = 10000,      /* by one record */
    LEDGER_MEMPOOL_OUTPUTS_MAX = 20000, /* and so in any block */
    LEDGER_TX_OUTPUTS_MAX = 4096,
};

/* What a new branch's first block takes from the mempool. */
enum ledger_take { LEDGER_TAKE_FREE, LEDGER_TAKE_ALL };

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);

/* ---- records: what to write for a change. Each answers the refusals of ports/sandbox.h and
 * changes nothing. The bytes live in `arena`. */

struct bytes ledger_record_genesis(struct arena *arena, uint64_t seed, int64_t time_ms);
struct result ledger_record_pay(const struct ledger *ledger, struct arena *arena,
                                const struct sandbox_output *outputs, size_t count,
                                struct bytes *ret_record, struct txid *ret_txid);
/* Undoes `depth` blocks, whose transactions go where `mode` says, and adds `count`. */
struct result ledger_record_blocks(const struct ledger *ledger, const struct event_file *file,
                                   struct arena *arena, uint32_t depth,
                                   enum sandbox_reorg_mode mode, uint32_t count,
                                   enum ledger_take take, int64_t now_ms, struct bytes *ret_record);
struct result ledger_record_drop(const struct ledger *ledger, struct arena *arena, struct txid txid,
                                 struct bytes *ret_record);

/* Makes the change that a record of `file` at `offset` describes. ERR_SANDBOX_FILE if the record
 * says what cannot be; the ledger is then of no further use. */
struct result ledger_apply(struct ledger *ledger, const struct event_file *file, uint64_t offset,
                           struct bytes record);

/* Writes the state, and no more of its history than LEDGER_BLOCKS_KEPT, to a new file. */
struct result ledger_save(const struct ledger *ledger, const struct event_file *file,
                          struct event_file *copy);

/* ---- questions */

bool ledger_is_empty(const struct ledger *ledger); /* not even a genesis block */
struct block_hash ledger_genesis(const struct ledger *ledger);
struct block_header ledger_tip(const struct ledger *ledger);
/* False above the tip and below what is kept. */
bool ledger_header_at(const struct ledger *ledger, int64_t height, struct block_header *ret_header);
/* False if the best chain has no such block. */
bool ledger_header_by_hash(const struct ledger *ledger, struct block_hash hash,
                           struct block_header *ret_header);
/* The outputs of the best chain's block at `height`. */
struct result ledger_block_outputs(const struct ledger *ledger, const struct event_file *file,
                                   struct arena *arena, int64_t height,
                                   const struct chain_output **ret_outputs, size_t *ret_count);
/* Outputs of what entered the mempool after the mark, which moves on. */
struct result ledger_mempool_outputs(const struct ledger *ledger, const struct event_file *file,
                                     struct arena *arena, uint64_t *mark,
                                     const struct chain_output **ret_outputs, size_t *ret_count);
bool ledger_has_free_tx(const struct ledger *ledger); /* one that is not held */

/* Equal for equal states: of the last thousand blocks, the mempool and the counters. */
struct result ledger_digest(const struct ledger *ledger, const struct event_file *file,
                            uint8_t ret_digest[HASH_BYTES]);

#endif
