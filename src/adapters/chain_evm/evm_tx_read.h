/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_TX_READ_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_TX_READ_H

/* Reads transactions as nodes write them and encodes each anew as the chain does (EIP-2718), so
 * that its hash and the root over all of them can be held against what the block commits to. Who
 * sent a transaction follows from its signature and is not checked. */

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
/* Of all that were read. False if the arena was full. */
bool evm_tx_reader_finish(struct evm_tx_reader *self, struct evm_tx_commitment *ret_commitment);

#endif
