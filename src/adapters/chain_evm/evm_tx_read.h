/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TX_READ_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TX_READ_H

/* Reads transactions as nodes write them and encodes each anew as the chain does (EIP-2718), so
 * that its hash and the root over all of them can be held against what the block commits to. Who
 * sent a transaction follows from its signature, which is looked at only where it
 * matters. */

#include "adapters/chain_evm/evm_block.h"
#include "base/json_read.h"
#include "core/trie_root.h"

struct arena;

enum { EVM_TX_PARTS_MAX = 40 };

/* Parts of one JSON object, each encoded, in whatever order they came. */
struct evm_tx_parts {
    struct buf bytes;
    struct {
        size_t at;
        size_t len; /* 0: not there */
    } of[EVM_TX_PARTS_MAX];
};

struct evm_tx_reader {
    struct evm_tx_parts tx;
    struct evm_tx_parts item; /* of a list in the transaction */
    struct buf raw;           /* one value's bytes */
    struct buf code;          /* the transaction */
    struct trie_root root;
    struct evm_tx_commitment commitment;
};

/* `arena` holds buffers that are used again for each transaction. */
void evm_tx_reader_init(struct evm_tx_reader *self, struct arena *arena);
/* One transaction. Fails the reader if something that we need is missing or malformed. */
void evm_tx_read(struct evm_tx_reader *self, struct json_reader *reader, struct evm_tx *ret_tx);
/* Who signed the transaction that was just read; false if nobody did, or not in a way we know. */
bool evm_tx_signer(struct evm_tx_reader *self, const struct evm_tx *tx,
                   struct evm_address *ret_signer);
/* Of all that were read. False if the arena was full. */
bool evm_tx_reader_finish(struct evm_tx_reader *self, struct evm_tx_commitment *ret_commitment);

#endif
