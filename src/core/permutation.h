/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PERMUTATION_H
#define TILL_CORE_PERMUTATION_H

/* A keyed permutation of the numbers 0 .. side^2 - 1: a Feistel network whose two halves are digits
 * of base `side`, added modulo `side`, so it fits its domain exactly and never has to walk back
 * into it. The round function is AES-256, as in NIST SP 800-38G (FF1), whose ten rounds it shares.
 */

#include <nettle/aes.h>
#include <stdint.h>

enum { PERMUTATION_ROUNDS = 10 };

struct permutation {
    const struct aes256_ctx *cipher; /* set for encryption; borrowed */
    uint32_t side;                   /* >= 2 */
};

/* 0 <= value < side^2. */
uint64_t permutation_forward(struct permutation permutation, uint64_t value);
uint64_t permutation_backward(struct permutation permutation, uint64_t value);

#endif
