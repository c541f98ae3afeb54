/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_ADMIN_PAYOUT_JSON_H
#define TILL_HTTP_ADMIN_PAYOUT_JSON_H

/* Payouts on chains of accounts as the file that docs/payouts.md describes. */

#include "base/json_write.h"

struct admin_call;
struct payout_transfers;

void payout_transfers_json(struct json_writer *json, const struct admin_call *call,
                           const struct payout_transfers *transfers, int64_t now_ms);

#endif
