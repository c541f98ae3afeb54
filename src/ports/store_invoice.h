/* SPDX-License-Identifier: MIT */
#ifndef TILL_PORTS_STORE_INVOICE_H
#define TILL_PORTS_STORE_INVOICE_H

/* Invoices, their options (addresses) and the frozen rates. Ids of invoices are reserved by the
 * caller; address ids grow in the order of insertion. */

#include "ports/rows.h"

struct arena;
struct store_conn;

struct result store_invoice_insert(struct store_conn *conn, const struct invoice_row *invoice);
/* Writes what changes in an invoice's life: status, flags, decisions, times, shown option. */
struct result store_invoice_update(struct store_conn *conn, const struct invoice_row *invoice);
struct result store_invoice_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                  struct invoice_row *ret_invoice);

struct store_invoice_filter {
    int64_t shop_id; /* 0: all shops */
    int64_t created_from_ms;
    int64_t created_before_ms; /* 0: no bound */
    uint32_t offset;
    uint32_t limit;
};
/* Newest first. */
struct result store_invoice_list(struct store_conn *conn, struct arena *arena,
                                 const struct store_invoice_filter *filter,
                                 const struct invoice_row **ret_invoices, size_t *ret_count);
/* Those with a higher id, in its sequence: to walk through all of them. */
struct result store_invoice_after(struct store_conn *conn, struct arena *arena, int64_t after_id,
                                  uint32_t limit, const struct invoice_row **ret_invoices,
                                  size_t *ret_count);
struct store_deadline {
    int64_t deadline_ms;
    int64_t invoice_id;
};
struct store_deadlines {
    struct store_deadline after; /* zeros: from the oldest */
    int64_t until_ms;
    uint32_t limit;
};
/* Created or partial invoices that are not yet flagged expired and whose deadline is not after
 * `until_ms`, oldest deadline first. */
struct result store_invoice_expiring(struct store_conn *conn, struct arena *arena,
                                     const struct store_deadlines *wanted,
                                     const struct store_deadline **ret_deadlines,
                                     size_t *ret_count);
/* The same of canceled or expired-partial invoices: an undone block may take a proof away. */
struct result store_invoice_expired(struct store_conn *conn, struct arena *arena,
                                    const struct store_deadlines *wanted,
                                    const struct store_deadline **ret_deadlines, size_t *ret_count);
/* The first deadline of an open invoice after `after_ms`, 0 if there is none. */
struct result store_invoice_next_deadline(struct store_conn *conn, int64_t after_ms,
                                          int64_t *ret_deadline_ms);
/* The highest invoice id, 0 if there is none. */
struct result store_invoice_highest_id(struct store_conn *conn, int64_t *ret_id);

/* ERR_ADDRESS_TAKEN if the network has this program already, or the account key's index belongs to
 * another option. The invoice may follow within the transaction. */
struct result store_address_insert(struct store_conn *conn, const struct address_row *address,
                                   int64_t *ret_id);
struct result store_address_by_id(struct store_conn *conn, int64_t id,
                                  struct address_row *ret_address);
/* An invoice's options in the order they were issued; of a receipt, its wallet's address. */
struct result store_address_of_invoice(struct store_conn *conn, struct arena *arena,
                                       int64_t invoice_id, const struct address_row **ret_addresses,
                                       size_t *ret_count);
/* The join of a block: ret_rows[i] is the address row that programs[i] belongs to, or NULL. */
struct result store_address_match(struct store_conn *conn, struct arena *arena,
                                  const struct network *network,
                                  const struct script *const *programs, size_t count,
                                  const struct address_row *const **ret_rows);
/* Rows of the network issued after `after_id`, for what was issued since a snapshot. */
struct result store_address_since(struct store_conn *conn, struct arena *arena,
                                  const struct network *network, int64_t after_id,
                                  const struct address_row **ret_addresses, size_t *ret_count);
/* Of the wallet, those that payments with after_id < id <= until_id came to and are still on the
 * chain; some more than once. */
struct store_payment_range {
    int64_t after_id;
    int64_t until_id;
};
struct result store_address_paid_in(struct store_conn *conn, struct arena *arena, int64_t wallet_id,
                                    struct store_payment_range payments,
                                    const struct address_row **ret_addresses, size_t *ret_count);
struct result store_address_highest_id(struct store_conn *conn, int64_t *ret_id);

/* ERR_STORE_TAKEN if the shop has used the key. */
struct result store_idempotency_key_insert(struct store_conn *conn,
                                           const struct idempotency_key_row *key);
struct result store_idempotency_key_find(struct store_conn *conn, struct arena *arena,
                                         int64_t shop_id, struct str key,
                                         struct idempotency_key_row *ret_key);
/* When the oldest of them was made; 0: there is none. */
struct result store_idempotency_key_oldest(struct store_conn *conn, int64_t *ret_created_at_ms);
/* Forgets up to `limit` of the oldest. */
struct result store_idempotency_key_prune(struct store_conn *conn, int64_t created_before_ms,
                                          uint32_t limit);

/* Finds the same pair, rate and source, or inserts it. */
struct result store_rate_quote_intern(struct store_conn *conn, const struct rate_quote_row *quote,
                                      int64_t *ret_id);
struct result store_rate_quote_by_id(struct store_conn *conn, struct arena *arena, int64_t id,
                                     struct rate_quote_row *ret_quote);

#endif
