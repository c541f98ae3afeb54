/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_PAYOUT_AGAIN_H
#define TILL_APP_PAYOUT_AGAIN_H

/* Payouts on a chain of accounts that were exported before: the same file comes again, as long as
 * all of it is to pay and nothing else is, and no node knows of a transaction with its nonces. */

#include "base/result.h"
#include "base/str.h"
#include "core/script.h"

struct payout_pick;
struct sweep_look;

/* `from` is the address that the operator named; of length 0: none. ERR_PAYOUT_MIXED,
 * ERR_PAYOUT_FINISHED, ERR_PAYOUT_SENT, ERR_FIELD_INVALID, with a sentence. */
struct result payout_again_file(const struct payout_pick *pick, struct sweep_look *look,
                                const struct script *from, struct str *ret_file);

#endif
