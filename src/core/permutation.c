/* SPDX-License-Identifier: MIT */
#include "core/permutation.h"

#include "base/bytes.h"
#include "base/result.h"

struct halves {
    uint32_t left;
    uint32_t right;
};

/* 64 bits modulo a 21-bit side: the bias is below 2^-40. */
static uint32_t round_value(struct permutation permutation, uint32_t round, uint32_t half) {
    uint8_t block[AES_BLOCK_SIZE] = {0};
    u32_store_be(block, permutation.side);
    u32_store_be(block + 4, round);
    u32_store_be(block + 12, half);
    aes256_encrypt(permutation.cipher, sizeof(block), block, block);
    return (uint32_t)(u64_load_be(block) % permutation.side);
}

static struct halves split(struct permutation permutation, uint64_t value) {
    BUG_IF(permutation.side < 2 || value / permutation.side >= permutation.side);
    return (struct halves){
        .left = (uint32_t)(value / permutation.side),
        .right = (uint32_t)(value % permutation.side),
    };
}

static uint64_t join(struct permutation permutation, struct halves halves) {
    return (uint64_t)halves.left * permutation.side + halves.right;
}

uint64_t permutation_forward(struct permutation permutation, uint64_t value) {
    struct halves halves = split(permutation, value);
    for (uint32_t round = 0; round < PERMUTATION_ROUNDS; round++) {
        uint64_t sum = (uint64_t)halves.left + round_value(permutation, round, halves.right);
        halves = (struct halves){
            .left = halves.right,
            .right = (uint32_t)(sum % permutation.side),
        };
    }
    return join(permutation, halves);
}

uint64_t permutation_backward(struct permutation permutation, uint64_t value) {
    struct halves halves = split(permutation, value);
    for (uint32_t round = PERMUTATION_ROUNDS; round-- > 0;) {
        uint64_t sum = (uint64_t)halves.right + permutation.side -
                       round_value(permutation, round, halves.left);
        halves = (struct halves){
            .left = (uint32_t)(sum % permutation.side),
            .right = halves.left,
        };
    }
    return join(permutation, halves);
}
