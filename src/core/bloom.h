/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_BLOOM_H
#define TILL_CORE_BLOOM_H

/* Ethereum's filter over logs (Yellow Paper, 4.3.1): 2048 bits, of which each address and topic
 * that a block logs sets three. It can say for certain that something is not there. */

#include "base/bytes.h"

enum { BLOOM_BYTES = 256 };

struct bloom {
    uint8_t bytes[BLOOM_BYTES];
};

void bloom_add(struct bloom *bloom, struct bytes entry);

/* Adds all that `other` holds. */
void bloom_unite(struct bloom *bloom, const struct bloom *other);
/* True if no bit of `part` is missing in `whole`. */
bool bloom_covers(const struct bloom *whole, const struct bloom *part);

#endif
