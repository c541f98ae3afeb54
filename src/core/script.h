/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_SCRIPT_H
#define TILL_CORE_SCRIPT_H

/* The program that owns an output: what the chain says and what the store matches. On Bitcoin-like
 * chains the scriptPubKey; the shapes that have an address are built and recognised here. Knows
 * nothing of networks or texts. */

#include "core/bech32.h"
#include "core/hash.h"

enum {
    SCRIPT_BYTES_MAX = WITNESS_PROGRAM_MAX + 2,
    SCRIPT_EVM_BYTES = 20, /* on EVM chains and Tron: the address itself */
};

/* Unused bytes are zero, so that whole structs compare. */
struct script {
    uint8_t len;
    uint8_t bytes[SCRIPT_BYTES_MAX];
};

static inline struct bytes script_bytes(const struct script *script) {
    return (struct bytes){.ptr = script->bytes, .len = script->len};
}

bool script_eq(const struct script *a, const struct script *b);
/* False if there are more than SCRIPT_BYTES_MAX bytes: no script of ours. */
bool script_from_bytes(struct bytes bytes, struct script *ret_script);

struct script script_p2pkh(const uint8_t pubkey_hash[HASH_160_BYTES]);
struct script script_p2sh(const uint8_t script_hash[HASH_160_BYTES]);
/* The program must be valid (witness_program_is_valid); another is a bug. */
struct script script_witness(const struct witness_program *program);

/* The hash inside, or NULL if `script` has another shape. Lives as long as `script`. */
const uint8_t *script_p2pkh_hash(const struct script *script);
const uint8_t *script_p2sh_hash(const struct script *script);
bool script_witness_program(const struct script *script, struct witness_program *ret_program);

#endif
