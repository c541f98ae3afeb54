/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_INFLOW_RECORD_H
#define TILL_APP_INFLOW_RECORD_H

/* What balances say that transfers do not: native coin that came to an invoice's address as a
 * validator's withdrawal or reward, or, on a node without traces, from a contract. It is written
 * down and told to the operator, and credited to nobody: which transaction paid, and when, is not
 * known. */

#include "app/job.h"
#include "core/chain_types.h"
#include "ports/rows.h"

struct arena;
struct store_conn;

/* An address and what it held of its network's coin in the state of our tip. */
struct inflow_balance {
    struct address_row address; /* of an invoice */
    struct amount balance;
};

struct inflow_record {
    const struct network *network;
    struct block_ref tip; /* in whose state the balances stood; nothing is done if it is ours no
                             more */
    const struct inflow_balance *balances;
    size_t count;
};

/* Of `balance`, what none of these payments in blocks accounts for. */
struct amount inflow_of(struct amount balance, int64_t address_id,
                        const struct payment_row *payments, size_t count);

/* Writes what differs from what is known; what is accounted for by now is cleared. */
extern const struct use_case inflow_record_use_case;

/* The sum at all addresses of an invoice; its asset is NULL if there is none. */
struct result inflow_of_invoice(struct store_conn *conn, const struct address_row *options,
                                size_t option_count, struct amount *ret_sum);
/* The operator knows what it was: forgotten, and its alarm is cleared. */
struct ledger;
struct invoice_bundle;
struct result inflow_settle(struct ledger *ledger, const struct invoice_bundle *bundle);

#endif
