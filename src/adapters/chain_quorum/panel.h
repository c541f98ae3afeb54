/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_QUORUM_PANEL_H
#define TILL_ADAPTERS_CHAIN_QUORUM_PANEL_H

/* The nodes, each with a thread of its own that alone calls its chain, and rounds of one question
 * to all of them. A node that is still at an earlier question is asked once it is free, and nobody
 * waits for it while enough others have answered; what it says too late is still heard, to be held
 * against what was agreed on. Knows how to count, not what answers mean. The panel's own functions
 * belong to one thread, but panel_wake and panel_stop. */

#include "adapters/chain_quorum/chain_quorum.h"
#include "adapters/chain_quorum/question.h"

struct panel;

/* Hears each answer once: after its round, or when it comes late. `agreed` is what the round agreed
 * on, or NULL. `answer` lives until the node is asked again. */
typedef void (*panel_hear)(void *context, size_t node, const struct question *question,
                           const struct answer *answer, const struct digest *agreed);

struct panel *panel_new(const struct chain_quorum_options *options, panel_hear hear, void *context);
/* Stops the chains and closes them. */
void panel_free(struct panel *panel);

struct panel_round {
    struct question question;
    /* True once nothing more is needed; NULL: every answer is. */
    bool (*is_enough)(const struct panel *panel, const void *context);
    const void *context;
    uint32_t grace_ms;   /* how long the others are waited for after that */
    uint32_t timeout_ms; /* 0: the panel's own */
};

/* Asks all, and returns when it is enough, when all who could have answered, or after the timeout.
 */
void panel_ask(struct panel *panel, const struct panel_round *round);
/* Ends the round: what came, and what will come, is heard. */
void panel_settle(struct panel *panel, const struct digest *agreed);

size_t panel_count(const struct panel *panel);
size_t panel_quorum(const struct panel *panel);
struct chain *panel_chain(const struct panel *panel, size_t node);
const char *panel_label(const struct panel *panel, size_t node);
/* To the round asked last, until the next; NULL if there is none (yet). */
const struct answer *panel_answer(const struct panel *panel, size_t node);

/* How many good answers there are, and how many said ERR_BLOCK_UNKNOWN. */
size_t panel_good_count(const struct panel *panel);
size_t panel_unknown_count(const struct panel *panel);
/* Rules for is_enough: as many good answers as the quorum; as many alike, or that
 * do not know. */
bool panel_has_quorum(const struct panel *panel, const void *context);
bool panel_is_decided(const struct panel *panel, const void *context);
/* A good answer that a quorum of nodes gave alike, or NULL. */
const struct answer *panel_agreed(const struct panel *panel);

/* Sleeps in every free chain's own wait, until one has news, a wake, or `timeout_ms`. */
void panel_wait(struct panel *panel, uint32_t timeout_ms);
/* Ends a running or the next panel_wait; from any thread. */
void panel_wake(struct panel *panel);
/* Stops the chains, ends a round under way, and lets nobody be asked again; from any thread. */
void panel_stop(struct panel *panel);
bool panel_is_stopped(struct panel *panel);

#endif
