/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_BLOCK_UNDO_H
#define TILL_APP_BLOCK_UNDO_H

/* Takes the tip off again: exactly what block_apply did, backwards. undo(apply(x)) = x on the
 * ledger. */

#include "app/job.h"
#include "core/chain_types.h"
#include "ports/store_invoice.h"

struct network;

/* Invoices whose end an undone block proved: opened again, a batch in each job. */
struct block_reopen {
    struct store_deadline after; /* those behind it */
    int64_t until_ms;
    /* out */
    struct store_deadline last;
    bool has_more; /* behind `last` */
};

struct block_undo {
    const struct network *network;
    struct block_ref tip; /* what must be the store's tip */
    /* out: what is still to be reopened by block_reopen. Until then such an invoice stays canceled;
     * money that comes to it in time pays it all the same. */
    struct block_reopen reopen;
};

/* ERR_BLOCK_NOT_NEXT if the tip is another. */
extern const struct use_case block_undo_use_case;
extern const struct use_case block_reopen_use_case;

#endif
