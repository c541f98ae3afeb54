/* SPDX-License-Identifier: MIT */
#ifndef TILL_WORKERS_TICKER_H
#define TILL_WORKERS_TICKER_H

/* A thread that calls a step again and again, with a pause between. */

#include <stdint.h>

struct ticker;

struct ticker *ticker_start_new(void (*step)(void *context), void *context, uint32_t pause_ms);
/* Returns when a running step has ended. NULL is fine. */
void ticker_stop_free(struct ticker *ticker);

#endif
