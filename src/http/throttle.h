/* SPDX-License-Identifier: MIT */
#ifndef TILL_HTTP_THROTTLE_H
#define TILL_HTTP_THROTTLE_H

/* Who may go on calling. An address is counted for what it asks without a key that works: pages,
 * calls without a key, wrong keys. A key is counted for all it is used for. A good key is never
 * refused for what others do from the same address. The answer at the limit is 429 with
 * Retry-After. */

#include "http/reply.h"

struct request;

/* A call without a key that works. False: `*ret_refusal` is the answer. */
bool throttle_stranger(struct request *request, struct reply *ret_refusal);
/* The same call asked for an invoice that does not exist: whoever tries out ids is soon stopped. */
void throttle_miss(struct request *request);
/* A call with this API key. */
bool throttle_key(struct request *request, int64_t key_id, struct reply *ret_refusal);

#endif
