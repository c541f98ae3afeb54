/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_CHAIN_RESCAN_H
#define TILL_WORKERS_CHAIN_RESCAN_H

/* The part of watching a chain that reads blocks again when an operator asks for it: between two
 * looks at the tip, so that a new block waits for one old one at most, and by the same questions
 * and the same judgement. What fails there says nothing about the network's health. */

#include "app/networks.h"

struct app;
struct store_conn;

/* The watcher's own things, and what is remembered between two steps: zeros at the beginning. */
struct chain_rescan {
    const struct app *app;
    struct chain *chain;
    struct followed_network *followed;
    struct store_conn *reader;
    const struct rescan *current; /* the one that the rest is about */
    int64_t taken_at_tick_ms;
    unsigned failures; /* of its next block, in a row */
};

/* When the node is level with us and nothing is new: reads for a moment. True if there is more to
 * be read at once. */
bool chain_rescan_step(struct chain_rescan *rescan);

/* After any other look: who asked is not kept waiting for ever by a network that does not come to
 * it. */
void chain_rescan_wait(struct chain_rescan *rescan);

#endif
