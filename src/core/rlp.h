/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_RLP_H
#define TILL_CORE_RLP_H

/* Writes Ethereum's Recursive Length Prefix (Yellow Paper, appendix B) behind what a buffer holds.
 * Whoever writes checks `failed` of the buffer once, at the end. */

#include "base/buf.h"

/* A string of bytes as it is: hashes, addresses, data. */
void rlp_put_bytes(struct buf *buf, struct bytes bytes);
/* Numbers: big-endian without leading zeros; zero is the empty string. */
void rlp_put_u64(struct buf *buf, uint64_t value);
/* The same for a number that comes as big-endian bytes of any length. */
void rlp_put_number(struct buf *buf, struct bytes big_endian);

/* What is written between the two is the list's payload. Lists may stand in lists. */
size_t rlp_list_begin(const struct buf *buf);
void rlp_list_end(struct buf *buf, size_t begun);

#endif
