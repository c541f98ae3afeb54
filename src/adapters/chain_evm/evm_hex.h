/* SPDX-License-Identifier: MIT */
#ifndef TILL_ADAPTERS_CHAIN_EVM_EVM_HEX_H
#define TILL_ADAPTERS_CHAIN_EVM_EVM_HEX_H

/* The two ways of Ethereum's JSON to write bytes, read strictly: QUANTITY ("0x0", "0x1f": no
 * leading zeros, never empty) and DATA ("0x", "0x001f": two digits for each byte). Anything else
 * fails the reader; nothing wraps. */

#include "adapters/chain_evm/evm_block.h"
#include "base/json_read.h"
#include "base/str.h"

struct arena;

bool evm_u64_from_text(struct str text, uint64_t *ret_value);
/* At most 256 bits. */
bool evm_number_from_text(struct str text, struct evm_word *ret_value);
/* Exactly `size` bytes. */
bool evm_data_from_text(struct str text, uint8_t *ret_bytes, size_t size);

/* The same, of the next JSON value. */
uint64_t evm_read_u64(struct json_reader *reader);
void evm_read_number(struct json_reader *reader, struct evm_word *ret_value);
void evm_read_data(struct json_reader *reader, uint8_t *ret_bytes, size_t size);
/* Of any length; a copy that lives in `arena`. */
struct bytes evm_read_bytes(struct json_reader *reader, struct arena *arena);

/* False if it takes more than 128 bits. */
bool evm_word_to_units(const struct evm_word *word, unsigned __int128 *ret_units);
bool evm_word_is_zero(const struct evm_word *word);

#endif
