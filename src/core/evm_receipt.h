/* SPDX-License-Identifier: MIT */
#ifndef TILL_CORE_EVM_RECEIPT_H
#define TILL_CORE_EVM_RECEIPT_H

/* The bytes of a receipt that a block's receiptsRoot commits to (EIP-2718). Every type that
 * networks have added so far holds the same four things behind its type byte, so an unknown one is
 * written alike: if the root then fits, that was right. */

#include "core/evm_types.h"

struct buf;

enum { EVM_RECEIPT_TYPE_MAX = 0x7f }; /* EIP-2718: above it a list would begin */

/* What the bloom of a receipt with these logs must be. */
void evm_logs_bloom(const struct evm_log *logs, size_t count, struct bloom *ret_bloom);
/* Behind what `buf` holds. `bloom`: of its logs. A type past EVM_RECEIPT_TYPE_MAX is a bug. */
void evm_receipt_put(struct buf *buf, const struct evm_receipt *receipt, const struct bloom *bloom);

#endif
