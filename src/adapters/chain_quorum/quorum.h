/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_QUORUM_QUORUM_H
#define TILL_ADAPTERS_CHAIN_QUORUM_QUORUM_H

/* What the files of this folder share: the chain made of many, what it has agreed on of late, and
 * who contradicts it. One thread, as every chain. */

#include "adapters/chain_quorum/panel.h"
#include "ports/chain.h"

enum {
    QUORUM_WALK_BLOCKS = 6,  /* nodes that agree on none of that many blocks are at odds */
    QUORUM_FRESH_BLOCKS = 2, /* forks of this depth are every day's business */
    QUORUM_DENIALS_MAX = 30, /* so often a block may vanish between two questions */
    QUORUM_HEADERS = 16,
    QUORUM_TEXT_BYTES = 320,
};

struct quorum_text {
    char text[QUORUM_TEXT_BYTES]; /* "": nothing to tell */
};

/* How long a node has failed one kind of question. */
struct quorum_absence {
    unsigned times; /* in a row, as far as it matters; 0: it is there */
    int64_t since_ms;
    struct quorum_text why;
};

struct quorum {
    struct chain chain;
    struct chain_ops ops; /* without what a node's chain lacks */
    struct panel *panel;
    struct block_header agreed_tip;              /* height -1: none yet */
    struct block_header headers[QUORUM_HEADERS]; /* lately agreed on, a ring */
    size_t header_count;                         /* ever put in */
    struct block_hash denied; /* the block that was asked for last and not found */
    uint32_t denials;         /* how often in a row */
    struct block_hash compared_tips[CHAIN_QUORUM_NODES_MAX]; /* foreign tips looked into */
    struct quorum_text split[QUESTION_KINDS];                /* what no quorum agrees on */
    struct quorum_text dissent[CHAIN_QUORUM_NODES_MAX][QUESTION_KINDS];     /* who contradicts it */
    struct quorum_absence absences[CHAIN_QUORUM_NODES_MAX][QUESTION_KINDS]; /* wait: it hangs */
    bool was_heard[CHAIN_QUORUM_NODES_MAX]; /* since quorum_missing was asked last */
    int64_t missing_ms;
    struct arena *hint_arena;
    struct chain_output *hints; /* of the mempool, not told yet */
    size_t hint_count;
};

static inline struct quorum *quorum_of(struct chain *chain) {
    return (struct quorum *)((char *)chain - offsetof(struct quorum, chain));
}

/* ---- rounds (round.c) */

/* Asks until a quorum has answered alike. Settled by the caller, after it took what it needs. */
void quorum_ask(struct quorum *self, const struct question *question);
/* Why the round that was asked last agreed on nothing, for a question about `about`. */
struct result quorum_failure(struct quorum *self, struct arena *arena,
                             const struct question *question, const char *about);
/* A result of a node in the caller's arena, with the node's name. */
struct result quorum_result_of(const struct quorum *self, struct arena *arena, size_t node,
                               struct result result);
/* Asks, settles and answers, for what is all in the digest; the answer lives until the next
 * question. */
struct result quorum_agree(struct quorum *self, struct arena *arena,
                           const struct question *question, const char *about,
                           const struct answer **ret_answer);

/* ---- the port's questions */

struct result quorum_tip(struct chain *chain, struct arena *arena, struct block_header *ret_tip);
struct result quorum_hash_at(struct chain *chain, struct arena *arena, int64_t height,
                             struct block_hash *ret_hash);
struct result quorum_block(struct chain *chain, struct arena *arena, struct block_hash hash,
                           struct chain_block *ret_block);
struct result quorum_finality(struct chain *chain, struct arena *arena,
                              struct chain_finality *ret_finality);
struct result quorum_mempool(struct chain *chain, struct arena *arena,
                             const struct chain_output **ret_outputs, size_t *ret_count);
struct result quorum_mempool_has(struct chain *chain, struct arena *arena, struct txid txid,
                                 bool *ret_has);

extern const struct chain_coin_ops quorum_coin_ops;

/* ---- who is at odds with whom (dissent.c) */

/* A panel_hear. */
void quorum_hear(void *quorum, size_t node, const struct question *question,
                 const struct answer *answer, const struct digest *agreed);
void quorum_note_header(struct quorum *self, const struct block_header *header);
/* NULL if it is not among the last ones. */
const struct block_header *quorum_find_header(const struct quorum *self, struct block_hash hash);
void quorum_note_split(struct quorum *self, enum question_kind kind, const char *text);
const char *quorum_warning(struct chain *chain, struct arena *arena);
const char *quorum_stuck(struct chain *chain, struct arena *arena);

/* ---- who is not there (absence.c) */

void quorum_note_answer(struct quorum *self, size_t node, const struct question *question,
                        const struct answer *answer);
const char *quorum_missing(struct chain *chain, struct arena *arena);

/* A hint of the mempool, kept until it is told. */
void quorum_add_hints(struct quorum *self, const struct answer *answer);

#endif
