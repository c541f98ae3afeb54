/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_ROLLUP_H
#define TILL_APP_ROLLUP_H

/* What one unit of work changes in the rolled-up rows: gathered in memory, so that a batch of a
 * thousand invoices of one shop reads and writes one row. What an invoice counts for follows from
 * its rows alone; taking that away before a change and adding it again after it keeps the sums
 * right whatever the change was, an undone block too. */

#include "app/invoice_facts.h"
#include "ports/rows.h"

struct arena;
struct rollup;
struct store_conn;

/* What an option has received: confirmed payments of its own asset, credited or not. */
struct rollup_receipt {
    const struct network *network;
    struct amount received;
    struct amount usd; /* at the option's frozen quote */
};

/* What one invoice counts for. */
struct rollup_share {
    int64_t shop_id;
    int64_t day;
    enum invoice_status status;
    struct amount price_usd;
    const struct rollup_receipt *receipts;
    size_t receipt_count;
};

struct rollup_share rollup_share_of(struct arena *arena, const struct invoice_rows *rows);

struct rollup *rollup_new(struct arena *arena);
void rollup_add(struct rollup *rollup, const struct rollup_share *share);
void rollup_take(struct rollup *rollup, const struct rollup_share *share);

/* Reads, changes and writes each row that is not as it was. A sum that would fall below zero stays
 * at zero and `*ret_sound` is false: the rows were wrong before. */
struct result rollup_write(const struct rollup *rollup, struct store_conn *conn, bool *ret_sound);

#endif
