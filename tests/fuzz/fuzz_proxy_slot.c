/* SPDX-License-Identifier: MIT */
/* What a node says of a proxy's place in a contract's storage: a word of 32 bytes is taken as it
 * stands, a lone zero is one, and nothing else is told. */
#include <string.h>

#include "base/bytes.h"
#include "base/result.h"
#include "core/proxy_slot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct proxy_words words = {.is_told = {false, true, true}};
    struct str text = {(const char *)data, size};
    proxy_words_take(&words, 0, text);
    uint8_t address[SCRIPT_EVM_BYTES];
    bool is_told = proxy_implementation(&words, address);
    BUG_IF(is_told != words.is_told[0]);
    static const uint8_t empty[PROXY_WORD_BYTES];
    if (memcmp(words.words[0], empty, sizeof empty) == 0) {
        BUG_IF(memcmp(address, empty, sizeof address) != 0);
        return 0;
    }
    /* What is not empty was written in full. */
    uint8_t again[PROXY_WORD_BYTES];
    struct str digits = str_starts_with(text, STR("0x")) ? str_slice(text, 2, text.len) : text;
    BUG_IF(!is_told || !hex_decode(digits, again, sizeof again));
    BUG_IF(memcmp(again, words.words[0], sizeof again) != 0);
    BUG_IF(memcmp(again + PROXY_WORD_BYTES - SCRIPT_EVM_BYTES, address, sizeof address) != 0);
    return 0;
}
