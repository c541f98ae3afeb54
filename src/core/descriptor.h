/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_DESCRIPTOR_H
#define TILL_CORE_DESCRIPTOR_H

/* The syntax of output descriptors (BIP-380 to 386, 389), as much as one account key needs:
 *
 *     pkh(K)  wpkh(K)  sh(wpkh(K))  tr(K)    each with an optional #checksum
 *     evm(K)  tron(K)                        ours, in the same syntax: no BIP covers these chains
 *     K:      [fingerprint/84h/0h/0h] (optional), an extended public key, then a branch
 *     branch: 0 and star, or <0;1> and star   children m/0/i, the external chain
 *             nothing                         the same: an account key stands for its external
 * chain star                            children m/i, the key is already a branch
 *
 * Anything else (other branches, hardened steps, single keys, multisig, scripts) is refused. Takes
 * text apart and computes checksums; what the key means is core/account.h's. */

#include "base/result.h"
#include "core/account_key.h"

struct arena;

enum {
    DESCRIPTOR_TEXT_MAX = 512,
    DESCRIPTOR_CHECKSUM_LEN = 8,
    KEY_ORIGIN_STEPS_MAX = 10,
};

/* Where the wallet software says the key comes from. Kept to be shown, never relied on. */
struct key_origin {
    bool present;
    uint8_t fingerprint[FINGERPRINT_BYTES]; /* of the master key */
    uint8_t step_count;
    uint32_t steps[KEY_ORIGIN_STEPS_MAX]; /* CHILD_HARDENED set where written h, H or ' */
};

enum account_branch {
    ACCOUNT_BRANCH_EXTERNAL, /* m/0/i below the key */
    ACCOUNT_BRANCH_SELF,     /* m/i below the key */
};

struct descriptor {
    enum account_type type;
    struct key_origin origin;
    struct str key_text; /* borrowed from the parsed text */
    enum account_branch branch;
    bool branch_written; /* false: nothing stood behind the key */
};

/* ERR_DESCRIPTOR_INVALID, with a detail that says what was not understood. A checksum, when
 * present, must be right. */
struct result descriptor_parse(struct str text, struct descriptor *ret_descriptor);

/* The eight characters of BIP-380 for a descriptor without '#'. False if `text` holds a character
 * that no descriptor may hold. */
bool descriptor_checksum(struct str text, char ret_checksum[DESCRIPTOR_CHECKSUM_LEN]);

/* The canonical text with checksum; `key_text` is placed as it is. Lives in `arena`. */
struct str descriptor_text(struct arena *arena, const struct descriptor *descriptor);

#endif
