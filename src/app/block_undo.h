/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_BLOCK_UNDO_H
#define TILL_APP_BLOCK_UNDO_H

/* Takes the tip off again: exactly what block_apply did, backwards. undo(apply(x)) = x on the
 * ledger. */

#include "app/job.h"
#include "core/chain_types.h"

struct network;

struct block_undo {
    const struct network *network;
    struct block_ref tip; /* what must be the store's tip */
};

/* ERR_BLOCK_NOT_NEXT if the tip is another. */
extern const struct use_case block_undo_use_case;

#endif
