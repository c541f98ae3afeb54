/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_PROTO_H
#define TILL_ADAPTERS_CHAIN_TRON_PROTO_H

/* The protocol buffers that Tron's hashes are made of. Headers and transactions are put together
 * again byte for byte from what a node tells, as java-tron writes them: a block's id is its height
 * and the tail of the SHA-256 of its header, a transaction's that of its raw data, and the header
 * commits to the whole transactions, their signatures and results by a tree. What a transaction
 * does is read from its raw data, never from the node's rendering of it. */

#include "adapters/chain_tron/tron_address.h"
#include "base/bytes.h"
#include "core/chain_types.h"

struct buf;

enum { TRON_WITNESS_BYTES_MAX = 256 }; /* that of the first block is a sentence */

/* BlockHeader.raw. Zero, and an empty text, means that the field is not there. */
struct tron_header {
    int64_t number;
    int64_t timestamp;
    int64_t witness_id;
    int32_t version;
    uint8_t tx_root[HASH_BYTES];
    struct block_hash parent;
    uint8_t account_state_root[HASH_BYTES];
    bool has_account_state_root;
    size_t witness_len;
    uint8_t witness[TRON_WITNESS_BYTES_MAX];
};

struct block_hash tron_header_id(const struct tron_header *header);
/* The first 8 bytes of an id. */
int64_t tron_height_of(struct block_hash id);

/* Transaction.Result.contractRet: what became of a transaction in its block. */
enum { TRON_RESULT_SUCCESS = 1 };
/* False for a name that is none. */
bool tron_result_by_name(struct str name, uint32_t *ret_result);

/* Fields of a Transaction, appended to `buf` in the order of their numbers. */
void tron_put_raw(struct buf *buf, struct bytes raw);
void tron_put_signature(struct buf *buf, struct bytes signature);
void tron_put_result(struct buf *buf, int64_t fee, uint32_t result);

/* The tree over the hashes of whole transactions. Unlike Bitcoin's, a node without a right
 * neighbour moves up as it is. */
enum { TRON_TREE_LEVELS = 32 };
struct tron_tree {
    uint32_t count;
    uint8_t waiting[TRON_TREE_LEVELS][HASH_BYTES];
};
void tron_tree_add(struct tron_tree *tree, struct bytes transaction);
/* All zeros for an empty tree. */
void tron_tree_root(const struct tron_tree *tree, uint8_t ret_root[HASH_BYTES]);

enum tron_contract_kind {
    TRON_OTHER,    /* neither moves TRX to an account nor runs a contract */
    TRON_TRANSFER, /* TRX from account to account */
    TRON_CALL,     /* of a contract */
    TRON_CREATION, /* of a contract */
    TRON_UNREADABLE,
};
struct tron_contract {
    enum tron_contract_kind kind;
    struct tron_address owner;
    struct tron_address to; /* the receiver, or the contract */
    int64_t amount;         /* of a transfer */
    struct bytes input;     /* of a call; points into what was read */
};
/* What a transaction does. Several contracts in one transaction, which the chain does not allow,
 * are unreadable. */
struct tron_contract tron_contract_read(struct bytes raw);

#endif
