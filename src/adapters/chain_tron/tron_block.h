/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_TRON_BLOCK_H
#define TILL_ADAPTERS_CHAIN_TRON_TRON_BLOCK_H

/* A block as we keep it: its header, its transactions as far as they matter, and what could pay
 * somebody. It is whole once its logs are in; which logs count is decided here, wherever they come
 * from. Owns its memory, so that it can wait until it is asked for. */

#include "adapters/chain_tron/tron_address.h"
#include "core/token.h"
#include "ports/chain.h"

struct asset;

enum { TRON_TOPICS_MAX = 4, TRON_LOG_DATA_MAX = HASH_256_BYTES };

/* What counts on the chain that is followed. */
struct tron_rules {
    const struct asset *coin;
    struct token_list tokens;
};

struct tron_tx {
    struct txid txid;
    bool is_paying; /* it succeeded: its money and its logs count */
    bool may_log;   /* it runs a contract */
    bool must_log;  /* moves a token of ours by its own call */
    bool has_info;  /* its TransactionInfo has come */
    uint32_t log_count;
    int64_t last_log_index; /* -1: none so far */
};

struct tron_block {
    struct arena *arena;
    struct block_header header;
    struct tron_tx *txs;
    size_t tx_count;
    size_t tx_cap;
    struct chain_output *outputs;
    size_t output_count;
    size_t output_cap;
    size_t native_count; /* of the outputs, those that no log made */
    size_t tx_cursor;    /* of the latest log: the next one is near */
    uint64_t log_count;
    size_t unread_count;     /* Transfer events of our tokens that are no transfers to us */
    struct txid unread_txid; /* the first one's */
    bool is_rooted;          /* the transactions are those that the header commits to */
    bool is_whole;           /* the logs are in */
    int64_t handed_at_ms;    /* when it was first given to whoever asked; 0: not yet */
    uint8_t tx_root[HASH_BYTES];
};

struct tron_block *tron_block_new(void);
void tron_block_free(struct tron_block *block);
size_t tron_block_bytes(const struct tron_block *block);

/* False if the block's memory is full. */
bool tron_block_add_tx(struct tron_block *block, const struct tron_tx *tx);
bool tron_block_add_native(struct tron_block *block, const struct tron_rules *rules,
                           const struct txid *txid, uint32_t frame, const struct tron_address *to,
                           int64_t amount_sun);

struct tron_log {
    struct block_hash block; /* has_block */
    struct txid txid;
    struct tron_address address;
    uint8_t topics[TRON_TOPICS_MAX][HASH_256_BYTES];
    uint8_t data[TRON_LOG_DATA_MAX];
    int64_t height;
    int64_t log_index; /* of the block or of the transaction: nodes differ; -1: unknown */
    size_t tx_index;   /* a hint where the transaction stands */
    size_t topic_count;
    size_t data_bytes; /* may be more than `data` holds */
    bool is_removed;
};

/* NULL if the block has no such transaction. `hint`: where it may stand. */
struct tron_tx *tron_block_find_tx(struct tron_block *block, const struct txid *txid, size_t hint);

/* Logs come in the order of the block. NULL, or why this one cannot belong to the block: then the
 * answer that it came in is worth nothing. */
const char *tron_block_add_log(struct tron_block *block, const struct tron_rules *rules,
                               const struct tron_log *log);
/* Takes all logs, and what contracts paid, out again. */
void tron_block_clear_logs(struct tron_block *block);
/* Nothing in the block can have made a log. */
bool tron_block_has_no_logs(const struct tron_block *block);
/* A transaction moved a token of ours by its own call, or contracts ran, and no log came: to be
 * proved. */
bool tron_block_lacks_logs(const struct tron_block *block);

#endif
