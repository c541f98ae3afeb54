/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_PROOF_H
#define TILL_ADAPTERS_CHAIN_BITCOIN_BLOCK_PROOF_H

/* What a block's hash commits to, computed again: the hash from the header's fields, the merkle
 * root from the txids. The one place where hashes change from the byte order of RPC texts to that
 * of the wire and back. */

#include <stddef.h>

#include "core/chain_types.h"

enum { MERKLE_LEVELS = 32 };

struct block_proof_header {
    int32_t version;
    struct block_hash parent;
    uint8_t merkle_root[HASH_BYTES]; /* in the order of RPC texts */
    uint32_t time_s;
    uint32_t bits;
    uint32_t nonce;
};

/* Double SHA-256 of the 80 bytes: a Litecoin block has this hash too, its scrypt hash is only for
 * the proof of work. */
struct block_hash block_proof_hash(const struct block_proof_header *header);

/* The tree over txids as they come: only the left edges that still wait are kept. */
struct merkle {
    uint32_t count;
    bool is_ambiguous; /* equal neighbours: the same root stands for another list (CVE-2012-2459) */
    uint8_t waiting[MERKLE_LEVELS][HASH_BYTES];
};

void merkle_init(struct merkle *merkle);
void merkle_add(struct merkle *merkle, const struct txid *txid);
/* False for an empty or ambiguous list. In the order of RPC texts. */
bool merkle_root(const struct merkle *merkle, uint8_t ret_root[HASH_BYTES]);

#endif
