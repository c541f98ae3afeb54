/* SPDX-License-Identifier: MIT */
#ifndef TILL_CLI_RESCAN_H
#define TILL_CLI_RESCAN_H

/* tilld reads blocks again a part at a time and answers after each; here the answers are summed up
 * to one, and the next request follows from them. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct arguments;
struct node;

struct rescan_sum {
    struct str network;
    int64_t from;
    int64_t to;   /* -1: as far as there is, until an answer says how far that is */
    int64_t next; /* where the next part begins; -1: nothing is left */
    int64_t blocks_read;
    int64_t blocks_untraced;
    int64_t payments_found;
    int64_t payments_known;
};

/* What the command line asks for. */
struct rescan_sum rescan_wanted(const struct arguments *arguments);
/* The body that asks for the next part. */
struct str rescan_body(struct arena *arena, const struct rescan_sum *sum);
/* False if it is no such answer, or one that leads nowhere. */
bool rescan_add(struct rescan_sum *sum, const struct node *answer);
/* As if it had been one answer. */
struct str rescan_answer(struct arena *arena, const struct rescan_sum *sum);

#endif
