/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_FAILOVER_FAILOVER_H
#define TILL_ADAPTERS_CHAIN_FAILOVER_FAILOVER_H

/* The parts of fail-over: whose turn it is (chain_failover.c), and who is there (standing.c). */

#include "adapters/chain_failover/chain_failover.h"
#include "ports/chain.h"

enum { STANDING_WHY_BYTES = 200, STANDING_LABEL_BYTES = 100 };

/* What is known of a node by its tips. */
struct standing {
    char label[STANDING_LABEL_BYTES]; /* of the node, for people */
    bool fails;
    bool is_behind;   /* it was far behind the active one when it was looked at */
    unsigned times;   /* in a row that it failed, or did not, up to a few; 0: not asked yet */
    int64_t since_ms; /* the first of them */
    int64_t look_at_ms;
    char why[STANDING_WHY_BYTES]; /* the first failure's reason, so that what is told stays */
};

struct failover {
    struct chain chain;
    struct chain_ops ops; /* without what a node's chain lacks */
    struct chain *nodes[CHAIN_FAILOVER_NODES_MAX];
    size_t count;
    size_t active; /* the node that answered last, or came back to its turn */

    const struct clock *clock; /* NULL: nobody is looked after, and what follows is not used */
    struct arena *arena;       /* of a look */
    struct standing standings[CHAIN_FAILOVER_NODES_MAX];
    struct block_header tip; /* as it was told last to whoever asks us */
    bool has_returned;       /* the active node, at: */
    int64_t returned_at_ms;
    int64_t trial_ms; /* how long a node must have answered to come back to its turn */
};

struct failover *failover_of(struct chain *chain);

void standing_init(struct failover *self);
/* What a node made of the question for its tip. */
void standing_note_tip(struct failover *self, size_t node, struct result asked,
                       const struct block_header *tip);
/* The active node did not answer something, and another one did. */
void standing_note_loss(struct failover *self);
/* Asks one of those whose turn it is not, if it is time, and gives an earlier one of the list its
 * turn back if it has answered for long enough. */
void standing_look(struct failover *self);
/* For ports/chain.h. */
const char *standing_missing(struct chain *chain, struct arena *arena);

#endif
