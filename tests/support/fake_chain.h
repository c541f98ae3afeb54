/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_FAKE_CHAIN_H
#define TILL_TESTS_SUPPORT_FAKE_CHAIN_H

/* A chain that a test writes block by block, behind ports/chain.h: it says of itself whatever the
 * test wants, true or not. */

#include "ports/chain.h"

enum { FAKE_BLOCKS_MAX = 200, FAKE_OUTPUTS_MAX = 16, FAKE_TOKENS_MAX = 4 };

struct fake_block {
    struct block_header header;
    struct chain_output outputs[FAKE_OUTPUTS_MAX];
    size_t output_count;
};

struct fake_chain {
    struct chain port; /* first */
    const char *name;  /* "main", "regtest" */
    bool has_finality; /* false: it cannot be told now */
    struct chain_finality finality;
    struct chain_token tokens[FAKE_TOKENS_MAX];
    size_t token_count;
    struct fake_block blocks[FAKE_BLOCKS_MAX]; /* by height; the genesis is there from the start */
    int64_t height;
    uint8_t branch; /* in all hashes to come */
    uint32_t txs;
};

void fake_chain_init(struct fake_chain *chain, const char *network, const char *name);
/* Into the block that is mined next. */
void fake_chain_pay(struct fake_chain *chain, const struct script *to, struct amount amount);
void fake_chain_mine(struct fake_chain *chain, int64_t time_ms);
/* Forgets the highest blocks; what is mined next is another branch. */
void fake_chain_drop(struct fake_chain *chain, int64_t blocks);
struct block_ref fake_chain_ref(const struct fake_chain *chain, int64_t height);

#endif
