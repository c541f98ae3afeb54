/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_RESCAN_H
#define TILL_APP_RESCAN_H

/* Blocks that an operator wants read again: who asks hands it in, the network's watcher takes it
 * when it has nothing newer to do, and reads a part of it. Nothing of it is kept: whoever asked
 * goes on with the next part, and what was read twice changes nothing. */

#include <stdint.h>

#include "base/result.h"

struct arena;
struct followed_network;

enum {
    RESCAN_BLOCKS_MAX = 100000, /* of one range */
    RESCAN_DETAIL_BYTES = 300,
};

/* As far as the asker's own network has been read. */
#define RESCAN_TO_TIP INT64_C(-1)
#define RESCAN_ENDED  INT64_C(-1)

struct rescan_tally {
    int64_t blocks_read;
    int64_t blocks_untraced; /* what contracts paid in them is not known */
    int64_t payments_found;
    int64_t payments_known; /* in a block already, and left as they were */
};

/* Owned by who hands it in, until `done` has been called. */
struct rescan {
    int64_t from_height;
    int64_t to_height; /* the last one; or RESCAN_TO_TIP, which handing in replaces */
    void (*done)(struct rescan *rescan); /* on the watcher's thread; afterwards it may be gone */
    /* out */
    int64_t next_height; /* where the next part begins, or RESCAN_ENDED */
    struct rescan_tally tally;
    struct result outcome; /* good if any block was read; its detail points into `detail` */
    char detail[RESCAN_DETAIL_BYTES];
};

/* ERR_RESCAN_RANGE for heights that Till has not read yet, the wrong way round or too many;
 * ERR_RESCAN_RUNNING while there is another one; ERR_NODE_STOPPED, ERR_NETWORK_NOT_READY. */
struct result rescan_hand_in(struct followed_network *followed, struct arena *arena,
                             struct rescan *rescan);

/* ---- the watcher's side */

/* From now on, and until it is closed, something may be handed in. */
void rescan_open(struct followed_network *followed);
/* Nothing is taken any more; what was handed in ends with ERR_NODE_STOPPED. */
void rescan_close(struct followed_network *followed);
/* What was handed in and is not done; or NULL. */
struct rescan *rescan_current(struct followed_network *followed);
/* Takes it out and calls `done`. */
void rescan_finish(struct followed_network *followed, struct result outcome);

#endif
