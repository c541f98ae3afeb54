/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_PAUSE_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_PAUSE_H

/* When to leave a node alone: after it was unreachable or too busy twice in a row, longer each time
 * up to some seconds, and never for quite the same while, so that many of us do not come back at
 * the same moment. */

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

enum { EVM_PAUSE_WHY_BYTES = 200 };

/* Zero: none. */
struct evm_pause {
    uint32_t next_ms;
    int64_t until_ms; /* by the monotonic clock */
    char why[EVM_PAUSE_WHY_BYTES];
};

bool evm_pause_is_over(const struct evm_pause *pause);
/* What the node's latest question came to. */
void evm_pause_note(struct evm_pause *pause, struct result result);

#endif
