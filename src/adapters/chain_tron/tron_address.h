/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_TRON_TRON_ADDRESS_H
#define TILL_ADAPTERS_CHAIN_TRON_TRON_ADDRESS_H

/* One address has many texts in the answers of one node: 20 bytes in logs, 41 before them in the
 * HTTP API, 0x before them in JSON-RPC, Base58Check where `visible` is set. All become the 20 bytes
 * that a program is. */

#include "base/str.h"
#include "core/script.h"

enum { TRON_ADDRESS_PREFIX = 0x41 };

struct tron_address {
    uint8_t bytes[SCRIPT_EVM_BYTES];
};

/* False for a wrong checksum, another prefix, another length. */
bool tron_address_read(struct str text, struct tron_address *ret_address);
/* 21 bytes behind the prefix, as protocol buffers have them. */
bool tron_address_from_bytes(struct bytes bytes, struct tron_address *ret_address);
/* A 32-byte word of a log: zeros before the 20 bytes, or zeros and the prefix, as the compilers of
 * the first years left it. */
bool tron_address_from_word(const uint8_t word[HASH_256_BYTES], struct tron_address *ret_address);
bool tron_address_eq(const struct tron_address *a, const struct tron_address *b);
bool tron_address_is_zero(const struct tron_address *address);
struct script tron_address_program(const struct tron_address *address);

#endif
