/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_GENESIS_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_GENESIS_H

/* The first blocks of the main chains, as published by those who run them. A chain id is but a
 * number that anybody may configure; these say which chain it is before anything is pinned. */

#include <stdbool.h>
#include <stdint.h>

#include "core/chain_types.h"

/* False if the chain with that id begins with another block. True of ids that are not known. */
bool evm_genesis_fits(uint64_t chain_id, struct block_hash genesis);

#endif
