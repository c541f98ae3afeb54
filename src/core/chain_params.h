/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_CHAIN_PARAMS_H
#define TILL_CORE_CHAIN_PARAMS_H

/* What the addresses and keys of a network look like: one constant row for each chain ("btc",
 * "ltc") and network ("main", "testnet", "testnet4", "signet", "regtest"). Says nothing about
 * nodes, blocks or assets. */

#include "base/str.h"

enum address_form {
    ADDRESS_FORM_BITCOIN, /* a scriptPubKey, written in Base58Check or Bech32 */
    ADDRESS_FORM_EVM,     /* 20 bytes of a Keccak-256 hash, written as EIP-55 */
    ADDRESS_FORM_TRON,    /* the same 20 bytes, written in Base58Check behind a version byte */
};

struct chain_params {
    const char *chain;
    const char *network;
    bool is_main; /* coins have a price; extended keys are xpub and not tpub */
    enum address_form form;
    uint8_t p2pkh_version; /* Base58Check version bytes; Tron's one stands here, too */
    uint8_t p2sh_version;
    const char *hrp; /* Bech32 human-readable part */
};

/* The row, which lives for ever, or NULL. */
const struct chain_params *chain_params_by_name(struct str chain, struct str network);

/* All rows, for lists and tests; NULL past the last. */
const struct chain_params *chain_params_at(size_t position);

#endif
