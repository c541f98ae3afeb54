/* SPDX-License-Identifier: MIT */
#include "core/proxy_slot.h"

#include <string.h>

#include "base/bytes.h"
#include "base/result.h"

static const char *const slots[PROXY_SLOTS] = {
    /* EIP-1967: "obtained as bytes32(uint256(keccak256('eip1967.proxy.implementation')) - 1)" */
    "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc",
    /* keccak256("org.zeppelinos.proxy.implementation"): older ones, USD Coin's among them */
    "0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c036e5a723fd8ee048ed3f8c3",
    /* keccak256("trueUSD.proxy.implementation") */
    "0x6e41e0fbe643dfdb6043698bf865aada82dc46b953f754a3468eaa272a362dc7",
};

const char *proxy_slot(size_t at) {
    BUG_IF(at >= PROXY_SLOTS);
    return slots[at];
}

void proxy_words_take(struct proxy_words *words, size_t at, struct str hex) {
    BUG_IF(at >= PROXY_SLOTS);
    uint8_t *word = words->words[at];
    memset(word, 0, PROXY_WORD_BYTES);
    bool has_prefix = str_starts_with(hex, STR("0x"));
    struct str digits = has_prefix ? str_slice(hex, 2, hex.len) : hex;
    words->is_told[at] = hex_decode(digits, word, PROXY_WORD_BYTES) || str_eq(digits, STR("0"));
    if (!words->is_told[at]) {
        memset(word, 0, PROXY_WORD_BYTES);
    }
}

bool proxy_implementation(const struct proxy_words *words, uint8_t ret_address[SCRIPT_EVM_BYTES]) {
    static const uint8_t empty[PROXY_WORD_BYTES];
    bool is_told = true;
    memset(ret_address, 0, SCRIPT_EVM_BYTES);
    for (size_t i = PROXY_SLOTS; i-- > 0;) {
        is_told = is_told && words->is_told[i];
        if (memcmp(words->words[i], empty, sizeof empty) != 0) {
            memcpy(ret_address, words->words[i] + PROXY_WORD_BYTES - SCRIPT_EVM_BYTES,
                   SCRIPT_EVM_BYTES);
        }
    }
    return is_told;
}
