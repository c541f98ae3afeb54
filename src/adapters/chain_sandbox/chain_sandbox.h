/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_SANDBOX_CHAIN_SANDBOX_H
#define TILL_ADAPTERS_CHAIN_SANDBOX_CHAIN_SANDBOX_H

/* The simulated chain: ports/chain.h for the watcher, ports/sandbox.h (whose functions are defined
 * here) for buttons and commands. Deterministic: the same seed, clock and calls give the same
 * hashes. Lives in one event file; safe to use from any thread. */

#include <stdint.h>

#include "base/result.h"
#include "core/chain_types.h"

struct arena;
struct chain;
struct clock;
struct network;
struct sandbox;

struct chain_sandbox_options {
    const struct network *network;
    const char *path;          /* created if there is none */
    const struct clock *clock; /* outlives the sandbox */
    uint64_t seed;             /* of a chain that starts now; an existing one keeps its own */
    uint64_t compact_bytes;    /* a larger file is rewritten when opened; 0: 32 MiB */
};

/* ERR_SANDBOX_FILE, with a detail in `arena`. */
struct result chain_sandbox_open(const struct chain_sandbox_options *options, struct arena *arena,
                                 struct sandbox **ret_sandbox);
/* Nobody may use the sandbox or its chain any more. */
void chain_sandbox_close(struct sandbox *sandbox);

/* The chain as one watcher sees it. It belongs to the sandbox: its own close does nothing. */
struct chain *chain_sandbox_chain(struct sandbox *sandbox);

/* Equal for chains in equal states; for tests. */
struct result chain_sandbox_digest(struct sandbox *sandbox, uint8_t ret_digest[HASH_BYTES]);

#endif
