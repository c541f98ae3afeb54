/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_WALLET_URI_H
#define TILL_CORE_WALLET_URI_H

/* What a wallet's camera understands of a payment: BIP-21 on Bitcoin-like chains, EIP-681 on EVM
 * chains. On Tron wallets agree on nothing but the address. */

#include "core/amount.h"

struct wallet_request {
    struct str address;
    struct amount amount; /* what is to be sent; its asset decides about the form */
    uint64_t chain_id;    /* EVM: of the chain that is followed */
    struct str contract;  /* of a token, on that chain; empty for coins */
};

/* Empty where there is no form, or not enough is known to name the one chain and contract. */
struct str wallet_uri(struct arena *arena, const struct wallet_request *request);

/* True where wallets read the bare address more reliably than the URI, so that people should see
 * the address first. */
bool wallet_uri_comes_second(const struct asset *asset);

#endif
