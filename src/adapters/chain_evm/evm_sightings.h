/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_SIGHTINGS_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_SIGHTINGS_H

/* Which transactions of the pending block are new. Only the coin that a transaction itself carries
 * is a sighting: where a token's log will stand, and whether there will be one, only the block
 * says. */

#include "adapters/chain_evm/evm_block.h"

struct arena;
struct asset;
struct chain_output;
struct evm_sightings;

struct evm_sightings *evm_sightings_new(void);
void evm_sightings_free(struct evm_sightings *sightings);

/* The outputs of those that were not in the pending block the last time. */
void evm_sightings_look(struct evm_sightings *sightings, struct arena *arena,
                        const struct asset *coin, const struct evm_tx *txs, size_t count,
                        const struct chain_output **ret_outputs, size_t *ret_count);

#endif
