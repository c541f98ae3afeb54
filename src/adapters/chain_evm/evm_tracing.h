/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TRACING_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TRACING_H

/* How long a network waits for a node that should trace a block and fails: two minutes, and a few
 * tries. Then blocks are used without traces, and now and then one of them is tried again, so that
 * a node that fails slowly costs a tenth of the time at most. Pure: times are of the monotonic
 * clock. */

#include <stdbool.h>
#include <stdint.h>

/* Zero: all is well. */
struct evm_tracing {
    uint32_t failures;     /* in a row */
    int64_t failing_at_ms; /* since when */
    int64_t failed_at_ms;  /* the last time */
    bool is_out;           /* blocks are used without */
    int64_t again_at_ms;   /* then it is tried again */
};

/* Is the node not to be asked now? */
bool evm_tracing_rests(const struct evm_tracing *tracing, int64_t now_ms);
void evm_tracing_worked(struct evm_tracing *tracing);
/* A try for one block has failed. True: use it without. */
bool evm_tracing_failed(struct evm_tracing *tracing, int64_t began_ms, int64_t now_ms);

#endif
