/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_SUPPORT_FAKE_NODE_H
#define TILL_TESTS_SUPPORT_FAKE_NODE_H

/* A node as a chain of its own, told by a test what to say: honest, lying, behind, on a fork, dead,
 * slow or hanging. Blocks are numbered by height and branch; whoever has the same branch has the
 * same block. Notes if more than one thread ever called it. */

#include <pthread.h>

#include "ports/chain.h"

enum { FAKE_BLOCKS_MAX = 64, FAKE_OUTPUTS = 3, FAKE_HINTS_MAX = 8 };

enum fake_state {
    FAKE_ALIVE,
    FAKE_DEAD,
    FAKE_HANGING,
    FAKE_FOREIGN,
    FAKE_REFUSING,
    FAKE_SYNCING,
    FAKE_CONFUSED, /* nothing that it says can be understood */
};

enum fake_lie {
    FAKE_TRUTH,
    FAKE_INVENTS,
    FAKE_OMITS,
    FAKE_CHANGES_AMOUNT,
    FAKE_CHANGES_ASSET,
    FAKE_CHANGES_PROGRAM,
    FAKE_CHANGES_ORDINAL,
    FAKE_CHANGES_TXID,
    FAKE_CHANGES_COINBASE,
    FAKE_CHANGES_TIME,
    FAKE_CHANGES_PROVEN_TIME,
    FAKE_CHANGES_PARENT,
    FAKE_DENIES,  /* knows no block by its hash */
    FAKE_BABBLES, /* answers that cannot be understood */
    FAKE_LIES,    /* how many there are */
};

struct fake_node {
    struct chain chain;
    char label[32];
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    enum fake_state state;
    enum fake_lie lie;     /* about blocks */
    enum fake_lie tip_lie; /* about the header of the tip: its times */
    bool shuffles;         /* tells outputs in another order */
    uint32_t delay_ms;     /* of each answer */
    uint32_t block_delay_ms;
    uint32_t block_ms;                 /* between two blocks, by their own times; 0: a second */
    bool has_no_blocks;                /* it cannot tell any now */
    uint8_t branches[FAKE_BLOCKS_MAX]; /* of each height */
    int64_t tip;
    int64_t safe;
    int64_t finalized;
    uint64_t balance;
    struct chain_output hints[FAKE_HINTS_MAX]; /* told once */
    size_t hint_count;
    bool has_tx;
    struct chain_token token; /* no asset: none */
    const char *believed;     /* without proof */
    const char *warning;
    const char *stuck;
    bool lacks_finality; /* cannot tell it */
    unsigned lives;      /* dead after that many answers; 0: it lives for ever */
    bool woken;
    bool is_stopped;
    unsigned calls;
    unsigned waits;
    pthread_t caller;
    bool has_caller;
    bool was_shared; /* called from two threads */
    bool is_closed;
};

/* Freed by fake_node_free; closing its chain only notes that. */
struct fake_node *fake_node_new(size_t number);
void fake_node_free(struct fake_node *node);

/* Under its lock, so that a test may change it while it is asked. */
void fake_node_set(struct fake_node *node, enum fake_state state);
void fake_node_lie(struct fake_node *node, enum fake_lie lie);
void fake_node_lose_blocks(struct fake_node *node, bool has_no_blocks);
void fake_node_slow(struct fake_node *node, uint32_t delay_ms);
/* Its tip is this, and all above `from` are of this branch. */
void fake_node_branch(struct fake_node *node, int64_t from, int64_t tip, uint8_t branch);
void fake_node_hint(struct fake_node *node, uint8_t txid, uint64_t units);
unsigned fake_node_calls(struct fake_node *node);
bool fake_node_was_shared(struct fake_node *node);

struct block_hash fake_hash(int64_t height, uint8_t branch);
/* What an honest node says. */
struct block_header fake_header(const struct fake_node *node, int64_t height);
void fake_outputs(int64_t height, uint8_t branch,
                  struct chain_output ret_outputs[FAKE_OUTPUTS + 1]);

#endif
