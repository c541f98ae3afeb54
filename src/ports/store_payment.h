/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_PAYMENT_H
#define TILL_PORTS_STORE_PAYMENT_H

/* Payments, blocks and the pinned identity of each chain. A payment row is unique for network, txid
 * and ordinal, and lives through sighting, blocks and reorgs. */

#include "ports/rows.h"

struct arena;
struct store_conn;

struct result store_payment_insert(struct store_conn *conn, const struct payment_row *payment,
                                   int64_t *ret_id);
/* Writes what blocks change: state, height, block, maturity, first sighting. */
struct result store_payment_update(struct store_conn *conn, const struct payment_row *payment);
/* Forgets a row whose facts were wrong. */
struct result store_payment_delete(struct store_conn *conn, int64_t id);
struct result store_payment_by_outpoint(struct store_conn *conn, const struct network *network,
                                        struct txid txid, uint32_t ordinal,
                                        struct payment_row *ret_payment);
struct result store_payment_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct payment_row **ret_payments,
                                       size_t *ret_count);
/* Shallow payments with matures_height <= height, the oldest first. */
struct result store_payment_maturing(struct store_conn *conn, struct arena *arena,
                                     const struct network *network, int64_t height, uint32_t limit,
                                     const struct payment_row **ret_payments, size_t *ret_count);
struct store_finality {
    int64_t safe_height;
    int64_t finalized_height;
    uint32_t limit;
};
/* Shallow payments that wait for their block to be safe or finalized, and now it is. */
struct result store_payment_becoming_final(struct store_conn *conn, struct arena *arena,
                                           const struct network *network,
                                           struct store_finality finality,
                                           const struct payment_row **ret_payments,
                                           size_t *ret_count);
/* Does any shallow payment of an invoice that is not paid wait for that? */
struct store_waits {
    bool for_safe;
    bool for_finalized;
};
struct result store_payment_waits(struct store_conn *conn, const struct network *network,
                                  struct store_waits *ret_waits);
/* Confirmed payments with matures_height >= height: the undo of block `height` makes them shallow
 * again. */
struct result store_payment_matured_from(struct store_conn *conn, struct arena *arena,
                                         const struct network *network, int64_t height,
                                         const struct payment_row **ret_payments,
                                         size_t *ret_count);
/* Payments whose block is `height`. */
struct result store_payment_at_height(struct store_conn *conn, struct arena *arena,
                                      const struct network *network, int64_t height,
                                      const struct payment_row **ret_payments, size_t *ret_count);
/* 0 if there is none. */
struct result store_payment_highest_id(struct store_conn *conn, int64_t *ret_id);
/* One that was seen is gone; nothing if a block has it by now. */
struct result store_payment_forget_sighting(struct store_conn *conn, int64_t payment_id);
/* Payments in the mempool as far as we know. */
struct result store_payment_seen(struct store_conn *conn, struct arena *arena,
                                 const struct network *network,
                                 const struct payment_row **ret_payments, size_t *ret_count);

/* Appends; the block must follow the tip, by height and parent, unless there is none yet. */
struct result store_block_insert(struct store_conn *conn, const struct network *network,
                                 const struct block_header *block);
struct result store_block_delete(struct store_conn *conn, const struct network *network,
                                 int64_t height);
/* Forgets blocks below `height`. */
struct result store_block_prune(struct store_conn *conn, const struct network *network,
                                int64_t height);
/* ERR_NOT_FOUND if the network was never followed. */
struct result store_block_tip(struct store_conn *conn, const struct network *network,
                              struct block_header *ret_block);
struct result store_block_at(struct store_conn *conn, const struct network *network, int64_t height,
                             struct block_header *ret_block);
/* The lowest block kept. */
struct result store_block_lowest(struct store_conn *conn, const struct network *network,
                                 struct block_header *ret_block);

/* Blocks that count without traces. */
struct untraced_sum {
    int64_t count;
    int64_t first_height; /* these two 0 if there are none */
    int64_t last_height;
};
struct result store_untraced_add(struct store_conn *conn, const struct network *network,
                                 int64_t height);
struct result store_untraced_remove(struct store_conn *conn, const struct network *network,
                                    int64_t height, bool *ret_removed);
struct result store_untraced_sum(struct store_conn *conn, const struct network *network,
                                 struct untraced_sum *ret_sum);

struct result store_chain_insert(struct store_conn *conn, const struct chain_row *chain);
struct result store_chain_by_network(struct store_conn *conn, struct arena *arena,
                                     const struct network *network, struct chain_row *ret_chain);

#endif
