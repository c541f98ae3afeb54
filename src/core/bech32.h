/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_BECH32_H
#define TILL_CORE_BECH32_H

/* Bech32 (BIP-173), Bech32m (BIP-350) and the segregated-witness addresses built on them. Strict:
 * no mixed case, no padding bits, the checksum that belongs to the witness version. */

#include "base/bytes.h"

enum {
    BECH32_TEXT_MAX = 90, /* BIP 173: "A Bech32 string is at most 90 characters long" */
    BECH32_HRP_MAX = 83,
    BECH32_VALUES_MAX = BECH32_TEXT_MAX - 1 - 1 - 6,
    WITNESS_PROGRAM_MAX = 40,
    WITNESS_VERSION_MAX = 16,
};

enum bech32_form {
    BECH32_ORIGINAL, /* BIP-173 */
    BECH32_M,        /* BIP-350 */
};

/* A checked string taken apart. The human-readable part is kept in lower case. */
struct bech32 {
    enum bech32_form form;
    uint8_t hrp_len;
    uint8_t value_count;
    char hrp[BECH32_HRP_MAX + 1];
    uint8_t values[BECH32_VALUES_MAX]; /* five bits each, without the checksum */
};

struct bech32_text {
    uint8_t len;
    char text[BECH32_TEXT_MAX + 1]; /* NUL-terminated, lower case */
};

struct witness_program {
    uint8_t version;
    uint8_t len;
    uint8_t bytes[WITNESS_PROGRAM_MAX];
};

/* False unless `text` satisfies one of the two forms. */
bool bech32_decode(struct str text, struct bech32 *ret_bech32);
/* False if the whole would be longer than BECH32_TEXT_MAX or the human-readable part is not one. */
bool bech32_encode(const struct bech32 *bech32, struct bech32_text *ret_text);

/* A version and length that BIP-141 and BIP-173 permit. */
bool witness_program_is_valid(const struct witness_program *program);

/* BIP-350, "Addresses for segregated witness outputs"; false unless `text` carries exactly `hrp`.
 */
bool witness_address_decode(struct str text, struct str hrp, struct witness_program *ret_program);
bool witness_address_encode(const struct witness_program *program, struct str hrp,
                            struct bech32_text *ret_text);

#endif
