/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_RESERVE_H
#define TILL_APP_RESERVE_H

/* Hands out invoice row ids and address indexes, each number once for ever. A bound for each
 * counter is raised ahead in the side file before numbers below it are used. After an orderly stop
 * a counter goes on where it was; after any other end, and after a restore, it jumps to its bound,
 * and the indexes jumped over are reported so that their addresses can be watched. Thread-safe. */

#include "base/result.h"
#include "core/account.h"

struct arena;
struct bounds;
struct clock;
struct reserve;

struct reserve *reserve_new(struct bounds *bounds, const struct clock *clock);
void reserve_free(struct reserve *reserve);

/* `next` is one above the highest number in the store. With `jump` the counter starts at the side
 * file's bound if that is higher; a key that is known already goes on at `next` at the earliest.
 * ret_first is where it starts. */
struct result reserve_add_invoices(struct reserve *reserve, int64_t next, bool jump,
                                   int64_t *ret_first);
struct result reserve_add_account_key(struct reserve *reserve, int64_t account_key_id,
                                      const uint8_t account_id[ACCOUNT_ID_BYTES], int64_t next,
                                      bool jump, int64_t *ret_first);

struct result reserve_invoice_id(struct reserve *reserve, int64_t *ret_id);
/* ERR_INDEX_EXHAUSTED past ACCOUNT_INDEX_MAX; ERR_NOT_FOUND for an unknown account key. */
struct result reserve_index(struct reserve *reserve, int64_t account_key_id, uint32_t *ret_index);

#endif
