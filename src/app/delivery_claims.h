/* SPDX-License-Identifier: MIT */
#ifndef TILL_APP_DELIVERY_CLAIMS_H
#define TILL_APP_DELIVERY_CLAIMS_H

/* Which deliveries are being sent right now. The worker claims a row before it sends; an undo that
 * wants to withdraw a success nobody has heard blocks it first, and learns if it is too late. Lives
 * in memory: at start nothing is claimed. Thread-safe. */

#include <stdbool.h>
#include <stdint.h>

struct delivery_claims;

struct delivery_claims *delivery_claims_new(void);
void delivery_claims_free(struct delivery_claims *claims);

/* False if the delivery was blocked. */
bool delivery_claim(struct delivery_claims *claims, int64_t delivery_id);
void delivery_unclaim(struct delivery_claims *claims, int64_t delivery_id);
/* False if it is claimed: somebody may hear it this moment. */
bool delivery_block(struct delivery_claims *claims, int64_t delivery_id);

#endif
