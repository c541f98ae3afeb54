/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_PROOF_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_PROOF_H

/* Holds what a node told of a block against the block's own hash: the header's fields hash to it,
 * and the header commits to the transactions, to the receipts with their logs, and by its bloom to
 * the logs alone. Pure.
 *
 * What does not fit is ERR_NODE_ANSWER: the block is asked for again and never used. A header or a
 * type of transaction that this program does not know looks the same as a lie. The operator of a
 * network that has such things of its own may say that its node is to be believed there; the answer
 * then tells what was taken on trust. What traces say is never proved.
 */

#include "adapters/chain_evm/evm_block.h"
#include "base/result.h"

struct arena;

enum evm_trust {
    EVM_TRUST_NOTHING,
    EVM_TRUST_NODE, /* where this program knows no better */
};

struct evm_proof {
    const char *gap; /* what had to be believed, static text; NULL: nothing */
};

/* All parts are there. ERR_NODE_ANSWER with a static detail. */
struct result evm_proof_check(const struct evm_block *block, struct block_hash asked,
                              enum evm_trust trust, struct evm_proof *ret_proof);

/* The same without receipts: header and transactions. */
struct result evm_proof_check_txs(const struct evm_block *block, struct block_hash asked,
                                  enum evm_trust trust, struct evm_proof *ret_proof);

/* Where no receipts are served: `seen` is the union over all logs that the node gave for the block,
 * whose header has been checked. Logs that are missing show in the header's bloom, unless others
 * happen to set the same bits; logs too many show in `seen`. */
struct result evm_proof_check_logs(const struct evm_header *header, const struct bloom *seen);

#endif
