/* SPDX-License-Identifier: MIT */
#ifndef TILL_TESTS_UNIT_ADAPTERS_EVM_ANSWERS_H
#define TILL_TESTS_UNIT_ADAPTERS_EVM_ANSWERS_H

/* Recorded answers of an EVM node, changed as a liar would, and decoded as if a node had just sent
 * them. The recording is one block; what its transactions do stands in tests/vectors/README.md. */

#include "adapters/chain_evm/evm_decode.h"
#include "adapters/chain_evm/evm_outputs.h"
#include "node_answers.h"

/* The contract that counts in the recording, as USDT. */
const struct token_list *evm_recorded_token(void);
struct evm_assets evm_recorded_assets(void);

/* Each through the envelope of JSON-RPC, a few bytes at a time. */
struct result evm_decode_block(struct arena *arena, struct str json, struct evm_block *block);
struct result evm_decode_receipts(struct arena *arena, struct str json, struct evm_block *block);
struct result evm_decode_logs(struct arena *arena, struct str json,
                              struct evm_logs_decoder *ret_logs);

/* Both recordings, decoded. */
void evm_recorded_block(struct arena *arena, struct evm_block *ret_block);
/* What debug_traceBlockByHash could say of it: one transaction made these calls. */
const char *evm_recorded_traces(struct arena *arena, size_t which, const char *calls);

#endif
