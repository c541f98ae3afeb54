/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_ROWS_H
#define TILL_PORTS_ROWS_H

/* The rows of the store as the use cases see them: one struct for each table, plain values. Texts
 * live in the arena of whoever read or made the row. Ids are 64-bit, never 0, never used twice;
 * a time of 0 means "not yet". */

#include "ports/rows_event.h"
#include "ports/rows_invoice.h"
#include "ports/rows_payout.h"
#include "ports/rows_rollup.h"
#include "ports/rows_shop.h"

/* What the store knows of a network; the tip is its highest block. */
struct chain_row {
    const struct network *network;
    struct block_hash genesis;
    struct str chain_name;
    int64_t started_at_ms;
};

#endif
