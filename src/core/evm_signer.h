/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_EVM_SIGNER_H
#define TILL_CORE_EVM_SIGNER_H

/* Who signed: the address whose key made an Ethereum signature. */

#include "core/evm_types.h"

struct evm_signature {
    struct evm_word r;
    struct evm_word s;
    uint64_t y_parity; /* 0 or 1 */
};

/* `digest`: of what was signed. False if that is no signature of anybody. */
bool evm_signer(const struct evm_word *digest, const struct evm_signature *signature,
                struct evm_address *ret_address);

#endif
