/* SPDX-License-Identifier: MIT */
#include "core/evm_signer.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "base/result.h"
#include "core/hash.h"

enum { POINT_BYTES = 65, COORDINATES_BYTES = 64 };

bool evm_signer(const struct evm_word *digest, const struct evm_signature *signature,
                struct evm_address *ret_address) {
    const secp256k1_context *curve = secp256k1_context_static;
    uint8_t compact[2 * EVM_WORD_BYTES];
    memcpy(compact, signature->r.bytes, EVM_WORD_BYTES);
    memcpy(compact + EVM_WORD_BYTES, signature->s.bytes, EVM_WORD_BYTES);
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey point;
    if (signature->y_parity > 1 ||
        !secp256k1_ecdsa_recoverable_signature_parse_compact(curve, &parsed, compact,
                                                             (int)signature->y_parity) ||
        !secp256k1_ecdsa_recover(curve, &point, &parsed, digest->bytes)) {
        return false;
    }
    uint8_t bytes[POINT_BYTES];
    size_t size = sizeof bytes;
    int serialized =
        secp256k1_ec_pubkey_serialize(curve, bytes, &size, &point, SECP256K1_EC_UNCOMPRESSED);
    BUG_IF(!serialized || size != sizeof bytes);
    uint8_t hash[HASH_256_BYTES];
    hash_keccak256((struct bytes){.ptr = bytes + 1, .len = COORDINATES_BYTES}, hash);
    memcpy(ret_address->bytes, hash + HASH_256_BYTES - EVM_ADDRESS_BYTES, EVM_ADDRESS_BYTES);
    return true;
}
