/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_QUORUM_QUESTION_H
#define TILL_ADAPTERS_CHAIN_QUORUM_QUESTION_H

/* A call of ports/chain.h as a value, so that it can be handed to a thread, and its answer. Facts
 * come with a digest of all that they say: two answers are equal if their digests are. A block's
 * outputs are put in one order first, for each node may list them in its own. */

#include "core/hash.h"
#include "ports/chain.h"
#include "ports/chain_coins.h"

enum question_kind {
    QUESTION_IDENTITY,
    QUESTION_TIP,
    QUESTION_HASH,
    QUESTION_BLOCK,
    QUESTION_MEMPOOL,
    QUESTION_MEMPOOL_HAS,
    QUESTION_FINALITY,
    QUESTION_BALANCES,
    QUESTION_COIN,
    QUESTION_TRANSACTION,
    QUESTION_FEE_RATE,
    QUESTION_WAIT,
};

enum { QUESTION_KINDS = QUESTION_WAIT + 1 };

struct question {
    enum question_kind kind;
    int64_t height;         /* of a hash */
    struct block_hash hash; /* of a block, balances, a transaction; to wait for another */
    struct txid txid;
    uint32_t vout;
    uint32_t blocks;               /* of a fee rate */
    const struct script *programs; /* whose balances */
    size_t program_count;
    uint32_t timeout_ms; /* of a wait */
};

struct digest {
    uint8_t bytes[HASH_256_BYTES];
};

/* What belongs to the question is filled, if `result` is good. Lives in the arena of the asking. */
struct answer {
    struct result result;
    struct digest digest; /* of all but hints and opinions */
    struct chain_identity identity;
    struct block_header header; /* the tip's or the block's */
    struct block_hash hash;
    const struct chain_output *outputs; /* of the block or the mempool */
    size_t output_count;
    struct chain_flaws flaws; /* of the block, and no part of what is compared */
    bool has;
    struct chain_finality finality;
    struct amount *balances;
    struct chain_coin coin;
    struct bytes bytes; /* of a transaction */
    uint64_t fee_rate;
};

void question_ask(const struct question *question, struct chain *chain, struct arena *arena,
                  struct answer *ret_answer);
/* The same block, however often it is asked for. */
bool question_is_same_block(const struct question *a, const struct question *b);
/* "the outputs of blocks": what nodes may be at odds about. */
const char *question_subject(enum question_kind kind);

struct digest digest_of_header(const struct block_header *header);
bool digest_eq(const struct digest *a, const struct digest *b);

/* By transaction and ordinal, then by all the rest. */
void chain_outputs_sort(struct chain_output *outputs, size_t count);

#endif
