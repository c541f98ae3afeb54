/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PSBT_H
#define TILL_CORE_PSBT_H

/* Writes an unsigned transaction as a partially signed one (BIP 174, version 0; BIP 371 for P2TR):
 * what a wallet needs in order to check it, to find its keys and to sign. Holds no signature and no
 * key that could make one. */

#include "core/account.h"
#include "core/amount.h"
#include "core/chain_types.h"

struct arena;

/* How an output of a wallet of ours is spent. */
struct psbt_key {
    enum account_type type;
    struct key_place place;
};

struct psbt_input {
    struct txid txid;
    uint32_t vout;
    struct amount amount;
    struct script program;
    struct psbt_key key;
    /* The transaction that made the coin, without witnesses; empty: left out. P2PKH needs it: the
     * signature says nothing about the amount. */
    struct bytes previous_tx;
};

struct psbt_output {
    struct script program;
    struct amount amount;
    const struct psbt_key *key; /* NULL: somebody else's */
};

struct psbt {
    const struct psbt_input *inputs;
    size_t input_count;
    const struct psbt_output *outputs;
    size_t output_count;
};

/* The bytes of the file, in `arena`. ERR_PSBT_TOO_LARGE if they are too many for it;
 * ERR_AMOUNT_OVERFLOW if an amount is more than 64 bits hold. */
struct result psbt_encode(struct arena *arena, const struct psbt *psbt, struct bytes *ret_bytes);

#endif
