/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_PROXY_SLOT_H
#define TILL_CORE_PROXY_SLOT_H

/* Where contracts that pass all calls on to another one keep the address of that: an issuer who
 * exchanges it changes neither the contract nor its program. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/script.h"

enum { PROXY_SLOTS = 3, PROXY_WORD_BYTES = 32 };

/* What a node says of these places in a contract's storage. Zeros: it has not told. */
struct proxy_words {
    bool is_told[PROXY_SLOTS];
    uint8_t words[PROXY_SLOTS][PROXY_WORD_BYTES];
};

/* "0x360894...", as eth_getStorageAt is asked. */
const char *proxy_slot(size_t at);
/* Takes an answer, in hex: 32 bytes, or a short zero as some nodes write it. Anything else is not
 * told. */
void proxy_words_take(struct proxy_words *words, size_t at, struct str hex);
/* Of the first place that is not empty; zeros if all are. False unless all were told. */
bool proxy_implementation(const struct proxy_words *words, uint8_t ret_address[SCRIPT_EVM_BYTES]);

#endif
