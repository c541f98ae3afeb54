/* SPDX-License-Identifier: MIT */
#ifndef TILL_GATEWAY_H
#define TILL_GATEWAY_H

/* tilld put together: opens what the configuration names, hands it to the use cases, starts the
 * loops, and stops them in the opposite direction. Wiring only. */

#include "base/result.h"

struct arena;
struct config;
struct gateway;

/* Everything that can refuse does so here, with a sentence. Owned by the caller; `arena` outlives
 * it. */
struct result gateway_open(struct arena *arena, const struct config *config,
                           struct gateway **ret_gateway);
/* Serves from here on. */
struct result gateway_start(struct gateway *gateway);
/* Orderly: requests in work are answered, queued jobs are committed, the store is marked as
 * stopped. */
void gateway_stop(struct gateway *gateway);
/* NULL is fine. */
void gateway_close(struct gateway *gateway);

#endif
