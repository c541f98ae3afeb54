/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_ADDRESS_H
#define TILL_CORE_ADDRESS_H

/* What the chain matches (`struct script`) and what people copy (`struct address_text`), and the
 * way between them on a given network. For each script there is exactly one text: lower case,
 * current version bytes. Litecoin's retired P2SH form ("3...", the same text as on Bitcoin) is
 * refused. */

#include "base/result.h"
#include "core/script.h"

struct chain_params;

enum { ADDRESS_TEXT_MAX = BECH32_TEXT_MAX }; /* the longest form there is */

struct address_text {
    uint8_t len;
    char text[ADDRESS_TEXT_MAX + 1]; /* NUL-terminated */
};

static inline struct str address_str(const struct address_text *address) {
    return (struct str){.ptr = address->text, .len = address->len};
}

/* ERR_ADDRESS_INVALID if scripts of this shape have no address (bare multisig, OP_RETURN, ...). */
struct result address_encode(const struct chain_params *chain, const struct script *script,
                             struct address_text *ret_text);

/* ERR_ADDRESS_INVALID on a wrong checksum, another network's address, mixed case, the wrong kind of
 * Bech32 or any stray character. A Bech32 address all in upper case is accepted, as BIP-173 asks.
 */
struct result address_decode(const struct chain_params *chain, struct str text,
                             struct script *ret_script);

#endif
