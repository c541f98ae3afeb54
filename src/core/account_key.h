/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ACCOUNT_KEY_H
#define TILL_CORE_ACCOUNT_KEY_H

/* Extended public keys (BIP-32) and their texts (SLIP-132), and the one derivation that Till does:
 * from a public key to an unhardened child. Private keys are recognised so that they can be
 * refused; nothing here computes with one. Pure, no shared state: any number of threads may derive.
 */

#include "base/bytes.h"
#include "base/result.h"
#include "core/hash.h"

struct chain_params;

enum {
    ACCOUNT_KEY_BYTES = 78,
    PUBKEY_BYTES = 33, /* SEC 1 compressed */
    CHAIN_CODE_BYTES = 32,
    FINGERPRINT_BYTES = 4,
};

#define CHILD_HARDENED 0x80000000u

/* What a wallet's outputs look like. */
enum account_type {
    ACCOUNT_TYPE_UNSAID, /* xpub, tpub, Ltub, ttub: used for all types alike */
    ACCOUNT_P2PKH,
    ACCOUNT_P2SH_P2WPKH,
    ACCOUNT_P2WPKH,
    ACCOUNT_P2TR,
    ACCOUNT_EVM,
    ACCOUNT_TRON,
};

/* An extended public key, its point already decompressed. Fill it with account_key_parse. */
struct account_key {
    uint8_t depth;
    uint8_t parent_fingerprint[FINGERPRINT_BYTES];
    uint32_t child_number;
    uint8_t chain_code[CHAIN_CODE_BYTES];
    uint8_t pubkey[PUBKEY_BYTES];
    uint8_t point[64]; /* libsecp256k1's own form of `pubkey`; parsing one costs a square root */
};

/* The command line's words: pkh, sh-wpkh, wpkh, tr, evm, tron, and the long p2pkh, p2sh-p2wpkh,
 * p2wpkh, p2tr. */
bool account_type_by_name(struct str name, enum account_type *ret_type);
const char *account_type_name(enum account_type type); /* the short word; "" if unsaid */

/* Reads xpub, ypub, zpub, tpub, upub, vpub, Ltub, Mtub, ttub for `chain`, and on the test networks
 * of account-based chains xpub as well as tpub; `ret_type` is what the prefix says. ERR_KEY_PRIVATE
 * for any private form, ERR_KEY_WRONG_NETWORK for a prefix of another network, ERR_KEY_INVALID for
 * all else, multi-signature prefixes (Ypub, ...) included. */
struct result account_key_parse(const struct chain_params *chain, struct str text,
                                struct account_key *ret_key, enum account_type *ret_type);

/* The key as xpub (main) or tpub (else), the forms that every node reads. Lives in `arena`. */
struct str account_key_text(struct arena *arena, const struct chain_params *chain,
                            const struct account_key *key);

/* BIP-32: the first four bytes of HASH160 of the public key. */
void account_key_fingerprint(const struct account_key *key,
                             uint8_t ret_fingerprint[FINGERPRINT_BYTES]);

/* CKDpub. False if the child does not exist (chance 2^-127); BIP 32: "one should proceed with the
 * next value for i". A hardened index is a bug. */
bool account_key_child(const struct account_key *parent, uint32_t index,
                       struct account_key *ret_child);

/* The same without what only a printed key needs: just the child's point and public key. Half of
 * account_key_child's work is here, on the hot path of invoice creation. */
struct child_pubkey {
    uint8_t pubkey[PUBKEY_BYTES];
    uint8_t point[64];
};
bool account_key_child_pubkey(const struct account_key *parent, uint32_t index,
                              struct child_pubkey *ret_child);

/* The last step of both: adds the left half of the HMAC to the parent. Apart so that tests reach
 * the case that never happens by itself. */
bool account_key_tweak(const struct account_key *parent, const uint8_t left[HASH_256_BYTES],
                       struct child_pubkey *ret_child);

/* Looks like something that can spend, even if mistyped: an extended private key, WIF, BIP-38, 64
 * hexadecimal digits, a word phrase, alone or inside a descriptor. */
bool key_text_is_private(struct str text);

/* Overwrites the caller's copy of a text that held a private key; not optimised away. */
void key_text_wipe(char *text, size_t size);

#endif
