/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_EVM_HEADER_H
#define TILL_CORE_EVM_HEADER_H

/* The hash of a header's fields, which names the block. Forks have appended fields; a header with
 * one that is not known here hashes to something else, and so cannot be proved. */

#include "core/evm_types.h"

struct buf;

/* `scratch` is emptied and used for the encoding. False if it could not hold it. */
bool evm_header_hash(const struct evm_header *header, struct buf *scratch,
                     struct block_hash *ret_hash);

#endif
