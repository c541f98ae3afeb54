/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ACCOUNT_H
#define TILL_CORE_ACCOUNT_H

/* A wallet's account public key, ready to derive: what a merchant gives (an extended key or an
 * output descriptor) is parsed once, and each address index then costs one HMAC and one point
 * addition. Holds nothing that can spend. A parsed account is constant: copy it, share it between
 * threads. */

#include "base/result.h"
#include "core/account_key.h"
#include "core/address.h"
#include "core/descriptor.h"

struct arena;
struct chain_params;

enum {
    ACCOUNT_ID_BYTES = 20,
    KEY_PLACE_STEPS_MAX = KEY_ORIGIN_STEPS_MAX + 2, /* the branch and the index */
};

/* Indexes are 0 to ACCOUNT_INDEX_MAX; past it BIP-32 needs a private key. */
#define ACCOUNT_INDEX_MAX 0x7fffffffu

struct account {
    const struct chain_params *chain;
    enum account_type type; /* never ACCOUNT_TYPE_UNSAID */
    enum account_branch branch;
    struct key_origin origin;
    struct account_key key;                 /* as given */
    uint8_t fingerprint[FINGERPRINT_BYTES]; /* of `key`, as wallets show it */
    struct account_key branch_key;          /* the parent of all addresses */
    /* Names the sequence of child keys: HASH160 of the branch's public key and chain code. Two
     * texts with the same id yield the same keys, however written and on whatever network, so they
     * must share one counter. */
    uint8_t id[ACCOUNT_ID_BYTES];
};

/* `text` is an extended public key or a descriptor; white space around it is ignored. A key alone
 * must be an account key, made by a hardened step; for any other the branch must be written. `type`
 * is what the operator named, or ACCOUNT_TYPE_UNSAID. ERR_KEY_TYPE_NEEDED if nobody says the type,
 * ERR_KEY_TYPE_WRONG if two say different ones, else as account_key_parse and descriptor_parse. On
 * ERR_KEY_PRIVATE the caller must wipe its text (key_text_wipe). */
struct result account_parse(const struct chain_params *chain, struct str text,
                            enum account_type type, struct account *ret_account);

/* The output script of the external address at `index`. ERR_INDEX_EXHAUSTED past ACCOUNT_INDEX_MAX;
 * ERR_INDEX_INVALID if BIP-32 has no such child (chance 2^-127): give up this index, take the next.
 */
struct result account_script_at(const struct account *account, uint32_t index,
                                struct script *ret_script);

/* What the script of a P2SH-P2WPKH address hides, given the address's public key. */
struct script account_redeem_script(const uint8_t pubkey[PUBKEY_BYTES]);

/* The same as text, on the account's own network. */
struct result account_address_at(const struct account *account, uint32_t index,
                                 struct address_text *ret_text);

/* The key of one address, and how a signer finds its private half: the steps below the key that
 * `fingerprint` names, the master key's if the wallet's text said where the account comes from,
 * else the account's own. */
struct key_place {
    uint8_t pubkey[PUBKEY_BYTES];
    uint8_t fingerprint[FINGERPRINT_BYTES];
    uint8_t step_count;
    uint32_t steps[KEY_PLACE_STEPS_MAX];
};

/* Errors as account_script_at. */
struct result account_key_place(const struct account *account, uint32_t index,
                                struct key_place *ret_place);

/* The canonical descriptor with checksum, as `till wallet show` prints it. Parsing it gives the
 * same account. Lives in `arena`. */
struct str account_descriptor(struct arena *arena, const struct account *account);

#endif
